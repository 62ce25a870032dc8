"""What changes a station, and who has to sign it: for `workstation-ctl` and the desktop."""
