"""A year of a busy branch as the fillings of a long log: cases of twelve entries, five tellers."""

import json

from tests.support.station.long_log import START_MS, Filling

__all__ = ["CASE", "MINUTE_MS", "STEPS", "describe_year", "write_members"]

CASE = 12
MINUTE_MS = 60_000
OPERATIONS = ("change_trusted_phone", "issue_loan", "register_app")
STEPS = (
    "prechecks",
    "consent.given",
    "reference",
    "liveness.challenge",
    "liveness.attempt",
    "match",
    "statement",
    "signature",
)
REASONS = ("match.no_match", "liveness.screen", "consent.refused")
WORDS = (
    "Клиента знаю лично, құжаты дұрыс",
    "Шрам после операции, фото старое",
    "Нұрғалиева подтвердила по телефону",
)


def write_members(data: dict[str, object]) -> str:
    """Return data as an entry states it, without the braces around."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)[1:-1]


def describe_year(seq: int) -> Filling:
    """Fill place `seq`: an entry of case number seq // CASE, a minute after the one before."""
    case, place = divmod(seq, CASE)
    number = f"{(case + 1) * 0x9E3779B97F4A7C15 % (1 << 64):016x}{case:016x}"
    operation, teller = OPERATIONS[case % 3], f"T-{case % 5:04d}"
    common = {"case": number}
    kind, actor = "verify.step", teller
    if place == 0:
        kind, facts = "verify.begin", {"operation": operation, "language": "kk"}
    elif place == CASE - 2:
        kind, actor = "review", "S-0031"
        facts = {"act": "override", "check": "match", "reason": WORDS[case % 3], "refused": ""}
        if case % 10:
            kind, actor, facts = "verify.step", teller, {"step": "confirmed"}
    elif place == CASE - 1:
        good = case % 8 != 0
        kind = "verify.result"
        facts = {
            "operation": operation,
            "outcome": "approved" if good else "rejected",
            "reason": "decision.approved" if good else REASONS[case // 8 % 3],
            "checks": [{"check": "iin", "reason": "iin.ok", "status": "passed"}] * 8,
        }
    else:
        facts = {"step": STEPS[place % len(STEPS)], "sha256": f"{seq:064x}"}
    return Filling(kind, write_members(common | facts), actor, START_MS + seq * MINUTE_MS // 2)
