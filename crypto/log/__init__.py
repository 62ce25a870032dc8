"""The signed log: notes, tree, checkpoints, store, receipts, audit (docs/formats/log.md)."""
