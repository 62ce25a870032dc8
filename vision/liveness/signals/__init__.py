"""Signals of liveness, one file each, and the set that hears every frame."""
