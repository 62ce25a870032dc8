"""Findings about what is put before the station: a name, a key, a face."""
