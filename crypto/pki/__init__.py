"""Public key infrastructure: certificates of НУЦ РК, their paths and their revocation."""
