"""Cutting of a message into whole blocks, for the hashes that take them as integers."""

from abc import ABC, abstractmethod

__all__ = ["BlockHash"]


class BlockHash(ABC):
    """A hash in the manner of hashlib: `update` as often as wanted, `digest` at any time.

    A block reaches `_absorb` as an integer whose least significant octet came first; what does not
    fill a block waits in `_rest`.
    """

    block_size: int
    digest_size: int
    name: str

    def __init__(self) -> None:
        self._rest = b""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more input; whole blocks are worked off at once, so memory stays bounded."""
        size = self.block_size
        rest = self._rest
        start = 0
        if rest:
            start = size - len(rest)
            self._rest = rest + data[:start]
            if len(self._rest) < size:
                return
            self._absorb(int.from_bytes(self._rest, "little"))
        end = start + (len(data) - start) // size * size
        view = memoryview(data)
        for at in range(start, end, size):
            self._absorb(int.from_bytes(view[at : at + size], "little"))
        self._rest = bytes(view[end:])

    @abstractmethod
    def digest(self) -> bytes:
        """Return the value of everything taken so far; more may follow."""

    def hexdigest(self) -> str:
        """Return the value in hex."""
        return self.digest().hex()

    @abstractmethod
    def _absorb(self, block: int) -> None:
        """Work off one whole block."""
