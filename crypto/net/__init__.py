"""Connections to configured services, bounded in size and time."""
