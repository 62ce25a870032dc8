"""The words by which a term is found: what its code is called in every language, and names."""

from collections.abc import Callable, Mapping
from typing import Final

from resources import LANGUAGES
from workstation.documents.texts import Texts
from workstation.log_index.terms import Term, TermField, list_words
from workstation.rules.catalogue.words import Words

__all__ = ["CODE_PREFIXES", "TermWords", "find_code"]

CODE_PREFIXES: Final = (
    "",
    "outcome.",
    "check.",
    "status.",
    "reason.",
    "abort_reason.",
    "suspicion.",
    "hand_over.",
    "exception_reason.",
    "way_reason.",
    "comparison_reason.",
    "override_reason.",
    "doubt_reason.",
    "look_answer.",
    "comparison_answer.",
    "liveness_way.",
    "reference_source.",
    "role.",
    "charter_change.",
    "policy_change.",
    "alarm.",
    "log_fault.",
)
"""What the catalogues call a code that a member of an entry holds, the first that has words."""

_FIELDS: Final = {
    TermField.KIND: ("entry.",),
    TermField.OUTCOME: ("outcome.",),
    TermField.OPERATION: ("operation.",),
    TermField.CODE: CODE_PREFIXES,
}


def find_code(texts: Texts, value: str, prefixes: tuple[str, ...] = CODE_PREFIXES) -> str:
    """Return the catalogue's code of a value; empty where there is none."""
    return texts.find(each + value for each in prefixes)


class TermWords:
    """Words of terms, remembered; one thread's.

    names   names of the operators by personnel number, asked anew for a number not seen yet
    policy  the policy's own words, by code
    """

    def __init__(
        self,
        names: Callable[[], Mapping[str, str]] = dict,
        policy: Callable[[], Mapping[str, Words]] = dict,
    ) -> None:
        self._names, self._policy = names, policy
        self._texts: tuple[Texts, ...] = ()
        self._found: dict[Term, frozenset[str]] = {}
        self._known: Mapping[str, str] = {}

    def refresh(self) -> None:
        """Take the names and the policy of now."""
        names, words = self._names(), self._policy()
        if self._texts and names == self._known and words == self._texts[0].words:
            return
        self._known = dict(names)
        self._texts = tuple(Texts(each, words) for each in LANGUAGES)
        self._found.clear()

    def find(self, term: Term) -> frozenset[str]:
        """Return the words of a term, folded."""
        found = self._found.get(term)
        if found is None:
            found = self._found[term] = frozenset(self._list(term))
        return found

    def _list(self, term: Term) -> list[str]:
        if not self._texts:
            self.refresh()
        field, value = term
        if not value:
            return []
        found = list_words(value)
        if field is TermField.ACTOR:
            found += list_words(self._known.get(value, ""))
        for texts in self._texts if field in _FIELDS else ():
            if code := find_code(texts, value, _FIELDS[field]):
                found += list_words(texts.tr(code))
        return found
