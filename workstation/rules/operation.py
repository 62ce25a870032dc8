"""Critical operations and their parameters, as the customer will sign them."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.errors import OperationRefused

__all__ = [
    "OPERATION_VERSION",
    "CriticalOperation",
    "OperationKind",
    "mask_phone",
    "normalise_phone",
    "require_amount",
    "require_device",
    "require_term",
]

OPERATION_VERSION: Final = 1
"""Of the octets that `CriticalOperation.sha256` digests (docs/formats/permit.md)."""

_PHONE = re.compile(r"\+7[67]\d{9}")
_MAX_AMOUNT_KZT = 1_000_000_000
_MAX_TERM_MONTHS = 600
_MAX_DEVICE = 64
_NATIONAL_DIGITS = 11  # 8 and ten digits, as people say it
_E164_LENGTH = 12


class OperationKind(StrEnum):
    """The operations for which the regulator demands biometrics and ЭЦП together."""

    CHANGE_TRUSTED_PHONE = "change_trusted_phone"
    APP_REGISTRATION = "app_registration"
    LOAN_ISSUE = "loan_issue"


def normalise_phone(untrusted: str) -> str:
    """Return a Kazakhstan mobile number as +7XXXXXXXXXX; raises OperationRefused.

    Ten digits are the national number, eleven begin with the trunk prefix 8.
    """
    kept = re.sub(r"[\s()\-\u2010-\u2015]", "", untrusted)
    if kept.startswith("8") and len(kept) == _NATIONAL_DIGITS:
        kept = "+7" + kept[1:]
    elif len(kept) == _NATIONAL_DIGITS - 1:
        kept = "+7" + kept
    if _PHONE.fullmatch(kept) is None:
        raise OperationRefused("phone", "phone.malformed")
    return kept


def mask_phone(phone: str) -> str:
    """Return the number with all but the last two digits of the subscriber part hidden."""
    if len(phone) != _E164_LENGTH:
        return "•" * len(phone)
    return f"{phone[:5]} ••• •• {phone[-2:]}"


def require_device(name: str) -> None:
    """Raise OperationRefused for a device's name that is empty, long or not printable."""
    if not name.strip() or len(name) > _MAX_DEVICE or not name.isprintable():
        raise OperationRefused("device", "device.malformed")


def require_amount(kzt: int) -> None:
    """Raise OperationRefused for an amount of a loan outside 1 to 1,000,000,000 tenge."""
    if not 0 < kzt <= _MAX_AMOUNT_KZT:
        raise OperationRefused("amount_kzt", "amount_kzt.limit")


def require_term(months: int) -> None:
    """Raise OperationRefused for a term of a loan outside 1 to 600 months."""
    if not 0 < months <= _MAX_TERM_MONTHS:
        raise OperationRefused("term_months", "term_months.limit")


@dataclass(frozen=True, slots=True)
class CriticalOperation:
    """One operation with the parameters that matter for its kind; valid from birth.

    new_phone, old_phone  E.164, +7 and ten digits; empty where the kind has none
    device                name of the device to bind, at most 64 characters
    amount_kzt            whole tenge
    """

    kind: OperationKind
    new_phone: str = ""
    old_phone: str = ""
    device: str = ""
    amount_kzt: int = 0
    term_months: int = 0

    def __post_init__(self) -> None:
        """Raise OperationRefused naming the first field that is missing or malformed."""
        match self.kind:
            case OperationKind.CHANGE_TRUSTED_PHONE:
                _require_phone("new_phone", self.new_phone)
                _require_phone("old_phone", self.old_phone)
                if self.new_phone == self.old_phone:
                    raise OperationRefused("new_phone", "phone.unchanged")
            case OperationKind.APP_REGISTRATION:
                _require_phone("new_phone", self.new_phone)
                require_device(self.device)
            case OperationKind.LOAN_ISSUE:
                _require_phone("new_phone", self.new_phone)
                require_amount(self.amount_kzt)
                require_term(self.term_months)

    def parameters(self) -> dict[str, str | int]:
        """Return the parameters that this kind has, for the statement and the permit."""
        given: dict[str, str | int] = {
            "new_phone": self.new_phone,
            "old_phone": self.old_phone,
            "device": self.device,
            "amount_kzt": self.amount_kzt,
            "term_months": self.term_months,
        }
        return {name: value for name, value in given.items() if value not in {"", 0}}

    def sha256(self) -> str:
        """Return the hex digest of kind and parameters; core banking recomputes it.

        How is `OPERATION_VERSION`: it changes with anything below.
        """
        lines = [self.kind.value]
        lines += [f"{name}={value}" for name, value in sorted(self.parameters().items())]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _require_phone(field: str, phone: str) -> None:
    if _PHONE.fullmatch(phone) is None:
        raise OperationRefused(field, "phone.malformed")
