"""Lists fetched at their own pace; large ones through a child process."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from crypto.crl_store import import_process
from crypto.crl_store.fetch import FetchBounds, Fetcher
from crypto.crl_store.import_child import run_job
from crypto.crl_store.import_process import CrlImportFailed, ImportLimits, ImportProcess
from crypto.crl_store.importer import CrlImporter, estimate_percent
from crypto.crl_store.store import CrlRefused, CrlStore
from crypto.crl_store.updates import CrlAddress, CrlUpdater
from crypto.path.context import VerificationContext
from tests.support.pki.certificates import NOW, make_crl, world
from tests.support.pki.contexts import CONTEXT
from tests.support.system.http_server import serving
from tests.support.system.platforms import not_under_wine

ROOT = Path(__file__).resolve().parents[4]

W = world()
CAS = (W.root.parsed, W.authority.parsed)
BOUNDS = FetchBounds(timeout_s=2, deadline_s=4, answer_octets=2000, crl_octets=1 << 20)
MANY = [(serial, None) for serial in range(1000, 5000)]


def at(delay: timedelta) -> VerificationContext:
    return replace(CONTEXT, moment=NOW + delay)


@pytest.fixture
def store(tmp_path):
    opened = CrlStore(tmp_path / "lists.sqlite")
    yield opened
    opened.close()


class Published:
    """What one address serves, and what it was asked."""

    def __init__(self, body: bytes, **headers: str) -> None:
        self.body, self.headers, self.asked = body, headers, []

    def reply(self, _method, _path, _body, headers):
        self.asked.append(headers["If-None-Match"])
        known = self.headers.get("ETag")
        if known and headers["If-None-Match"] == known:
            return 304, {}, b""
        return 200, {"Content-Length": str(len(self.body)), **self.headers}, self.body


def updater(store, host, **options):
    fetcher = Fetcher(hosts=[host], bounds=BOUNDS, user_agent="test")
    address = CrlAddress(CAS, f"http://{host}/a.crl")
    return CrlUpdater([address], fetcher, store, chance=lambda: 1.0, **options)


def test_a_crl_is_asked_for_when_it_is_due_and_not_before(store):
    published = Published(make_crl(W.authority))
    with serving(published.reply) as host:
        lists = updater(store, host)
        assert [each.code for each in lists.refresh(CONTEXT)] == ["updated"]
        assert lists.refresh(at(timedelta(minutes=59))) == ()
        (later,) = lists.refresh(at(timedelta(minutes=60)))
    assert later.code == "unchanged"
    assert later.number == "10"
    assert len(published.asked) == 2


def test_an_address_that_fails_is_asked_later_and_later(store):
    with serving(lambda *_: (404, {}, b"")) as host:
        lists = updater(store, host)
        (first,) = lists.refresh(CONTEXT)
        assert lists.refresh(at(timedelta(seconds=59))) == ()
        (second,) = lists.refresh(at(timedelta(seconds=60)))
        assert lists.refresh(at(timedelta(seconds=179))) == ()
    assert (first.code, first.detail, first.failures) == ("not_found", "http_404", 1)
    assert (second.failures, second.next_attempt_ms - second.attempted_ms) == (2, 120_000)
    assert lists.health() == (second,)


def test_an_unchanged_crl_is_not_sent_twice(store):
    published = Published(make_crl(W.authority), ETag='"v1"')
    with serving(published.reply) as host:
        lists = updater(store, host)
        lists.update(CONTEXT)
        (again,) = lists.update(CONTEXT)
    assert published.asked == [None, '"v1"']
    assert again.code == "unchanged"


def test_a_crl_that_expires_while_nothing_newer_is_published_is_named_stale(store):
    published = Published(make_crl(W.authority))
    with serving(published.reply) as host:
        lists = updater(store, host)
        lists.update(CONTEXT)
        (late,) = lists.update(at(timedelta(days=2)))
    assert (late.code, late.failures) == ("stale_list", 1)


def test_a_lost_crl_is_fetched_again_even_if_the_server_says_it_has_not_changed(store, tmp_path):
    published = Published(make_crl(W.authority), ETag='"v1"')
    with serving(published.reply) as host:
        lists = updater(store, host)
        lists.update(CONTEXT)
        for segment in (tmp_path / "lists-lists").glob("*.list"):
            segment.write_bytes(b"damaged")
        lists.update(CONTEXT)
    assert published.asked == [None, None]
    store.check_segments()


def test_a_round_does_not_wait_for_another_one(store):
    with serving(Published(make_crl(W.authority)).reply) as host:
        lists = updater(store, host)
        seen = []
        lists.update(CONTEXT, lambda *_word: seen.append(lists.refresh(CONTEXT)))
    assert seen == [()]


def test_a_cancelled_round_changes_nothing_and_the_next_one_does(store):
    with serving(Published(make_crl(W.authority)).reply) as host:
        lists = updater(store, host)
        (ended,) = lists.update(CONTEXT, lambda *_word: lists.cancel())
        # Cancelled at the last piece: the list is on disk and is not taken.
        assert (ended.code, store.current()) == ("list_import_failed", ())
        (again,) = lists.update(CONTEXT)
    assert again.code == "updated"


@pytest.mark.parametrize(
    ("word", "percent"),
    [
        (("fetch", 32_000, 32_000), 0),
        (("fetch", 10_000_000, 20_000_000), 5),
        (("verify", 0, 20_000_000), 10),
        (("verify", 10_000_000, 20_000_000), 50),
        (("index", 211_000, 422_000), 95),
        (("index", 422_000, 422_000), 100),
        (("index", 0, 0), 0),
        (("verify", 9, 1 << 20), 10),
        (("unknown", 1, 1 << 20), 0),
    ],
)
def test_the_way_of_a_large_crl_is_told_in_percent_and_a_small_one_takes_none(word, percent):
    assert estimate_percent(*word) == percent


# -- child process ------------------------------------------------------------------------------


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.crl"
    path.write_bytes(make_crl(W.authority, MANY))
    return path


def test_a_large_crl_is_taken_by_a_child_which_says_how_far_it_is(store, large):
    told = []
    stored = CrlImporter(store, in_process=0).import_file(
        large, CAS, CONTEXT, lambda *w: told.append(w)
    )
    assert (stored.entries, stored.number) == (4000, 10)
    assert stored.find(4999, W.authority.parsed.subject) is not None
    assert stored.find(5000, W.authority.parsed.subject) is None
    assert ("index", 4000, 4000) in told
    assert {stage for stage, _, _ in told} == {"verify", "index"}
    assert store.raw(stored.sha256) == large.read_bytes()


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        (lambda der: der[:-1] + bytes([der[-1] ^ 1]), "signature_wrong"),
        (lambda der: der[:-9], "malformed:truncated"),
        (lambda _: make_crl(W.responder, MANY), "other_issuer"),
        (lambda _: make_crl(W.authority, MANY, number=9), "older_than_stored"),
    ],
)
def test_what_a_child_refuses_changes_nothing_and_leaves_nothing(store, large, spoiled, why):
    good = CrlImporter(store, in_process=0).import_file(large, CAS, CONTEXT)
    large.write_bytes(spoiled(large.read_bytes()))
    with pytest.raises(CrlRefused) as refused:
        CrlImporter(store, in_process=0).import_file(large, CAS, CONTEXT)
    assert refused.value.detail == why
    assert [item.sha256 for item in store.current()] == [good.sha256]
    assert len(list(large.parent.glob("lists-lists/*"))) == 1


def test_a_child_is_judged_by_the_key_policy_of_its_parent(store, tmp_path):
    weak = world("person")
    keys = type(CONTEXT.keys)({"ec": 384})
    path = tmp_path / "a.crl"
    path.write_bytes(make_crl(weak.authority, MANY))
    strict = replace(CONTEXT, keys=keys)
    with pytest.raises(CrlRefused) as refused:
        CrlImporter(store, in_process=0).import_file(path, CAS, strict)
    assert refused.value.detail == "algorithm_too_weak"


def staged(store):
    path = store.new_segment_path()
    assert path is not None
    return path


def test_a_cancelled_import_ends_at_once_and_leaves_nothing(store, large):
    running, segment = ImportProcess(), staged(store)
    with pytest.raises(CrlImportFailed) as failed:
        running.run(large, segment, CAS, CONTEXT, lambda *_word: running.cancel())
    assert failed.value.detail == "cancelled"
    assert not segment.exists()
    with pytest.raises(CrlImportFailed):
        running.run(large, segment, CAS, CONTEXT, lambda *_word: None)


def test_a_child_that_takes_too_long_is_ended(store, large):
    with pytest.raises(CrlImportFailed) as failed:
        ImportProcess(ImportLimits(seconds=0)).run(
            large, staged(store), CAS, CONTEXT, lambda *_word: None
        )
    assert failed.value.detail == "out_of_time"


def test_a_process_can_bound_its_memory():
    bounding = (
        "from crypto.crl_store.memory_limit import limit_memory; print(limit_memory(1 << 32))"
    )
    done = subprocess.run(
        [sys.executable, "-c", bounding], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    assert done.stdout.split() == [b"True"]


@not_under_wine("a job's bound is taken and not kept: 400 MB were given under 200 MB")
def test_a_child_that_wants_too_much_memory_is_ended(store, large):
    with pytest.raises(CrlImportFailed):
        ImportProcess(ImportLimits(address_space=1 << 20)).run(
            large, staged(store), CAS, CONTEXT, lambda *_word: None
        )


@pytest.mark.parametrize("said", ["[]", "no json", '{"stage": "index"}', '{"error": "x"}', ""])
def test_a_child_that_talks_nonsense_is_a_failure(store, large, said, monkeypatch):
    monkeypatch.setattr(import_process, "_ENTRY", f"print({said!r})")
    with pytest.raises(CrlImportFailed):
        ImportProcess().run(large, staged(store), CAS, CONTEXT, lambda *_word: None)


def test_a_job_can_be_run_without_a_process(store, large):
    segment, told = staged(store), []
    job = json.loads(import_process._job(large, segment, CAS, CONTEXT, ImportLimits()))
    result = run_job(job, lambda *word: told.append(word))
    assert result["entries"] == 4000
    assert store.adopt(segment, result["segment_sha256"]).entries == 4000
    assert told[-1] == ("index", 4000, 4000)


def test_a_child_whose_parent_is_gone_ends(large, tmp_path):
    job = import_process._job(large, tmp_path / "s.list", CAS, CONTEXT, ImportLimits())
    root = str(import_process.Path(import_process.crypto.__file__).parents[1])
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", import_process._ENTRY, root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    child.stdout.close()
    child.stdin.write(job)
    child.stdin.close()
    assert child.wait(30) != 0


def test_a_delta_is_in_force_as_soon_as_it_is_taken(store, tmp_path):
    CrlImporter(store).import_file(_file(tmp_path, make_crl(W.authority)), CAS, CONTEXT)
    lifted = [(1, x509.ReasonFlags.key_compromise), (2, x509.ReasonFlags.remove_from_crl)]
    delta = make_crl(W.authority, lifted, base=10, number=11)
    stored = CrlImporter(store).import_file(_file(tmp_path, delta), CAS, CONTEXT)
    assert (stored.base_number, stored.number) == (10, 11)
    assert [stored.find(n, W.authority.parsed.subject).reason for n in (1, 2)] == [1, 8]
    assert len(store.current()) == 2


def _file(folder, octets):
    path = folder / "list.crl"
    path.write_bytes(octets)
    return path
