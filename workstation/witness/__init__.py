"""Witnesses: others who remember how far a log had come and sign that they have seen it."""
