"""`calibrate` and `errors`: thresholds from a bank's own pairs, and how they err."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

import resources
from crypto.errors import NoteMalformed
from crypto.log.format.note import Note, NoteSigner, NoteVerifier, parse_note
from vision.errors import VisionSettingsRefused
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.help_language import Misused
from workstation.ctl.pairs import compare_pairs
from workstation.records.keys import open_key_store
from workstation.records.station_log import load_log_key, read_log_keys
from workstation.settings.settings import load_settings
from workstation.settings.toml_file import read_limited

if TYPE_CHECKING:
    from vision.matching.error_card import ErrorCard, ErrorGroup

__all__ = ["calibrate", "errors"]

_MAX_CARD = 1_000_000


@click.command()
@click.argument("pairs", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Write the card here.")
@click.option(
    "--false-match-ppm",
    type=click.IntRange(1, 100_000),
    help="Propose thresholds for this rate; default: judge those of the model in use.",
)
@with_console
def calibrate(console: Console, pairs: Path, out: Path, false_match_ppm: int | None) -> None:
    """Measure the comparing model on a bank's pairs of photos.

    PAIRS is a CSV with the columns file_a, file_b, same (1 or 0) and any labels, such as group,
    sex, age. The card holds counts and no photo; with --data it is signed by the station's log key.
    The thresholds are for the station's own models.toml, and hold for this model only.
    """
    from vision.analysis import InlineAnalysis
    from vision.matching.error_card import ScoredPair, build_card, propose_thresholds
    from vision.models.manifest import load_manifest

    model = load_manifest(console.data).match
    compared = list(compare_pairs(console, pairs, InlineAnalysis(console.data)))
    scored = [
        ScoredPair(distance, pair.same, pair.labels)
        for pair, distance in compared
        if distance is not None
    ]
    thresholds = (model.match_ppm, model.review_ppm)
    if false_match_ppm is not None:
        try:
            thresholds = propose_thresholds(scored, false_match_ppm)
        except VisionSettingsRefused as refused:
            raise NothingFound(f"{pairs.name}: {refused.detail}") from None
    card = build_card(
        scored,
        thresholds,
        day=datetime.now(UTC).date().isoformat(),
        source=pairs.name,
        model=model.reference,
        left_out=len(compared) - len(scored),
    )
    written = msgspec.json.encode(card) + b"\n"
    signer = _station_signer(console)
    if signer is not None:
        written = Note(written, (signer.sign_line(written),)).encode()
    try:
        out.write_bytes(written)
    except OSError as error:
        raise NothingFound(f"{out.name}: {type(error).__name__}") from None
    _show(console, card, "" if signer is None else signer.name)


@click.command()
@click.argument("card", type=click.Path(path_type=Path), required=False)
@click.option("--key", help="The key (vkey) that must have signed it; default: the station's own.")
@with_console
def errors(console: Console, card: Path | None, key: str | None) -> None:
    """Print the published error card of the model, or CARD.

    Exit code 1 when a signature is asked for, by --key or --data, that the card does not have.
    """
    from vision.matching.error_card import read_card

    if card is None:
        _show(console, read_card(resources.path("models", "error-card.json").read_bytes()), "")
        return
    untrusted = read_limited(card, _MAX_CARD, NothingFound)
    wanted = _wanted_keys(console, key)
    try:
        note = parse_note(untrusted)
    except NoteMalformed:
        note = Note(untrusted, ())
    signed = any(
        (line.name, line.key_id) == each.identity and each.verifies(note.text, line.signature)
        for line in note.lines
        for each in wanted
    )
    try:
        found = read_card(note.text)
    except VisionSettingsRefused as refused:
        raise NothingFound(f"{card.name}: {refused.detail}") from None
    _show(console, found, wanted[0].name if signed else "")
    if wanted and not signed:
        console.note("the card is not signed by that key")
        console.leave(ExitCode.REFUSED)


def _station_signer(console: Console) -> NoteSigner | None:
    if console.data is None:
        return None
    loaded = load_settings(console.data)
    return load_log_key(loaded, open_key_store(loaded, console.unlock))


def _wanted_keys(console: Console, key: str | None) -> tuple[NoteVerifier, ...]:
    """Return the key that was given; else the station's, those of before a rotation too."""
    if key is None:
        if console.data is None:
            return ()
        loaded = load_settings(console.data)
        return read_log_keys(loaded.folder, loaded.path(loaded.values.log.path))
    try:
        return (NoteVerifier.parse(key),)
    except NoteMalformed:
        raise Misused("--key is no key in the log's form") from None


def _show(console: Console, card: "ErrorCard", signed_by: str) -> None:
    facts: dict[str, Value] = {
        "model": f"{card.model} {card.model_sha256[:16]}",
        "pairs": card.pairs,
        "day": card.day,
        "match_ppm": card.match_ppm,
        "review_ppm": card.review_ppm,
        "left_out": card.left_out,
        "signed_by": signed_by,
    }
    rows = [_row(group) for group in card.groups]
    if console.as_json:
        console.show(facts | {"groups": rows, "det": [list(point) for point in card.det]})
        return
    console.show(facts)
    click.echo()
    console.rows("group", rows)


def _row(group: "ErrorGroup") -> dict[str, Value]:
    """Return the counts of a group, with exact 95 % bounds of the rates in per cent."""
    rate = group.equal_error_ppm
    return {
        "group": f"{group.label}={group.value}" if group.label else "all",
        "one_person": group.genuine,
        "two_people": group.impostors,
        "equal_error": "" if rate is None else f"{rate / 10_000:.2f}%",
        "false_matches": _cell(group.match.false_matches, group.match.false_match_ppm),
        "not_matched": _cell(group.match.false_non_matches, group.match.false_non_match_ppm),
        "no_match": _cell(group.review.false_non_matches, group.review.false_non_match_ppm),
    }


def _cell(count: int, bounds_ppm: tuple[int, int]) -> str:
    return f"{count} ({bounds_ppm[0] / 10_000:.2f}..{bounds_ppm[1] / 10_000:.2f}%)"
