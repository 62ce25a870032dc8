"""Comparison of the live face with the reference photo: templates, thresholds, provenance."""
