"""What a PKCS#11 module shows before anybody is asked for a PIN: its slots, by their readers.

A token's label and serial are left out: they name its owner or lead to one.
"""

from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import msgspec

from crypto.carrier.driver_process import MAX_MESSAGE, ask_driver
from crypto.carrier.errors import (
    CarrierNotInstalled,
    CarrierProtocol,
    CarrierUnreachable,
    stable_word,
)
from crypto.strict_json import JsonRefused, strict_decoded

__all__ = ["ModuleSlots", "list_slots", "serve_slots"]

_MOST: Final = 32
_NOT_INSTALLED: Final = "not_installed"


class ModuleSlots(msgspec.Struct, frozen=True):
    """The slots of a module.

    readers  of each slot, as the module describes it
    present  how many of them hold a token
    fault    why there is nothing to tell: `not_installed`, `module`; empty for nothing
    """

    readers: tuple[str, ...] = ()
    present: int = 0
    fault: str = ""


def list_slots(module: Path, *, timeout_s: float, cancelled: Callable[[], bool]) -> ModuleSlots:
    """Load a module in a process of its own and return its slots.

    Raises CarrierNotInstalled, CarrierUnreachable(`module`), CarrierProtocol(`driver`),
    CarrierExpired, CarrierCancelled.
    """
    question = msgspec.json.encode(str(module))
    untrusted = ask_driver(serve_slots, question, timeout_s=timeout_s, cancelled=cancelled)
    try:
        found = strict_decoded(untrusted, ModuleSlots)
    except JsonRefused:
        raise CarrierProtocol("driver") from None
    if found.fault == _NOT_INSTALLED:
        raise CarrierNotInstalled("python-pkcs11")
    if found.fault:
        raise CarrierUnreachable("module")
    readers = tuple(stable_word(each) for each in found.readers[:_MOST])
    return ModuleSlots(readers, max(0, min(found.present, len(readers))))


def serve_slots(pipe: Connection) -> None:
    """Take a module's path from the pipe and answer with its slots, in the driver's process."""
    module = strict_decoded(pipe.recv_bytes(MAX_MESSAGE), str)
    pipe.send_bytes(msgspec.json.encode(_read_slots(module)))


def _read_slots(module: str) -> ModuleSlots:
    try:
        import pkcs11
    except ImportError:
        return ModuleSlots(fault=_NOT_INSTALLED)
    try:
        library = pkcs11.lib(module)
        slots = library.get_slots()
        present = len(library.get_slots(token_present=True))
    except (pkcs11.PKCS11Error, OSError, RuntimeError):
        return ModuleSlots(fault="module")
    return ModuleSlots(tuple(each.slot_description.strip() for each in slots), present)
