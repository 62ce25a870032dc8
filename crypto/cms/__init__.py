"""Cryptographic Message Syntax: signatures of customers, verified and (for the sandbox) made."""
