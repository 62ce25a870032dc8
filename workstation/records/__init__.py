"""What the station keeps: journal, evidence packs, payload vault, keys."""
