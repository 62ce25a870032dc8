"""Every class of tampering is named: by which tool, by which code, with the first bad entry.

One production station works for two days, through `bootstrap`; each class is tried on a copy of
its folder, through `workstation-ctl` and the start.
"""

import pytest

from tests.support.attacks.log_file import FILE_CLASSES
from tests.support.attacks.log_sides import SIDE_CLASSES
from tests.support.attacks.spellings import SPELLING_CLASSES
from tests.support.attacks.stories import REWRITTEN_CLASSES
from tests.support.attacks.tampering import Tool
from tests.support.attacks.worked import work

CLASSES = (*FILE_CLASSES, *SIDE_CLASSES, *SPELLING_CLASSES, *REWRITTEN_CLASSES)
NAMED = frozenset({"rolled_back", "forked"})


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
    if tampering.tool is Tool.START:
        return scene.start(), None
    options = {Tool.EVERY_HEAD: ("--tier", "every_head")}.get(tampering.tool, ())
    reason, first_bad, code = scene.verify(*options)
    assert code in {0, 2}, (reason, code)
    return reason, first_bad


def test_the_untouched_station_is_good(worked, scene):
    for given in ((), *evidence(worked)):
        assert scene.verify(*given) == ("passed", None, 0)
    assert scene.verify("--tier", "every_head") == ("passed", None, 0)
    assert scene.start() == ""


@pytest.mark.parametrize("tampering", CLASSES, ids=lambda each: f"{each.group}: {each.name}")
def test_a_tampering_is_named(worked, scene, tampering):
    first_bad = tampering.change(scene)
    said, index = ask(scene, tampering)
    assert said.startswith(tampering.code), (said, index)
    if first_bad is not None:
        assert index == first_bad
    if said == "passed":
        # Perfect by itself: what left the machine names it, each alone.
        given_by = evidence(worked, first_changed(worked, scene))
        assert len(given_by) > 1
        for given in given_by:
            assert scene.verify("--tier", "integrity", *given)[0] in NAMED
