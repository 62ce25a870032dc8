"""What a session leaves beside the log: verified, opened, cleaned, held and erased."""
