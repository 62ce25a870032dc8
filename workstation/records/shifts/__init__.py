"""Shifts of a station as its log has them: what is counted, and the entry that says so."""
