"""The reference photo, from a file or the camera."""

import os
import sys

import pytest

from tests.support.station.scripted import Behaviour, photo
from tests.support.station.stations import DOCUMENT, form
from vision.matching.image import LARGEST_FILE
from workstation.rules.reference import ReferenceSource
from workstation.session.states import State
from workstation.station import commands as c


def _unreadable(folder):
    return folder / "is-not-there.png", "reference.unreadable"


def _a_folder(folder):
    return folder, "reference.unreadable"


def _a_pipe(folder):
    """A file that is none: a FIFO, on Windows a device, which answers in every folder."""
    if sys.platform == "win32":
        return folder / "NUL", "reference.unreadable"
    os.mkfifo(folder / "pipe")
    return folder / "pipe", "reference.unreadable"


def _a_zero(folder):
    return folder / "a\0b", "reference.unreadable"


def _too_large(folder):
    with (folder / "large.png").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    return folder / "large.png", "reference.too_large"


def _no_image(folder):
    (folder / "text.png").write_bytes(b"no image at all")
    return folder / "text.png", "reference.image_refused"


def _no_face(folder):
    (folder / "wall.png").write_bytes(photo(faces=0))
    return folder / "wall.png", "reference.no_face"


@pytest.mark.parametrize(
    "make", [_unreadable, _a_folder, _a_pipe, _a_zero, _too_large, _no_image, _no_face]
)
def test_a_bad_reference_photo_can_be_mended_with_another(desk, site, make):
    path, code = make(site.folder)
    desk.to(State.REFERENCE)
    desk.do(c.UseReferenceFile(path))
    assert (desk.now.state, desk.now.message) == (State.REFERENCE, code)
    desk.do(c.UseReferenceFile(site.photo))

    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "")
    assert site.steps()[-2:] == ["reference.refused", "reference"]


def test_the_reference_photo_is_taken_with_the_camera(desk, site):
    desk.to(State.REFERENCE)
    desk.plug(Behaviour(aged=True))
    desk.do(DOCUMENT)
    assert desk.station.wants_frames
    desk.look()

    assert desk.now.state is State.LIVENESS
    assert desk.now.reference_source is ReferenceSource.DOCUMENT_CAMERA
    assert not desk.station.wants_frames
    desk.live()
    assert desk.now.state is State.SIGNATURE


def test_a_photo_with_a_missing_camera_is_a_message(desk):
    desk.to(State.REFERENCE)
    desk.station.camera_failed("camera_unavailable")
    desk.do(DOCUMENT)

    assert desk.now.message == "camera_unavailable"
    assert not desk.station.wants_frames


def test_a_camera_that_is_lost_before_the_photo_is_a_message(desk):
    desk.to(State.REFERENCE)
    desk.plug()
    desk.do(DOCUMENT)
    desk.station.camera_failed("camera_lost")

    assert (desk.now.state, desk.now.message) == (State.REFERENCE, "camera_lost")
    assert not desk.station.wants_frames


def test_a_wish_for_a_photo_does_not_outlive_its_session(desk):
    desk.to(State.REFERENCE)
    desk.plug()
    desk.do(DOCUMENT)
    desk.do(c.Abort("teller_aborted"))
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))
    desk.do(c.GiveConsent("ru"))

    assert desk.now.state is State.REFERENCE
    assert not desk.station.wants_frames


def test_an_analysis_that_is_lost_over_the_photo_ends_the_session(desk, site):
    desk.to(State.REFERENCE)
    site.analysis.lost = True
    desk.do(c.UseReferenceFile(site.photo))

    assert desk.outcome == ("indeterminate", "analysis_lost")
