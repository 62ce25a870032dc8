"""What a court pack carries to be verified with: a stand-alone verifier, a page, instructions."""
