"""The health of the desktop's process: diagnostics, garbage, watchdog."""
