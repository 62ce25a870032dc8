"""One certificate validated: profile, issuance, path, revocation."""
