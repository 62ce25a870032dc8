"""Finding entries of the log: what is asked, where it stands, and what an entry shows."""
