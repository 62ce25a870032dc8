"""GOST cryptography of Kazakhstan's signatures: hashes, curves, signatures, in plain Python."""
