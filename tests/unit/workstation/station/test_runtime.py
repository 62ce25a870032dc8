"""The threads: what goes wrong in one of them ends a session, never the thread."""

import sqlite3
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from crypto.crl_store.fetch import FetchBounds, Fetcher
from crypto.log.audit.reader import LogReader
from tests.support.pki import certificates as pki
from tests.support.pki.large_crl import LargeCrl, library_signature
from tests.support.station.listeners import PATIENCE_S, PROMPTLY_S, Waiting
from tests.support.station.scripted import (
    Behaviour,
    ScriptedAnalysis,
    ScriptedCamera,
    failing,
    waiting,
)
from tests.support.station.stations import SECRET, TELLER, a_site, form, signed
from tests.support.system.http_server import serving
from vision.camera.control import Control
from vision.errors import CameraUnavailable, ModelMissing
from vision.frame import Frame
from workstation.devices.signing_methods import SigningMethod
from workstation.log_index.index_file import index_path
from workstation.log_index.query import LogQuery
from workstation.log_index.search import LogSearch
from workstation.session.exception import ExceptionReason
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.log_pages import open_pages
from workstation.station.runtime import Runtime
from workstation.station.snapshot import ExceptionView, SessionSnapshot, StationStatus
from workstation.station.workers import Workers

ORDINARY = Behaviour()


@pytest.fixture(autouse=True)
def patient_exit(monkeypatch):
    """Threads that end, only slowly, are not called lingering."""
    monkeypatch.setattr("workstation.station.runtime._JOIN_S", PROMPTLY_S)


class Room:
    """A station with threads."""

    def __init__(self, folder, behaviour=ORDINARY, **changes):
        consumed = threading.Event()
        self.analysis = changes.pop("analysis", None) or ScriptedAnalysis(consumed)
        opener = changes.pop("open_camera", None) or (
            lambda: ScriptedCamera(behaviour, consumed=consumed)
        )
        self._site = a_site(folder, analysis=self.analysis, open_camera=opener, **changes)
        self.told = Waiting()

    def __enter__(self):
        self.site = self._site.__enter__()
        self.runtime = Runtime(self.site.services, self.told)
        return self

    def __exit__(self, *exception):
        return self._site.__exit__(*exception)

    def to(self, state):
        runtime, told = self.runtime, self.told
        runtime.post(c.ReportCustomerWindow(shown=True))
        runtime.post(c.SignIn(TELLER.id, SECRET))
        told.until_camera()
        runtime.post(c.BeginOperation(form()))
        told.until_state(State.CONSENT)
        if state is State.CONSENT:
            return
        runtime.post(c.GiveConsent("ru"))
        told.until_state(State.LIVENESS)
        if state is State.LIVENESS:
            return
        runtime.post(c.StartLiveness())
        told.until_state(State.SIGNATURE)


def test_a_whole_session_runs_through_the_threads(tmp_path, caplog):
    with Room(tmp_path) as room:
        with room.runtime:
            room.to(State.SIGNATURE)
            room.runtime.post(c.Sign(SigningMethod.NCALAYER))
            room.told.until_state(State.CONFIRMATION)
            room.runtime.post(c.Confirm())
            recorded = room.told.until_state(State.RECORDED)

        assert recorded.decision.outcome == "approved"
        assert "thread did not end" not in caplog.text
        assert room.analysis.closed
        assert room.told.previews


def test_closing_the_window_aborts_into_the_log_and_joins_every_thread(tmp_path, caplog):
    with Room(tmp_path) as room:
        with room.runtime:
            room.to(State.LIVENESS)
            begun = time.monotonic()
        taken = time.monotonic() - begun

        assert [item["outcome"] for item in room.site.results()] == ["indeterminate"]
        assert room.site.entries()[-1].kind == "session.close"
        assert "thread did not end" not in caplog.text
        assert taken < PROMPTLY_S


def test_a_customer_who_looks_for_their_key_does_not_hold_up_the_exit(tmp_path, caplog):
    begun = threading.Event()
    with Room(tmp_path) as room:
        room.site.carrier.answer = waiting(begun)
        with room.runtime:
            room.to(State.SIGNATURE)
            room.runtime.post(c.Sign(SigningMethod.NCALAYER))
            assert begun.wait(PATIENCE_S)
            left = time.monotonic()

        assert time.monotonic() - left < PROMPTLY_S
        assert "thread did not end" not in caplog.text
        assert len(room.site.results()) == 1


