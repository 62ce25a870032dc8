"""Stored signatures extended so that they can still be validated years later."""
