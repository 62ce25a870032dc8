"""The log audited: every entry, signature and released head walked."""
