"""A signed file in, a report out: the front door of signature validation."""
