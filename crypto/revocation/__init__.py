"""Revocation status of a certificate from CRLs and OCSP answers (RFC 5280, RFC 6960)."""
