"""A signature brought as a file: made by the customer elsewhere, e.g. in eGov Mobile."""

from collections.abc import Callable
from pathlib import Path

from crypto.carrier.armour import read_armoured
from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierProtocol,
    CarrierUnreachable,
    FileKind,
    WrongFileKind,
)
from crypto.cms.signature_file import identify

__all__ = ["SignedFileCarrier"]


class SignedFileCarrier:
    """Reads one signed file, at most `max_bytes` long.

    A key store is recognised and refused before anything is done with it: the customer's key
    must never be handed to the bank.
    """

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        self._path = path
        self._max_bytes = max_bytes

    def obtain(self, request: SignatureRequest, *, cancelled: Callable[[], bool]) -> bytes:
        """Return the file's CMS as untrusted binary.

        Whether it holds `request.document` is for the validation to say. Raises WrongFileKind,
        CarrierUnreachable(`unreadable`), CarrierProtocol(`oversize`, `armour`), CarrierCancelled.
        """
        del request
        if cancelled():
            raise CarrierCancelled("teller")
        try:
            # A pipe or a device would keep the teller waiting for somebody to write to it.
            if not self._path.is_file():
                raise CarrierUnreachable("unreadable")
            with self._path.open("rb") as stream:
                untrusted = stream.read(self._max_bytes + 1)
        except (OSError, ValueError):
            raise CarrierUnreachable("unreadable") from None
        if len(untrusted) > self._max_bytes:
            raise CarrierProtocol("oversize")
        kind, _ = identify(untrusted)
        if kind is not FileKind.SIGNED_CMS:
            raise WrongFileKind(kind)
        return read_armoured(untrusted)
