"""CRLs on this machine: fetched, verified, kept in segments, updated in the background."""
