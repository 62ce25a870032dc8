"""Camera, face, liveness and matching. Knows nothing of banks, signatures or Qt."""
