"""Octets of the chip's files: TLV, the security object, the facial record."""
