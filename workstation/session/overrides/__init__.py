"""Overrides: why one is given, and what it rests on."""
