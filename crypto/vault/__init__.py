"""Custody of keys and of sealed personal data (docs/formats/log.md, section 8)."""
