"""One file per screen: a function of snapshots that posts commands and decides nothing."""
