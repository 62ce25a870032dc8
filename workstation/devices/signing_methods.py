"""How a customer may sign, by the names that screens, settings and records share."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["PhoneView", "SigningMethod"]


class SigningMethod(StrEnum):
    """Where the customer's key is; the order is the one the teller sees."""

    NCALAYER = "ncalayer"
    EGOV_QR = "egov_qr"
    TOKEN = "token"  # noqa: S105 - a carrier, not a secret
    FILE = "file"


@dataclass(frozen=True, slots=True)
class PhoneView:
    """Signing in eGov Mobile: a code to be scanned, until the phone has taken the document.

    modules  rows of the QR code, one octet a module, 1 is dark; no quiet zone; () once taken
    """

    taken: bool
    modules: tuple[bytes, ...]
