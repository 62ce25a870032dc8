"""The log on disk: one writer, its lock, its load and its reader's view."""
