"""The ways a customer may sign, by the names that screens, settings and records share."""

from enum import StrEnum

__all__ = ["SigningWay"]


class SigningWay(StrEnum):
    """Where the customer's key is; the order is the one the teller sees."""

    NCALAYER = "ncalayer"
    EGOV_QR = "egov_qr"
    TOKEN = "token"  # noqa: S105 - a carrier, not a secret
    FILE = "file"
