"""Parked cases: sealed files beside the log, one for each case that waits."""
