"""Whether two spellings of a name can be one person's, whatever the script and the order."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum, StrEnum
from itertools import permutations
from typing import Final

from workstation.verification.findings.romanisation import romanise

__all__ = ["NameLikeness", "compare_names"]

_LONGEST: Final = 256
_MOST_WORDS: Final = 6
_FEWEST_IN_COMMON: Final = 2  # A family name alone names a family.
_SHORTEST_WITH_SLIP: Final = 5  # A letter more or less makes another name of a short one.
_SHORTEST_STEM: Final = 3

_DROPPED: Final = re.compile("['`´ʹʺʼ’‘′]")
_WORD: Final = re.compile(r"[^\W_]+")
_PATRONYMIC: Final = re.compile(
    "(?P<stem>.+?)(?P<ending>uli|ulu|ogli|kizi|kiz|ovich|evich|ich|ovna|evna|ichna)"
)

_Word = frozenset[str]
_Words = tuple[_Word, ...]


class NameLikeness(StrEnum):
    """SAME is one name by the rules of transliteration; ALIKE needs a person's look."""

    SAME = "same"
    ALIKE = "alike"
    OTHER = "other"


class _Match(IntEnum):
    """How two words meet. FORM: an initial, or Серікқызы beside Сериковна; SLIP: one letter."""

    SAME = 0
    FORM = 1
    SLIP = 2
    NONE = 3


def compare_names(first: str, second: str) -> NameLikeness:
    """Compare two full names; symmetric, and OTHER whenever there is nothing to compare.

    SAME    every word has its like in any order; one side may lack the patronymic, as the
            certificates of НУЦ do
    ALIKE   one letter differs, or the patronymic has another form, or one part is missing
    OTHER   anything else: no word, more than 6 words or 256 characters, a family name alone
    """
    one, two = _split(first), _split(second)
    if not one or not two:
        return NameLikeness.OTHER
    verdicts = {_compare_words(*map(_romanise, pair)) for pair in _arrange(one, two)}
    return next(each for each in NameLikeness if each in verdicts)


def _split(name: str) -> tuple[str, ...]:
    """Return the words of a name; none when there are too many, or too long ones, to compare."""
    if len(name) > _LONGEST:
        return ()
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", name))
    words = tuple(_WORD.findall(plain))
    comparable = len(words) <= _MOST_WORDS and all(romanise(word) for word in words)
    return words if comparable else ()


def _romanise(words: tuple[str, ...]) -> _Words:
    return tuple(map(romanise, words))


def _arrange(
    one: tuple[str, ...], two: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the two names as they are and with two neighbours as one: Нұр-Сұлтан, Нұрсұлтан."""
    yield one, two
    yield from ((joined, two) for joined in _join_neighbours(one))
    yield from ((one, joined) for joined in _join_neighbours(two))


def _join_neighbours(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for place in range(len(words) - 1):
        yield (*words[:place], words[place] + words[place + 1], *words[place + 2 :])


def _compare_words(one: _Words, two: _Words) -> NameLikeness:
    fewer, more = sorted((one, two), key=len)
    meets = [[_meet(word, other) for other in more] for word in fewer]
    verdicts = {_judge(order, meets, more) for order in permutations(range(len(more)), len(fewer))}
    return next(each for each in NameLikeness if each in verdicts)


def _judge(order: Sequence[int], meets: list[list[_Match]], more: _Words) -> NameLikeness:
    found = [meets[place][other] for place, other in enumerate(order)]
    left = set(range(len(more))) - set(order)
    enough = len(found) >= _FEWEST_IN_COMMON or not left
    if not enough or len(left) > 1 or _Match.NONE in found or found.count(_Match.SLIP) > 1:
        return NameLikeness.OTHER
    exact = not any(found)
    if not left or _is_patronymic(left.pop(), more):
        return NameLikeness.SAME if exact else NameLikeness.ALIKE
    return NameLikeness.ALIKE if exact else NameLikeness.OTHER


def _is_patronymic(place: int, words: _Words) -> bool:
    """Whether a word is a patronymic by its ending, or by its place after name and family name.

    The first word never is: Абрамович is a family name, too.
    """
    last = place == _FEWEST_IN_COMMON == len(words) - 1
    return last or (place > 0 and any(_stems(spelling) for spelling in words[place]))


def _meet(word: _Word, other: _Word) -> _Match:
    if word & other:
        return _Match.SAME
    pairs = [(a, b) for a in word for b in other]
    if any(_have_one_form(a, b) for a, b in pairs):
        return _Match.FORM
    return _Match.SLIP if any(_differ_by_a_slip(a, b) for a, b in pairs) else _Match.NONE


def _have_one_form(one: str, two: str) -> bool:
    """Whether one is the initial of the other, or both are patronymics after one father."""
    if min(len(one), len(two)) == 1:
        return one[0] == two[0]
    return bool(_stems(one) & _stems(two))


def _stems(spelling: str) -> frozenset[str]:
    """Return the father's name in a patronymic, none for another word."""
    found = _PATRONYMIC.fullmatch(spelling)
    if found is None or len(found["stem"]) < _SHORTEST_STEM:
        return frozenset()
    # Of Серікқызы's two letters Қ romanisation has left one.
    doubled = {found["stem"] + "k"} if found["ending"].startswith("k") else set()
    return frozenset({found["stem"]} | doubled)


def _differ_by_a_slip(one: str, two: str) -> bool:
    stems = ((a, b) for a in _stems(one) for b in _stems(two))
    return any(_differ_by_one(*pair) for pair in ((one, two), *stems))


def _differ_by_one(one: str, two: str) -> bool:
    """Whether one letter was changed, left out, added, or two neighbours changed places."""
    short, long = sorted((one, two), key=len)
    if len(short) < _SHORTEST_WITH_SLIP or len(long) - len(short) > 1:
        return False
    start = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = long[start + 1 : start + 2] + long[start : start + 1]
    return short[start + 1 :] == long[start + 1 :] or short[start:] == swapped + long[start + 2 :]
