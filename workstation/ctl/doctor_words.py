"""What `doctor` saw, for people: a state, a name, what is wrong and the command that helps.

Programs get the codes (`--json`). Of the sentences that the checks make for them people of other
languages get what needs no translation: places, addresses, commands, names of files.
"""

import re
from typing import Final

from workstation.ctl.console import TableRow
from workstation.ctl.doctor_station import HealthCheck
from workstation.documents.texts import Texts
from workstation.first_start.setting_words import word_setting_fault

__all__ = ["headers", "word_check"]

_PLACE: Final = re.compile(r"(\$\.[\w.\[\]]+: .*)$")
_NEUTRAL: Final = re.compile(r"`[^`]+`|https?://[^\s;,:]+(?::\d+)?[^\s;,:]*|\$\.[\w.\[\]]+")
_STEPS: Final = {
    "keys": 3,
    "trust": 4,
    "settings": 5,
    "ways to sign": 5,
    "registries": 5,
    "persons": 5,
    "address": 5,
    "vault": 5,
    "camera": 5,
    "authority": 5,
    "folders": 5,
    "operators": 6,
    "charter": 7,
    "policy": 7,
    "revocation list": 8,
    "revocation lists": 8,
    "time-stamps": 5,
    "log": 11,
}
"""Which step of docs/install.md sets what a check looks at."""


def headers(texts: Texts) -> list[str]:
    """Return the headers of the three columns."""
    return [texts.tr(f"doctor_column.{each}") for each in ("state", "what", "seen")]


def word_check(check: HealthCheck, texts: Texts) -> TableRow:
    """Return a check as a row for people; its record is the one of `--json`."""
    record = {"state": check.state, "what": check.name, "seen": check.seen}
    slug = re.sub(r"\W+", "_", check.name)
    named = f"doctor_name.{slug}"
    name = texts.tr(named) if texts.has(named) else check.name
    if check.name.startswith("model "):
        name = texts.tr("doctor_name.model", name=check.name.removeprefix("model "))
    state = texts.tr(f"doctor_state.{check.state}")
    return TableRow(record, (state, name, _word_seen(check, slug, texts)))


def _word_seen(check: HealthCheck, slug: str, texts: Texts) -> str:
    english = texts.language == "en"
    if check.name == "station":
        count = re.search(r"\d+", check.seen)
        if count is None:
            return texts.tr("doctor.ready")
        return texts.tr("doctor.not_ready", count=count[0])
    if check.state == "good":
        return check.seen if english else " ".join(_NEUTRAL.findall(check.seen))
    told = f"{_word_fault(check, slug, texts)} {_name_step(check, texts)}".strip()
    return f"{_without_code(check, texts)}. {told}" if english else told


def _word_fault(check: HealthCheck, slug: str, texts: Texts) -> str:
    """Say what is wrong: the place of the settings, the code's advice, or what this check means."""
    place = _PLACE.search(check.seen)
    if place is not None and check.name != "address":
        return word_setting_fault(place[1], texts)
    code = check.seen.split(" ")[0].rstrip(":")
    own, advice = f"doctor_todo.{slug}", f"advice.{code}"
    package = "doctor_todo.package" if check.seen.startswith("not installed") else ""
    # What differs from the charter begins with a word that is no code.
    first = (own, advice) if check.name == "charter" else (advice, own)
    known = (each for each in (*first, package, "doctor.other") if each and texts.has(each))
    words = texts.tr(next(known))
    told = f"{words[:1].upper()}{words[1:]}"
    if texts.language == "en":
        return told
    kept = (each for each in dict.fromkeys(_NEUTRAL.findall(check.seen)) if each not in told)
    return " ".join((told, *kept))


def _without_code(check: HealthCheck, texts: Texts) -> str:
    """Return what was seen without the code that it begins with."""
    code, _, rest = check.seen.partition(" ")
    return rest if rest and texts.has(f"advice.{code}") else check.seen


def _name_step(check: HealthCheck, texts: Texts) -> str:
    step = _STEPS.get(check.name)
    return "" if step is None else f"({texts.tr('doctor.step', step=str(step))})"
