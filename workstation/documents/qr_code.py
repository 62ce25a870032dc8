"""QR codes (ISO/IEC 18004) as rows of modules, for whoever draws them."""

__all__ = ["qr_modules"]


def qr_modules(text: str) -> tuple[bytes, ...]:
    """Return the rows of the code of error correction M, without its quiet zone: 1 is dark."""
    import segno

    code = segno.make(text, error="m", micro=False, boost_error=False)
    return tuple(bytes(row) for row in code.matrix)
