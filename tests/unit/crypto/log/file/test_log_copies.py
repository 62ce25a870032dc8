"""The newest head in more places: what is deleted here is still remembered there."""

import shutil
import threading

import pytest

from crypto.errors import LogRolledBack, LogTampered, LogUnwritable
from crypto.log.file import copies
from crypto.log.file.copies import CopiedHead
from crypto.log.file.released import ReleasedHead
from tests.support.station.log import LogSite


@pytest.fixture(name="site")
def log_site(tmp_path):
    (tmp_path / "usb").mkdir()
    site = LogSite(tmp_path)
    site.usb = tmp_path / "usb" / "heads"
    return site


def copied(site, *places):
    """Have the site's released heads copied, as its settings would."""
    named = {"usb": ReleasedHead(site.usb), **{f"place {n}": p for n, p in enumerate(places)}}
    site.heads = CopiedHead(site.released_path, named)
    site.released = lambda: site.heads


class Hanging:
    """A share that answers never."""

    def __init__(self):
        self.answer = threading.Event()
        self.asked = 0

    def marks(self, _origin=None):
        self.remember(None)
        return ()

    def remember(self, _mark):
        self.asked += 1
        self.answer.wait(30)


class Gone:
    """A share that is not there."""

    def marks(self, _origin=None):
        raise LogUnwritable("gone")

    def remember(self, _mark):
        raise LogUnwritable("gone")


def test_the_newest_head_is_in_the_other_place_when_a_session_or_the_log_is_closed(site):
    copied(site)
    with site.create() as store:
        site.open_session(store)
        for _ in range(20):
            store.append("x", {})
        store.append("session.close", {"ses": site.session_key.vkey})
        site.heads._wait()
        assert ReleasedHead(site.usb).last().size == store.size
        store.append("x", {})
    assert ReleasedHead(site.usb).last().size == 24
    assert site.heads.unreached == ()
    with site.open() as store:
        assert store.size == 25


def test_a_log_and_heads_put_back_together_are_caught_by_the_other_place(site, tmp_path):
    copied(site)
    site.fill(5)
    for path in (site.path, site.released_path):
        shutil.copy(path, tmp_path / path.name)
    with site.open() as store:
        store.append("x", {})
    for path in (site.path, site.released_path):
        shutil.copy(tmp_path / path.name, path)
    with pytest.raises(LogRolledBack, match=r"[78] released, 5 found"):
        site.open()


def test_a_damaged_place_is_named(site):
    copied(site)
    site.fill(5)
    site.usb.write_bytes(b"damaged\n")
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert (refusal.value.reason, refusal.value.line) == ("released_unreadable", 1)
    site.heads._ask(lambda place: place.remember(site.heads.last()))
    site.heads._wait()
    assert site.heads.unreached == ("usb",)


def test_a_place_that_is_gone_or_hangs_stops_nobody(site, monkeypatch):
    monkeypatch.setattr(copies, "PATIENCE_S", 0.05)
    share = Hanging()
    copied(site, Gone(), share)
    site.fill(40)
    assert site.heads.unreached == ("place 0", "place 1")
    with site.open() as store:
        assert store.size == 42
    assert share.asked == 1
    share.answer.set()
    site.heads._threads["place 1"].join()
    site.open().close()
    assert site.heads.unreached == ("place 0",)


class Slow(Hanging):
    """A share that takes its time over every head."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def marks(self, _origin=None):
        return ()

    def remember(self, mark):
        super().remember(mark)
        self.sizes.append(mark.size)


def test_a_place_that_is_still_busy_with_a_head_comes_to_the_newest_afterwards(site):
    share = Slow()
    copied(site, share)
    with site.create() as store:
        site.open_session(store)
        for _ in range(60):
            store.append("x", {})
        store.append("session.close", {"ses": site.session_key.vkey})
        closed = store.size
        share.answer.set()
        site.heads._wait()
        assert share.sizes[-1] == closed
        assert len(share.sizes) == 2
        assert site.heads.unreached == ()
