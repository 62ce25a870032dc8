"""Every class of tampering is named: by which tool, by which code, with the first bad entry.

One production station works for two days, through `bootstrap`; each class is tried on a copy of
its folder, through `workstation-ctl` and the start.
"""

from pathlib import Path

import pytest

from crypto.log.format.entry import parse_entry
from tests.support.attacks.folder import FOLDER_CLASSES
from tests.support.attacks.leaving import LEAVING_CLASSES
from tests.support.attacks.log_file import FILE_CLASSES
from tests.support.attacks.log_sides import SIDE_CLASSES
from tests.support.attacks.spellings import SPELLING_CLASSES
from tests.support.attacks.stories import REWRITTEN_CLASSES
from tests.support.attacks.tampering import Tampering, Tool
from tests.support.attacks.worked import work
from tests.support.court.mutations import MUTATIONS

CLASSES = (
    *FILE_CLASSES,
    *SIDE_CLASSES,
    *SPELLING_CLASSES,
    *REWRITTEN_CLASSES,
    *FOLDER_CLASSES,
    *LEAVING_CLASSES,
)
NAMED = frozenset({"rolled_back", "forked"})
DOCUMENT = Path(__file__).parents[2] / "docs" / "measurements.md"
TRIED: set[Tampering] = set()
INDEXED: dict[str, int] = {}
"""How many classes of a group were named with their first bad entry; filled by the test below."""


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield work(tmp_path_factory.mktemp("worked"), patch)


@pytest.fixture
def scene(worked, tmp_path):
    return worked.copy(tmp_path / "copy")


def evidence(worked, since=0):
    """What left the machine after an entry: each alone has to name that it was changed."""
    kept = worked.evidence
    given = (
        (worked.size, ("--head", str(kept / "head.txt"))),
        (worked.permitted, ("--permits", str(kept / "newest.jws"))),
        (worked.size, ("--head", str(kept / "cosigned.note"))),
    )
    return [options for size, options in given if size > since]


def first_changed(worked, scene):
    """Return the first entry that is another one than in the honest log, or is gone."""
    pairs = zip(worked.bodies, scene.bodies(), strict=False)
    return next((at for at, (was, now) in enumerate(pairs) if was != now), len(scene.bodies()))


def ask(scene, tampering):
    """Return what the tool says of the copy, and the first bad entry."""
    match tampering.tool:
        case Tool.START:
            return scene.start(), None
        case Tool.START_ENTRY:
            size = len(scene.bodies())
            assert scene.start() == ""
            kinds = {parse_entry(each).kind for each in scene.bodies()[size:]}
            return " ".join(kinds & {tampering.code}), None
        case Tool.DOCTOR:
            return scene.look(), None
        case Tool.VAULT_VERIFY:
            return scene.verify_vault()
        case Tool.PERMIT_VERIFY:
            return scene.verify_permit(), None
        case Tool.VERIFY_EXPORT:
            return scene.verify_export()
    enrolled = scene.worked.evidence / "enrolment"
    options = {
        Tool.EVERY_HEAD: ("--tier", "every_head"),
        Tool.ELSEWHERE: (
            *("--key", str(enrolled / "log.vkey")),
            *("--trusted", str(enrolled / "trusted.vkeys")),
        ),
    }.get(tampering.tool, ())
    reason, first_bad, code = scene.verify(*options)
    assert code in {0, 2, 3}, (reason, code)
    return reason, first_bad


def test_the_untouched_station_is_good(worked, scene):
    for given in ((), *evidence(worked)):
        assert scene.verify(*given) == ("passed", None, 0)
    assert scene.verify("--tier", "every_head") == ("passed", None, 0)
    assert scene.verify_vault() == ("whole", None)
    assert scene.verify_permit() == "valid"
    assert scene.verify_export() == ("passed", None)
    assert scene.look() == ""
    assert scene.start() == ""


@pytest.mark.parametrize("tampering", CLASSES, ids=lambda each: f"{each.group}: {each.name}")
def test_a_tampering_is_named(worked, scene, tampering):
    first_bad = tampering.change(scene)
    said, index = ask(scene, tampering)
    assert said.startswith(tampering.code), (said, index)
    if first_bad is not None:
        assert index == first_bad
        INDEXED[tampering.group] = INDEXED.get(tampering.group, 0) + 1
    TRIED.add(tampering)
    if said == "passed":
        # Perfect by itself: what left the machine names it, each alone.
        given_by = evidence(worked, first_changed(worked, scene))
        assert len(given_by) > 1
        for given in given_by:
            assert scene.verify("--tier", "integrity", *given)[0] in NAMED


def describe(group):
    """Return the group's line of the table in docs/measurements.md."""
    own = [each for each in CLASSES if each.group == group]
    tools = ", ".join(dict.fromkeys(f"`{each.tool}`" for each in own))
    alone = sum(each.code != "passed" for each in own)
    return f"| {group} | {len(own)} | {tools} | {alone} | {INDEXED.get(group, 0)} |"


def test_the_document_counts_every_class():
    assert len(CLASSES) > 250
    assert len({(each.group, each.name, each.tool) for each in CLASSES}) == len(CLASSES)
    if len(TRIED) < len(CLASSES):
        pytest.skip("some classes were left out")
    text = DOCUMENT.read_text("utf-8")
    lines = [describe(group) for group in dict.fromkeys(each.group for each in CLASSES)]
    assert "\n".join(each for each in lines if each not in text) == ""
    by_itself = sum(each.code == "passed" for each in CLASSES)
    assert f"{len(CLASSES)} classes, {by_itself} of them perfect by themselves" in text
    assert f"| court packs | {len(MUTATIONS)} |" in text
