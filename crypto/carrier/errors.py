"""Failures to obtain a signature; a signature that was obtained is judged elsewhere.

CarrierError                 carrier
├── RequestRefused           carrier_request
├── CarrierUnreachable       carrier_unreachable
├── CarrierCancelled         carrier_cancelled
├── CarrierRefused           carrier_refused      (reply_code)
├── CarrierBusy              carrier_busy
├── CarrierForeign           carrier_foreign      (who)
├── CarrierUntrusted         carrier_untrusted    (reason, who)
├── CarrierProtocol          carrier_protocol
├── CarrierExpired           carrier_expired
├── CarrierNotInstalled      carrier_not_installed
├── CarrierPinRefused        carrier_pin_refused
└── CarrierKeyMissing        carrier_key_missing

A file that is something else than a signature is WrongFileKind (`crypto.cms.signature_file`), named
here too.
"""

import re

from crypto.cms.signature_file import FileKind, WrongFileKind
from crypto.errors import CryptoError

__all__ = [
    "CarrierBusy",
    "CarrierCancelled",
    "CarrierError",
    "CarrierExpired",
    "CarrierForeign",
    "CarrierKeyMissing",
    "CarrierNotInstalled",
    "CarrierPinRefused",
    "CarrierProtocol",
    "CarrierRefused",
    "CarrierUnreachable",
    "CarrierUntrusted",
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


class CarrierError(CryptoError):
    """No signature was obtained."""

    code = "carrier"


class RequestRefused(CarrierError):
    """What is to be signed is empty, too large or malformed; detail names the field."""

    code = "carrier_request"


class CarrierUnreachable(CarrierError):
    """Nothing listens (`not_listening`), no answer to the opening (`timeout`), `tls_refused`.

    `going_away`: the program is being closed or started anew while it is spoken to.
    `this_machine`: the name of a service leads to this machine, in production.
    """

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


class CarrierBusy(CarrierError):
    """The program serves somebody else: another window of its own, or another program's request."""

    code = "carrier_busy"


class CarrierForeign(CarrierError):
    """Another program holds the carrier's port; `who` is how it introduced itself."""

    code = "carrier_foreign"

    def __init__(self, who: str) -> None:
        self.who = stable_word(who)
        super().__init__(self.who)


class CarrierUntrusted(CarrierError):
    """The certificate of whoever holds the carrier's port is not one of the carrier's.

    reason  `expired`, or `unknown_issuer` for any other ground
    who     the names in that certificate: a claim, told so that the right program is looked for
    """

    code = "carrier_untrusted"

    def __init__(self, reason: str, who: str) -> None:
        self.reason = reason
        self.who = stable_word(who)
        super().__init__(f"{reason}:{self.who}")


class CarrierProtocol(CarrierError):
    """The answer is garbage, too large, or the connection broke; detail names which.

    `closed`: lost without a word; `closed_N`: closed with this code of RFC 6455 7.4.1.
    """

    code = "carrier_protocol"


class CarrierExpired(CarrierError):
    """The customer did not sign within the time for it; they may be asked again."""

    code = "carrier_expired"


class CarrierNotInstalled(CarrierError):
    """Software the carrier needs is not on this machine; detail names the package."""

    code = "carrier_not_installed"


class CarrierPinRefused(CarrierError):
    """The token wants its PIN from this keyboard, where a customer must not type it."""

    code = "carrier_pin_refused"


class CarrierKeyMissing(CarrierError):
    """No key of this customer that signs documents is on the carrier."""

    code = "carrier_key_missing"
