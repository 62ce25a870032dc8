"""The reference photo: where it comes from, whether it may be used, whom it shows."""
