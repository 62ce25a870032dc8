"""A card that knows one conversation, and a random source that is no longer random."""


class Script:
    """A Transport that expects these commands, in hexadecimal, and gives these responses."""

    def __init__(self, *pairs):
        self._pairs = list(pairs)

    def transmit(self, apdu):
        command, response = self._pairs.pop(0)
        assert apdu.hex().upper() == command
        return bytes.fromhex(response)

    def is_over(self):
        return not self._pairs


def drawn(*values):
    """Return a random source that gives these octets, one after the other."""
    left = list(values)

    def draw(size):
        value = left.pop(0)
        assert len(value) == size
        return value

    return draw
