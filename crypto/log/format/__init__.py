"""The log as octets: entries, Merkle tree, checkpoints, notes, proofs; no file is opened."""
