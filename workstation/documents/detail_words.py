"""Details of findings and of evidence in words: they are codes, joined by `:` and `,`.

A code has its words under `detail.`, or where other things of its kind have them. Numbers, dates,
identifiers and names of algorithms are shown as they are. What has no words is shown as it is in
English only, which the codes are in; elsewhere a sentence stands for it.
"""

import re
from collections.abc import Iterator

from workstation.documents.texts import Texts

__all__ = ["describe_detail", "find_words"]

_PREFIXES = ("detail.", "evidence_reason.", "file_kind.", "finding.", "")
_CODE = re.compile(r"[a-z][a-z0-9_]*")
# Of a time the colons separate nothing.
_PART = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.+-]+Z?|[^:,@+]+|[:,@+]")
_VERSIONED = re.compile(r"(signer_version|signed_data_version|reason)_(\d+)")


def find_words(texts: Texts, code: str, finding: str = "") -> str:
    """Return the words of one code; empty when it has none.

    finding  whose detail it is: some codes mean another thing there
    """
    found = texts.find((f"detail.{finding}.{code}", *(f"{prefix}{code}" for prefix in _PREFIXES)))
    return texts.tr(found) if found else ""


def describe_detail(texts: Texts, detail: str, finding: str = "") -> str:
    """Say a detail in words; empty for an empty one.

    finding  code of the finding that it is a detail of
    """
    parts = [part for part in _PART.findall(detail) if part.strip()]
    if not parts:
        return ""
    said = list(dict.fromkeys(_describe_parts(texts, parts, finding)))
    return ", ".join(said) or texts.tr("detail.other")


def _describe_parts(texts: Texts, parts: list[str], finding: str) -> Iterator[str]:
    """Yield what each part says: a value stands behind the code that it belongs to."""
    words, position = "", False
    values: list[str] = []
    for part in [*parts, ","]:
        if part in ",+":
            if words or values:
                yield ": ".join(each for each in (words, ", ".join(values)) if each)
            words, values = "", []
        elif part == "@":
            position = True
        elif position:
            values.append(f"{texts.tr('detail.certificate')}{part}")
            position = False
        elif part != ":":
            said = _describe_part(texts, part, finding)
            if said and not words and not values:
                words = said
            elif said:
                values.append(said)


def _describe_part(texts: Texts, part: str, finding: str) -> str:
    stated = _VERSIONED.fullmatch(part)
    if stated is not None:
        return f"{texts.tr(f'detail.{stated[1]}')} {stated[2]}"
    if _CODE.fullmatch(part) is None:
        return part
    return find_words(texts, part, finding) or (part if texts.language == "en" else "")
