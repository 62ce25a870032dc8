"""Files that survive a power cut, and files that another program holds."""
