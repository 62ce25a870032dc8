"""What a station's own entries have to keep, read by whoever audits its log."""
