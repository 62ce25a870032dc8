"""The court pack: one session with everything that proves it, for people without this program."""
