"""ЭЦП validation, the signed log and key custody. Knows nothing of faces, banks or Qt."""