def test_an_interrupt_in_the_main_thread_aborts_into_the_log(tmp_path, caplog):
    with Room(tmp_path) as room:
        with pytest.raises(KeyboardInterrupt), room.runtime:  # noqa: PT012 - it is raised inside
            room.to(State.CONSENT)
            raise KeyboardInterrupt

        assert [item["reason"] for item in room.site.results()] == ["teller_aborted"]
        assert "thread did not end" not in caplog.text


def test_an_exception_in_the_session_loop_ends_the_session_and_the_thread_lives(tmp_path, caplog):
    with Room(tmp_path) as room:
        with room.runtime:
            room.to(State.LIVENESS)
            room.told.until_camera()
            room.analysis.breaks = RuntimeError("scripted")
            room.runtime.post(c.StartLiveness())
            recorded = room.told.until_state(State.RECORDED)
            assert (recorded.decision.outcome, recorded.decision.reason) == (
                "indeterminate",
                "internal",
            )
            room.runtime.post(c.NewSession())
            room.runtime.post(c.BeginOperation(form()))
            room.told.until_state(State.CONSENT)

        assert "unexpected failure in the session loop" in caplog.text
        reasons = [item["reason"] for item in room.site.results()]
        assert reasons == ["internal", "teller_aborted"]


def test_a_listener_that_fails_does_not_kill_the_session_thread(tmp_path, caplog):
    with Room(tmp_path) as room:
        inner, broken = room.told.session_changed, threading.Event()

        def session_changed(snapshot):
            if snapshot.state is State.LIVENESS and not broken.is_set():
                broken.set()
                raise RuntimeError("wrapped object deleted")
            inner(snapshot)

        room.told.session_changed = session_changed
        with room.runtime:
            room.to(State.CONSENT)
            room.runtime.post(c.GiveConsent("ru"))
            recorded = room.told.until_state(State.RECORDED)

        assert recorded.decision.reason == "internal"
        assert "thread did not end" not in caplog.text
        assert "unexpected failure" in caplog.text


def test_deadlines_are_kept_although_camera_frames_never_stop(tmp_path):
    with Room(tmp_path) as room:
        with room.runtime:
            room.to(State.CONSENT)
            room.told.until_camera()
            room.site.clock.tick(room.site.services.policy.session_deadline_ms + 1)
            recorded = room.told.until_state(State.RECORDED)

        assert recorded.decision.reason == "deadline"


def test_a_camera_that_is_unplugged_in_an_attempt_costs_the_customer_none(tmp_path):
    with Room(tmp_path, Behaviour(lost_at=60)) as room:
        with room.runtime:
            room.to(State.LIVENESS)
            room.told.until_camera()
            room.runtime.post(c.StartLiveness())
            broken = room.told.until(lambda news: getattr(news, "breaks", 0) == 1)

        assert broken.state is State.LIVENESS
        assert (broken.attempt, broken.message in {"camera_lost", "liveness.interrupted"}) == (
            1,
            True,
        )


class Adjustable(ScriptedCamera):
    """A customer before a sensor whose exposure can be set; images under a challenge come at once.

    Its picture is too dark to show a change, so a plain one stands in for it meanwhile.
    """

    def __init__(self, consumed):
        super().__init__(consumed=consumed)
        self.lies = False
        self.challenges = 0
        self._level = 0

    @property
    def controls(self):
        return self

    def offer(self, control):
        self._level = 100 if control is Control.EXPOSURE else 0
        return (25, 100) if self._level else None

    def request(self, _control, value):
        self._level = 100 if self.lies else value
        return True

    def restore(self):
        self.challenges += 1
        self._level = 0

    def read(self):
        if not self._level:
            return super().read()
        return Frame(0, 0, np.full((64, 96, 3), self._level, np.uint8))


@pytest.fixture
def adjustable(tmp_path, monkeypatch):
    """A station before such a camera."""
    monkeypatch.setattr("vision.camera.control.RECOVERY", 0)
    consumed = threading.Event()
    camera = Adjustable(consumed)
    with Room(tmp_path, analysis=ScriptedAnalysis(consumed), open_camera=lambda: camera) as room:
        room.camera = camera
        yield room


