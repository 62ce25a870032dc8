"""PC/SC on Linux: the library of pcsc-lite (Debian: libpcsclite1), which talks to pcscd."""

import ctypes
from typing import Any, Final, Self

from crypto.chip.errors import ReaderMissing
from crypto.chip.service.smart_card_service import COLD, EXCLUSIVE, PROTOCOLS

__all__ = ["PcscLite"]

_LIBRARY: Final = "libpcsclite.so.1"
_USER: Final = 0
_CODE: Final = 0xFFFFFFFF
_ATR: Final = 33
_READERS: Final = 1 << 14
_RESPONSE: Final = 65536 + 2 + 10
"""MAX_BUFFER_SIZE_EXTENDED of pcsclite.h, about: an extended response with its status word."""

_HANDLE = ctypes.c_long
_DWORD = ctypes.c_ulong
"""SCARDCONTEXT, SCARDHANDLE and DWORD of pcsc-lite are a long, as wide as the machine's."""


class _ReaderState(ctypes.Structure):
    _fields_ = (
        ("reader", ctypes.c_char_p),
        ("user_data", ctypes.c_void_p),
        ("current", _DWORD),
        ("event", _DWORD),
        ("atr_length", _DWORD),
        ("atr", ctypes.c_ubyte * _ATR),
    )


class _IoRequest(ctypes.Structure):
    _fields_ = (("protocol", _DWORD), ("length", _DWORD))


_SIGNATURES: Final = {
    "SCardEstablishContext": (
        _DWORD, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(_HANDLE),
    ),
    "SCardReleaseContext": (_HANDLE,),
    "SCardListReaders": (
        _HANDLE, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(_DWORD),
    ),
    "SCardGetStatusChange": (_HANDLE, _DWORD, ctypes.POINTER(_ReaderState), _DWORD),
    "SCardConnect": (
        _HANDLE, ctypes.c_char_p, _DWORD, _DWORD, ctypes.POINTER(_HANDLE), ctypes.POINTER(_DWORD),
    ),
    "SCardTransmit": (
        _HANDLE, ctypes.POINTER(_IoRequest), ctypes.c_char_p, _DWORD,
        ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(_DWORD),
    ),
    "SCardDisconnect": (_HANDLE, _DWORD),
}  # fmt: skip


class PcscLite:
    """A SmartCardService over the loaded library; ctypes releases the interpreter lock."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.name = "pcsc-lite"
        self._library = library
        for name, arguments in _SIGNATURES.items():
            function = getattr(library, name)
            function.argtypes = list(arguments)
            function.restype = ctypes.c_long

    @classmethod
    def load(cls) -> Self:
        """Load the library; ReaderMissing(`not_installed`)."""
        try:
            return cls(ctypes.CDLL(_LIBRARY))
        except (OSError, AttributeError):
            raise ReaderMissing("not_installed") from None

    def establish(self) -> tuple[int, Any]:
        """Return a context."""
        context = _HANDLE()
        code = self._library.SCardEstablishContext(_USER, None, None, ctypes.byref(context))
        return code & _CODE, context

    def list_readers(self, context: Any) -> tuple[int, list[str]]:
        """Return the names of the connected readers."""
        names, length = ctypes.create_string_buffer(_READERS), _DWORD(_READERS)
        code = self._library.SCardListReaders(context, None, names, ctypes.byref(length))
        octets = names.raw[: length.value] if not code else b""
        return code & _CODE, [
            name.decode("utf-8", "replace") for name in octets.split(b"\0") if name
        ]

    def wait_change(self, context: Any, reader: str, state: int, wait_ms: int) -> tuple[int, int]:
        """Wait until a reader's state is another than this; return it."""
        asked = _ReaderState(reader=reader.encode(), current=state)
        code = self._library.SCardGetStatusChange(context, wait_ms, ctypes.byref(asked), 1)
        return code & _CODE, asked.event

    def connect(self, context: Any, reader: str) -> tuple[int, Any, int]:
        """Power the card up for this program alone; return the card and its protocol."""
        card, protocol = _HANDLE(), _DWORD()
        code = self._library.SCardConnect(
            context, reader.encode(), EXCLUSIVE, PROTOCOLS,
            ctypes.byref(card), ctypes.byref(protocol),
        )  # fmt: skip
        return code & _CODE, card, protocol.value

    def transmit(self, card: Any, protocol: int, apdu: bytes) -> tuple[int, bytes]:
        """Exchange one APDU."""
        request = _IoRequest(protocol, ctypes.sizeof(_IoRequest))
        answer, length = ctypes.create_string_buffer(_RESPONSE), _DWORD(_RESPONSE)
        code = self._library.SCardTransmit(
            card, ctypes.byref(request), apdu, len(apdu), None, answer, ctypes.byref(length)
        )
        return code & _CODE, answer.raw[: length.value] if not code else b""

    def disconnect(self, card: Any) -> int:
        """Cut the card's power."""
        return int(self._library.SCardDisconnect(card, COLD)) & _CODE

    def release(self, context: Any) -> int:
        """Give the context back."""
        return int(self._library.SCardReleaseContext(context)) & _CODE
