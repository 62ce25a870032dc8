"""The text a customer signs with the ЭЦП: what they see is exactly what is signed.

Pure: time and nonce are passed in. The same facts always give the same bytes: UTF-8, lines ended by
one line feed, no trailing space, no control or invisible character whatever the facts hold.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workstation.documents.statement_words import STATEMENT_WORDS, StatementWords
from workstation.errors import OperationRefused
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.local_time import KAZAKHSTAN
from workstation.rules.operation import CriticalOperation

__all__ = ["VERSION", "Statement", "compose"]

VERSION = "verification-statement/v2"


_HEX256 = re.compile(r"[0-9a-f]{64}")
_IIN = re.compile(r"[0-9]{12}")
_SESSION = re.compile(r"[A-Za-z0-9._-]{1,64}")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


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


def compose(  # noqa: PLR0913 - a statement names each of these; grouping would only hide it
    *,
    operation: CriticalOperation,
    definition: OperationDefinition,
    iin: str,
    language: str,
    bank: str,
    branch: str,
    station: str,
    session: str,
    nonce: str,
    evidence_sha256: str,
    issued: datetime,
    ttl: timedelta,
) -> Statement:
    """Return the statement in `language` (kk, ru, en).

    nonce, evidence_sha256  64 lower-case hex digits; issued: aware UTC; ttl: positive
    Raises OperationRefused, naming the argument, when one has not its form.
    """
    words = _find_words(language)
    _require_form(iin=(iin, _IIN), session=(session, _SESSION))
    _require_form(nonce=(nonce, _HEX256), evidence_sha256=(evidence_sha256, _HEX256))
    issued, expires = _validity(issued, ttl)
    lines = [
        words.title,
        VERSION,
        "",
        f"{words.bank}: {_plain(bank)}, {_plain(branch)}",
        f"{words.station}: {_plain(station)}",
        f"{words.session}: {session}",
        f"{words.iin}: {iin}",
        "",
        *_operation_lines(operation, definition, words, language),
        "",
        f"{words.issued}: {_times(issued, words)}",
        f"{words.expires}: {_times(expires, words)}",
        "",
        f"{words.nonce}: {nonce}",
        f"{words.operation_digest}: {operation.sha256()}",
        f"{words.evidence_digest}: {evidence_sha256}",
        "",
        words.confirmation,
        "",
        words.warning,
    ]
    text = "\n".join(lines) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Statement(text, digest, nonce, evidence_sha256, _ms(issued), _ms(expires))


def _find_words(language: str) -> StatementWords:
    if language not in STATEMENT_WORDS:
        raise OperationRefused("language")
    return STATEMENT_WORDS[language]


def _validity(issued: datetime, ttl: timedelta) -> tuple[datetime, datetime]:
    """Return both ends in whole seconds: text and record name the same moment."""
    if issued.utcoffset() != timedelta(0) or ttl <= timedelta(0):
        raise OperationRefused("issued")
    issued = issued.replace(microsecond=0)
    return issued, issued + timedelta(seconds=max(int(ttl.total_seconds()), 1))


def _operation_lines(
    operation: CriticalOperation,
    definition: OperationDefinition,
    words: StatementWords,
    language: str,
) -> list[str]:
    return [
        f"{words.operation}: {definition.name.text(language)} ({operation.kind})",
        _plain(definition.say_statement(operation, language)),
        *(
            f"  {_plain(label)}: {_plain(value)}"
            for label, value in definition.lines(operation, language)
        ),
    ]


def _plain(untrusted: str) -> str:
    """Return the text on one line with every control or invisible character made visible."""
    composed = unicodedata.normalize("NFC", untrusted)
    return "".join(
        char if char == " " or unicodedata.category(char)[0] not in "CZ" else _REPLACEMENT
        for char in composed
    ).strip()


def _times(moment: datetime, words: StatementWords) -> str:
    local = moment.astimezone(KAZAKHSTAN)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC ({words.local_time} {local:%Y-%m-%d %H:%M:%S} +05:00)"


def _require_form(**values: tuple[str, re.Pattern[str]]) -> None:
    for name, (value, form) in values.items():
        if form.fullmatch(value) is None:
            raise OperationRefused(name)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
