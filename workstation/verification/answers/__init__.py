"""Answers to single checks before a camera is used."""
