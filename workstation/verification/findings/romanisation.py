"""The Latin spellings of a word in Kazakh, Russian or Latin letters.

The table is ICAO Doc 9303 part 3, section 6 B, which travel documents follow. A Kazakh letter that
the table does not settle, or that people spell in more than one way (Өмірзақов, Омирзаков,
Умирзаков), leads to several spellings. What only some documents write (soft signs, doubled
letters, Й or Ы beside И) is dropped, so that two customs give one spelling.
"""

import re
import unicodedata
from itertools import product
from typing import Final

__all__ = ["LONGEST_WORD", "romanise"]

LONGEST_WORD: Final = 64
"""Letters of a word: the upper bound of a certificate's surname (RFC 5280 appendix A.1)."""

_MOST_SPELLINGS: Final = 8

_Ways = tuple[str, ...]

_LETTERS: Final[dict[str, _Ways]] = {
    # Doc 9303, with И for Й and Ы: Kazakh and Russian documents differ in them.
    **dict(
        zip(
            "абвгдежзийыклмнопрстуфхцчшэюяьъ",
            (
                *[("a",), ("b",), ("v",), ("g",), ("d",), ("e",), ("zh",), ("z",)],
                *[("i",), ("i",), ("i",), ("k",), ("l",), ("m",), ("n",), ("o",), ("p",)],
                *[("r",), ("s",), ("t",), ("u",), ("f",), ("kh",), ("ts",), ("ch",), ("sh",)],
                *[("e",), ("iu",), ("ia",), ("",), ("", "ie")],
            ),
            strict=True,
        )
    ),
    "ё": ("e", "io"),
    "щ": ("shch", "sch", "sh"),
    # Kazakh letters: how passports and Russian documents of Kazakhstan write them.
    "ә": ("a", "ia"),
    "ғ": ("g",),
    "қ": ("k",),
    "ң": ("n", "ng"),
    "ө": ("o", "u"),
    "ұ": ("u",),
    "ү": ("u", "iu"),
    "һ": ("kh",),
    "і": ("i",),
    # Latin letters and groups that stand for one of the letters above.
    **{group: (group,) for group in ("zh", "kh", "ch", "sh")},
    "shch": ("shch", "sch", "sh"),
    "yo": ("io", "e"),
    "jo": ("io", "e"),
    "ye": ("ie", "e"),
    "je": ("ie", "e", "zhe"),
    "gh": ("g",),
    "ng": ("ng",),
    "c": ("ts", "k"),
    "h": ("kh",),
    "j": ("zh", "i"),
    "q": ("k",),
    "w": ("v", "u"),
    "x": ("kh", "ks"),
    "y": ("i",),
    # The Kazakh Latin alphabets of 2018 and 2021.
    "ä": ("a", "ia"),
    "á": ("a", "ia"),
    "ğ": ("g",),
    "ǵ": ("g",),
    "ı": ("i",),
    "ñ": ("n", "ng"),
    "ń": ("n", "ng"),
    "ö": ("o", "u"),
    "ó": ("o", "u"),
    "ş": ("sh",),
    "ç": ("ch",),
    "ū": ("u",),
    "ü": ("u", "iu"),
    "ú": ("u", "iu"),
    "ý": ("u", "i"),
}
_GROUPS: Final = re.compile(
    "|".join(sorted(map(re.escape, _LETTERS), key=len, reverse=True)) + "|.", re.DOTALL
)
_DOUBLED: Final = re.compile(r"(.)\1+", re.DOTALL)


def romanise(word: str) -> frozenset[str]:
    """Return the Latin spellings of one word, at most 8; none of what is longer than 64 letters.

    Letters of other scripts stand for themselves. A spelling is among its own spellings.
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word).casefold())
    if not 0 < len(folded) <= LONGEST_WORD:
        return frozenset()
    ways = [_spell(each) for each in _GROUPS.findall(folded)]
    count = 1
    for place, each in enumerate(ways):
        count *= len(each)
        if count > _MOST_SPELLINGS:
            # Hostile or long: what follows has its first spelling only.
            count //= len(each)
            ways[place] = each[:1]
    return frozenset(filter(None, (_contract("".join(each)) for each in product(*ways))))


def _spell(group: str) -> _Ways:
    known = _LETTERS.get(group)
    if known is not None:
        return known
    marked = unicodedata.normalize("NFKD", group)
    bare = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return _LETTERS.get(bare, (bare,))


def _contract(spelling: str) -> str:
    """Write one letter for two of it, and Ж for ДЖ: Джаксыбеков is Жақсыбеков."""
    once = _DOUBLED.sub(r"\1", spelling)
    return _DOUBLED.sub(r"\1", once.replace("dzh", "zh"))
