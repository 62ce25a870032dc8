"""Which face models the station uses, and proof that a file is the one that was measured."""
