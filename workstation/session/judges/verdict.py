"""What a judge says of one check: status, stable reason, facts for the record."""

from collections.abc import Callable

from workstation.rules.checks import CheckStatus
from workstation.rules.policy import Policy
from workstation.session.evidence import Evidence

__all__ = ["Facts", "Judge", "Verdict"]

Facts = tuple[tuple[str, str | int], ...]
Verdict = tuple[CheckStatus, str, Facts]
Judge = Callable[[Policy, Evidence], Verdict]