def test_the_device_is_challenged_when_it_opens_and_before_an_attempt(adjustable):
    with adjustable.runtime:
        adjustable.to(State.SIGNATURE)
    steps = [entry.data for entry in adjustable.site.entries("verify.step")]
    attempt = next(data for data in steps if data["step"] == "liveness.attempt")

    assert attempt["delivery"]["control"] == ["passed", "exposure", 750_000, ""]
    assert adjustable.camera.challenges == 2


def excepted(news):
    """Return what the news says of the officers' exception, nothing for the station's own."""
    return news.exception if isinstance(news, SessionSnapshot) else ExceptionView()


def test_the_device_is_challenged_before_the_officers_photo_too(adjustable):
    adjustable.camera.behaviour = Behaviour(blinks=False)
    with adjustable.runtime:
        adjustable.to(State.LIVENESS)
        adjustable.told.until_camera()
        adjustable.runtime.post(c.StartLiveness())
        adjustable.told.until(lambda news: excepted(news).offered)
        words = "no set of commands fits her"
        adjustable.runtime.post(c.RequestException(ExceptionReason.NO_SET_FITS, words))
        adjustable.told.until_state(State.EXCEPTION)
        adjustable.runtime.post(c.TakeExceptionPhoto())
        adjustable.told.until(lambda news: excepted(news).jpeg != b"")
    steps = [entry.data for entry in adjustable.site.entries("verify.step")]
    photo = next(data for data in steps if data["step"] == "exception.photo")

    assert photo["delivery"]["control"] == ["passed", "exposure", 750_000, ""]
    assert adjustable.camera.challenges == 3


def test_a_device_that_lies_before_an_attempt_breaks_it_off(adjustable):
    with adjustable.runtime:
        adjustable.to(State.LIVENESS)
        adjustable.camera.lies = True
        adjustable.runtime.post(c.StartLiveness())
        broken = adjustable.told.until(lambda news: getattr(news, "breaks", 0) == 1)
        told = adjustable.told.until(lambda news: getattr(news, "camera_message", "") != "")

    assert (broken.state, broken.match, broken.decision) == (State.LIVENESS, None, None)
    assert told.camera_message == "camera_unresponsive"


@pytest.mark.parametrize(
    ("error", "code"),
    [(CameraUnavailable("busy"), "camera_unavailable"), (ValueError("broken"), "camera_lost")],
)
def test_a_camera_that_does_not_open_is_told(tmp_path, error, code):
    def broken():
        raise error

    with Room(tmp_path, open_camera=broken) as room, room.runtime:
        told = room.told.until(lambda news: getattr(news, "camera_message", "") != "")
        assert told.camera_message == code


def test_models_that_do_not_load_are_told(tmp_path):
    class Missing(ScriptedAnalysis):
        def start(self):
            raise ModelMissing("scripted")

    with Room(tmp_path, analysis=Missing()) as room, room.runtime:
        told = room.told.until(lambda news: getattr(news, "message", "") == "model_missing")
        assert not told.models_ready


