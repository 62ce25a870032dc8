"""What a policy demands of the window in which the customer reads."""

from enum import StrEnum

__all__ = ["WindowRule"]


class WindowRule(StrEnum):
    """Whether a case goes on while the customer can read nothing.

    REQUIRED  without a window that is shown there is no consent, no signature and no approval
    RECORDED  its absence stands in the record
    """

    REQUIRED = "required"
    RECORDED = "recorded"
