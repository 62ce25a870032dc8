"""Failures to obtain a signature; a signature that was obtained is judged elsewhere.

CarrierError                 carrier
├── RequestRefused           carrier_request
├── CarrierUnreachable       carrier_unreachable
├── CarrierCancelled         carrier_cancelled
├── CarrierRefused           carrier_refused      (reply_code)
├── CarrierForeign           carrier_foreign      (who)
├── CarrierProtocol          carrier_protocol
└── WrongFileKind            wrong_file_kind      (kind)
"""

import re
from enum import StrEnum

from crypto.errors import CryptoError

__all__ = [
    "CarrierCancelled",
    "CarrierError",
    "CarrierForeign",
    "CarrierProtocol",
    "CarrierRefused",
    "CarrierUnreachable",
    "FileKind",
    "RequestRefused",
    "WrongFileKind",
    "stable_word",
]

_FOREIGN_LETTER = re.compile(r"[^A-Za-z0-9_.\-/ ()]")
_MAX_WORD = 64


def stable_word(untrusted: str) -> str:
    """Return at most 64 plain ASCII letters of a foreign word, fit for logs and records."""
    return _FOREIGN_LETTER.sub("?", untrusted[:_MAX_WORD]).strip() or "unnamed"


class FileKind(StrEnum):
    """What a file offered as a signature turned out to be, told by its content."""

    SIGNED_CMS = "signed_cms"
    KEY_STORE = "key_store"
    PRIVATE_KEY = "private_key"
    CERTIFICATE = "certificate"
    PDF = "pdf"
    XML = "xml"
    ARCHIVE = "archive"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class CarrierError(CryptoError):
    """No signature was obtained."""

    code = "carrier"


class RequestRefused(CarrierError):
    """What is to be signed is empty, too large or malformed; detail names the field."""

    code = "carrier_request"


class CarrierUnreachable(CarrierError):
    """Nothing listens (`not_listening`), no answer to the opening (`timeout`), `tls_refused`."""

    code = "carrier_unreachable"


class CarrierCancelled(CarrierError):
    """The `customer` closed the signing dialog or the `teller` called it off; see detail."""

    code = "carrier_cancelled"


class CarrierRefused(CarrierError):
    """The carrier answered with an error; `reply_code` is its own code, cleaned of odd letters."""

    code = "carrier_refused"

    def __init__(self, reply_code: str) -> None:
        self.reply_code = stable_word(reply_code)
        super().__init__(self.reply_code)


class CarrierForeign(CarrierError):
    """Another program holds the carrier's port; `who` is how it introduced itself."""

    code = "carrier_foreign"

    def __init__(self, who: str) -> None:
        self.who = stable_word(who)
        super().__init__(self.who)


class CarrierProtocol(CarrierError):
    """The answer is garbage, too large, or did not come in time; detail names which."""

    code = "carrier_protocol"


class WrongFileKind(CarrierError):
    """The file is no signed CMS; `kind` says what it is, so that the teller can be told."""

    code = "wrong_file_kind"

    def __init__(self, kind: FileKind) -> None:
        self.kind = kind
        super().__init__(kind.value)
