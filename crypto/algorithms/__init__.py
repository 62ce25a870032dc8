"""Signature and digest algorithms: one registry, GOST and RSA/ECDSA families, key sizes."""
