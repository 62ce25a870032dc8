"""`doctor` compares the other places that remember the newest released head."""

from types import SimpleNamespace

import pytest

from crypto.log.file.copies import CopiedHead
from tests.support.station.log import LogSite
from workstation.ctl.doctor_heads import check_head_copies
from workstation.records.keys import ENROLMENT_FOLDER, LOG_VKEY_NAME
from workstation.records.station_log import open_released

COPY = "usb/heads"


@pytest.fixture(name="loaded")
def station_settings(tmp_path):
    """The few settings that are read, of a folder with a log and a copy of its heads."""
    for name in ("usb", ENROLMENT_FOLDER):
        (tmp_path / name).mkdir()
    site = LogSite(tmp_path)
    (tmp_path / ENROLMENT_FOLDER / LOG_VKEY_NAME).write_text(f"{site.log_key.vkey}\n")
    log = SimpleNamespace(path="log/log.db", released="share/released", copies=[COPY])
    loaded = SimpleNamespace(
        folder=tmp_path, values=SimpleNamespace(log=log), path=lambda each: tmp_path / each
    )
    site.released = lambda: open_released(loaded)
    site.fill(4)
    return loaded


def test_a_copy_that_remembers_the_logs_heads_is_good(loaded):
    assert isinstance(open_released(loaded), CopiedHead)
    assert list(check_head_copies(loaded)) == [
        ("released heads", "good", f"{COPY}: 4 entries remembered")
    ]


def test_a_copy_that_cannot_be_reached_is_a_warning(loaded):
    loaded.path(COPY).unlink()
    ((_, state, seen),) = check_head_copies(loaded)
    assert (state, seen.partition(":")[0]) == ("warning", COPY)


def test_a_copy_that_is_damaged_or_knows_more_than_the_log_is_bad(loaded):
    whole = loaded.path(COPY).read_bytes()
    loaded.path(COPY).write_bytes(whole.replace(b"|4|", b"|9|"))
    ((_, state, seen),) = check_head_copies(loaded)
    assert (state, seen) == ("bad", f"{COPY}: log_tampered released_signature in line 2")
    loaded.path(COPY).write_bytes(whole)
    site = LogSite(loaded.folder)
    before = site.path.read_bytes()
    with site.open() as store:
        store.append("x", {})
    site.released = lambda: open_released(loaded)
    site.open().close()
    site.path.write_bytes(before)
    ((_, state, seen),) = check_head_copies(loaded)
    assert state == "bad"
    assert "log_rolled_back" in seen
