"""RFC 5280 certification paths: trust anchors, search and validation."""
