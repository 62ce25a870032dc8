"""The running station: threads, desk, commands in and snapshots out."""
