"""Whether an entry answers a query: the one meaning of it, with an index or without."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from workstation.log_index.query import LogQuery
from workstation.log_index.terms import Term, TermField, list_terms
from workstation.log_index.words import TermWords

__all__ = ["EntryFacts", "LogQuestion", "SoughtWord", "read_facts"]


class EntryFacts(msgspec.Struct, frozen=True):
    """What is looked for in an entry."""

    seq: int
    t: int
    type: str
    data: Mapping[str, Any]
    actor: str = ""

    @property
    def terms(self) -> frozenset[Term]:
        """The terms of the entry."""
        return list_terms(self.type, self.actor, self.data)


_DECODER = msgspec.json.Decoder(EntryFacts)


def read_facts(body: bytes) -> EntryFacts:
    """Read what is looked for in the bytes of an entry that the log has proven to be its own.

    A tenth of the time that parsing it strictly takes. Raises msgspec.DecodeError.
    """
    return _DECODER.decode(body[: body.rfind(b"\n\n")])


@dataclass(frozen=True, slots=True)
class SoughtWord:
    """One word of a query's text.

    seq    of the entry that it may be the number of, -1 for no number
    cases  ids that it may stand for as the number of a case
    """

    word: str
    seq: int = -1
    cases: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LogQuestion:
    """A query with what its numbers stand for.

    cases  ids that the query's case may stand for
    """

    query: LogQuery
    cases: frozenset[str] = frozenset()
    sought: tuple[SoughtWord, ...] = ()

    @property
    def exact(self) -> list[frozenset[Term]]:
        """The terms that an entry must have: one of each set."""
        query = self.query
        wanted = (
            (TermField.ACTOR, query.operator),
            (TermField.OPERATION, query.operation),
            (TermField.OUTCOME, query.outcome),
        )
        found = [frozenset({(field, value)}) for field, value in wanted if value]
        if query.kinds:
            found.append(frozenset((TermField.KIND, each) for each in query.kinds))
        if query.case:
            found.append(frozenset((TermField.CASE, each) for each in self.cases))
        return found

    def accepts(self, facts: EntryFacts, words: TermWords) -> bool:
        """Whether the entry answers."""
        since, until = self.query.since_ms, self.query.until_ms
        if (since is not None and facts.t < since) or (until is not None and facts.t >= until):
            return False
        terms = facts.terms
        if any(terms.isdisjoint(each) for each in self.exact):
            return False
        shown = [words.find(each) for each in terms] if self.sought else []
        return all(
            each.seq == facts.seq
            or any((TermField.CASE, case) in terms for case in each.cases)
            or any(word.startswith(each.word) for found in shown for word in found)
            for each in self.sought
        )
