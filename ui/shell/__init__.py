"""Windows of the desktop and what stands around every page: lock, idle time."""
