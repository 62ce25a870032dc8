"""A detached message inside a container, and which of the files in it was signed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crypto.algorithms.registry import AlgorithmRegistry
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.cms.signed_data import SignerInfo
from crypto.errors import CryptoError

__all__ = ["Candidates"]


@dataclass(slots=True, repr=False)
class Candidates:
    """Octets that a message may have been made over; each is hashed once per algorithm."""

    contents: Sequence[bytes | memoryview]
    registry: AlgorithmRegistry
    _digests: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def find(self, signer: SignerInfo) -> int | None:
        """Return the index of what the message digest of a signer is of; None: of none.

        The digest only selects: the signature is verified over what was selected.
        """
        try:
            node = signer.single(oids.MESSAGE_DIGEST)
            claimed = v.octets(node) if node is not None else None
        except CryptoError:
            return None
        digest = self.registry.digest(signer.digest.oid)
        if claimed is None or digest is None or not digest.strong:
            return None
        for index, content in enumerate(self.contents):
            key = (digest.name, index)
            if key not in self._digests:
                self._digests[key] = digest.hash(bytes(content))
            if self._digests[key] == claimed:
                return index
        return None

    def list_digests(self, index: int | None) -> dict[str, bytes]:
        """Return the hashes made so far of one of the contents, by the name of the algorithm."""
        return {name: value for (name, at), value in self._digests.items() if at == index}

    def find_equal(self, content: bytes) -> int | None:
        """Return the index of octets that are the same; None: there are none."""
        return next((i for i, each in enumerate(self.contents) if each == content), None)