def test_models_that_load_for_ever_do_not_hold_up_the_exit_and_are_named(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr("workstation.station.runtime._JOIN_S", 0.3)
    release, loading = threading.Event(), threading.Event()

    class Slow(ScriptedAnalysis):
        def start(self):
            loading.set()
            release.wait(PATIENCE_S)

        def close(self):
            release.wait(PATIENCE_S)

    with Room(tmp_path, analysis=Slow()) as room:
        with room.runtime:
            assert loading.wait(PATIENCE_S)
            left = time.monotonic()

        assert time.monotonic() - left < PROMPTLY_S
        assert "thread did not end: analysis" in caplog.text
        release.set()


def test_what_is_posted_after_the_end_changes_nothing(tmp_path):
    with Room(tmp_path) as room:
        with room.runtime:
            room.to(State.CONSENT)
        size = room.site.services.journal.log.size
        room.runtime.post(c.SignIn(TELLER.id, SECRET))
        room.runtime.post(c.BeginOperation(form()))

        assert room.site.services.journal.log.size == size


def test_a_carrier_that_breaks_costs_no_thread(tmp_path):
    with Room(tmp_path) as room:
        room.site.carrier.answer = failing(RuntimeError("broken"))
        with room.runtime:
            room.to(State.SIGNATURE)
            room.runtime.post(c.Sign(SigningMethod.NCALAYER))
            recorded = room.told.until_state(State.RECORDED)
            assert recorded.decision.reason == "internal"
            room.site.carrier.answer = lambda request, _: signed(request, room.site.services.now())
            room.runtime.post(c.NewSession())
            room.runtime.post(c.BeginOperation(form()))
            room.told.until_state(State.CONSENT)


def test_a_job_that_raises_costs_no_worker(caplog):
    done = threading.Event()
    workers = Workers(1, "io")
    workers.start()
    workers.submit(lambda: 1 // 0)
    workers.submit(done.set)

    assert done.wait(PATIENCE_S)
    assert workers.close(time.monotonic() + PATIENCE_S) == ()
    assert "unexpected failure in a worker" in caplog.text


def test_a_worker_that_hangs_is_named_in_time():
    release, begun = threading.Event(), threading.Event()
    workers = Workers(1, "io")
    workers.start()
    workers.submit(lambda: (begun.set(), release.wait(PATIENCE_S)))
    assert begun.wait(PATIENCE_S)

    assert workers.close(time.monotonic() + 0.05) == ("io-0",)
    release.set()


def test_workers_that_were_never_started_close_at_once():
    assert Workers(2, "io").close(time.monotonic()) == ()


def test_the_newest_frame_is_taken_with_the_camera_it_is_of(tmp_path):
    seen = []

    class Remembering(ScriptedAnalysis):
        def analyse(self, frame, *, embed):
            seen.append(frame.sequence)
            return super().analyse(frame, embed=embed)

    consumed = threading.Event()
    with Room(
        tmp_path,
        analysis=Remembering(consumed),
        open_camera=lambda: ScriptedCamera(consumed=consumed),
    ) as room:
        with room.runtime:
            room.to(State.SIGNATURE)

        assert seen == sorted(set(seen))


def test_a_large_list_is_taken_in_the_background_and_the_teller_sees_how_far_it_is(tmp_path):
    world = pki.world()
    large = LargeCrl(world.authority.parsed.subject.raw, 6000)
    der = large.encode(library_signature(world.authority))
    bounds = FetchBounds(timeout_s=5, deadline_s=10, answer_octets=1 << 20, crl_octets=1 << 20)
    with (
        serving(lambda *_: (200, {"Content-Length": str(len(der))}, der)) as host,
        Room(tmp_path) as room,
    ):
        fetcher = Fetcher(hosts={host}, bounds=bounds, user_agent="test")
        listening = replace(
            room.site.services.revocation, fetcher=fetcher, urls=(f"http://{host}/ca.crl",)
        )
        with Runtime(replace(room.site.services, revocation=listening), room.told):
            shown = room.told.until(lambda news: getattr(news, "crl_percent", 0) > 0)
            done = room.told.until(lambda news: getattr(news, "crl_this_update_ms", 0) > 0)
    assert shown.crl_this_update_ms == 0
    assert (done.crl_percent, done.crl_message) == (0, "")


def follows(news):
    return isinstance(news, StationStatus) and 0 < news.log_size == news.log_indexed


def test_the_station_keeps_an_index_of_its_log_and_makes_it_anew_when_it_lies(tmp_path):
    with Room(tmp_path) as room:
        services, index = room.site.services, index_path(room.site.services.log_path)
        with room.runtime:
            room.told.until(follows)
            room.runtime.post(c.SignIn(TELLER.id, SECRET))
            grown = room.told.until(lambda n: follows(n) and n.operator is not None)
            with sqlite3.connect(index) as edited:
                edited.execute("DROP TABLE posting")
            edited.close()
            pages = open_pages(services, lambda: True, room.runtime.log_index.doubt)
            found = pages.find(LogQuery(kinds=("session.open",)))
            room.runtime.post(c.SignOut())
            room.told.until(lambda n: follows(n) and n.log_size > grown.log_size)
            pages.close()
        with LogReader(services.log_path, services.log_key.vkey) as log, log.snapshot() as view:
            search = LogSearch(index=index)
            again = search.find(view, LogQuery(kinds=("session.open",)))
            search.close()
        made = sqlite3.connect(index)
        (postings,) = made.execute("SELECT count(*) FROM posting").fetchone()
        made.close()

    assert list(found.seqs) == list(again.seqs) != []
    assert postings > 10
