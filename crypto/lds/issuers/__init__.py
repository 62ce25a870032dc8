"""Who signs documents: signer certificates, their authorities, master lists."""
