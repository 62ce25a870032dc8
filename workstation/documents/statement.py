"""The text a customer signs with the ЭЦП: what they see is exactly what is signed.

Pure: time and nonce are passed in. The text is the policy's template, filled. The same facts always
give the same bytes: UTF-8, lines ended by one line feed, no trailing space, no control or invisible
character whatever the facts hold.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workstation.errors import OperationRefused, PolicyRefused
from workstation.rules.catalogue.documents import ANSWERS, Template
from workstation.rules.catalogue.templates import fill_lines
from workstation.rules.local_time import KAZAKHSTAN
from workstation.rules.operation import CriticalOperation
from workstation.rules.policy import Policy

__all__ = ["VERSION", "Statement", "StatementPerson", "compose"]

VERSION = "verification-statement/v4"
"""Of what fills the placeholders; the template has an edition of its own."""

_HEX256 = re.compile(r"[0-9a-f]{64}")
_IIN = re.compile(r"[0-9]{12}")
_SESSION = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement as put before the customer.

    text             what is signed: its UTF-8 bytes; holds the ИИН, so it is personal data
    sha256           hex digest of those bytes
    nonce            256 bits in hex, issued once
    evidence_sha256  hex digest of the biometric evidence it binds to
    """

    text: str = field(repr=False)
    sha256: str
    nonce: str
    evidence_sha256: str
    issued_ms: int
    expires_ms: int


@dataclass(frozen=True, slots=True)
class StatementPerson:
    """Somebody whom the statement names; `role` is one of the policy's.

    number  of the power of attorney that a representative acts by, empty for the others
    """

    role: str
    iin: str = field(repr=False)
    number: str = field(default="", repr=False)


def compose(  # noqa: PLR0913 - a statement names each of these; grouping would only hide it
    *,
    policy: Policy,
    operation: CriticalOperation,
    people: tuple[StatementPerson, ...],
    language: str,
    bank: str,
    branch: str,
    station: str,
    session: str,
    nonce: str,
    evidence_sha256: str,
    issued: datetime,
    ttl: timedelta,
    said: tuple[tuple[str, bool], ...] = (),
) -> Statement:
    """Return the statement in `language` (kk, ru, en), by the policy's template.

    people  at least one, the customer first; said: (question, whether the customer said yes)
    nonce, evidence_sha256  64 lower-case hex digits; issued: aware UTC; ttl: positive
    Raises OperationRefused, naming the argument, when one has not its form; PolicyRefused for an
    operation that the policy does not define.
    """
    _require_people(people)
    _require_form(session=(session, _SESSION))
    _require_form(nonce=(nonce, _HEX256), evidence_sha256=(evidence_sha256, _HEX256))
    issued, expires = _validity(issued, ttl)
    template = policy.documents.statement
    values = {
        "version": VERSION,
        "edition": str(template.version),
        "policy": policy.id,
        "policy_digest": policy.sha256,
        "bank": bank,
        "branch": branch,
        "station": station,
        "session": session,
        "issued": _times(issued),
        "expires": _times(expires),
        "nonce": nonce,
        "operation_digest": operation.sha256(),
        "evidence_digest": evidence_sha256,
    }
    frame = _frame(template, language)
    values |= _operation_values(policy, operation, language)
    blocks = _blocks(policy, operation, people, language)
    blocks[ANSWERS] = _answers(policy, said, language)
    text = fill_lines(frame, values, blocks)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Statement(text, digest, nonce, evidence_sha256, _ms(issued), _ms(expires))


def _frame(template: Template, language: str) -> str:
    try:
        return template.words.text(language)
    except PolicyRefused:
        raise OperationRefused("language") from None


def _operation_values(
    policy: Policy, operation: CriticalOperation, language: str
) -> dict[str, str]:
    definition = policy.operation(operation.kind).definition
    return {
        "operation": f"{definition.name.text(language)} ({operation.kind})",
        "request": definition.say_statement(operation, language),
    }


def _blocks(
    policy: Policy,
    operation: CriticalOperation,
    people: tuple[StatementPerson, ...],
    language: str,
) -> dict[str, tuple[str, ...]]:
    """Return what has lines of its own: everybody by role, and every field that is filled."""
    roles = [
        (
            policy.documents.role(each.role).text(language),
            f"{each.iin}, № {each.number}" if each.number else each.iin,
        )
        for each in people
    ]
    lines = policy.operation(operation.kind).definition.lines(operation, language)
    return {
        "people": tuple(f"{role}: {iin}" for role, iin in roles),
        "fields": tuple(f"  {label}: {value}" for label, value in lines),
    }


def _answers(policy: Policy, said: tuple[tuple[str, bool], ...], language: str) -> tuple[str, ...]:
    """Return a line for each question that the customer has answered, in their language."""
    asked = {each.id: each for given in policy.attestations for each in given.questions}
    return tuple(
        f"  {question.text.text(language)} {(question.yes if yes else question.no).text(language)}"
        for question, yes in ((asked[name], yes) for name, yes in said)
    )


def _require_people(people: tuple[StatementPerson, ...]) -> None:
    if not people:
        raise OperationRefused("people")
    for each in people:
        _require_form(iin=(each.iin, _IIN))


def _validity(issued: datetime, ttl: timedelta) -> tuple[datetime, datetime]:
    """Return both ends in whole seconds: text and record name the same moment."""
    if issued.utcoffset() != timedelta(0) or ttl <= timedelta(0):
        raise OperationRefused("issued")
    issued = issued.replace(microsecond=0)
    return issued, issued + timedelta(seconds=max(int(ttl.total_seconds()), 1))


def _times(moment: datetime) -> str:
    local = moment.astimezone(KAZAKHSTAN)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC ({local:%Y-%m-%d %H:%M:%S} +05:00)"


def _require_form(**values: tuple[str, re.Pattern[str]]) -> None:
    for name, (value, form) in values.items():
        if form.fullmatch(value) is None:
            raise OperationRefused(name)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
