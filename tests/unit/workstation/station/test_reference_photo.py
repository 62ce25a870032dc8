"""The reference photo, from a file or the camera."""

import os
import sys
from dataclasses import replace
from datetime import date

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.scripted import photo
from tests.support.station.stations import (
    DOCUMENT,
    customer,
    form,
    override,
)
from vision.matching.image import LARGEST_FILE
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.checks import CheckId
from workstation.rules.reference import ReferenceSource
from workstation.session.states import State
from workstation.station import commands as c

PORTRAIT = customer().portrait


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


# -- who vouches ------------------------------------------------------------------------------


def test_the_registrys_portrait_is_taken_by_itself_on_consent(desk):
    desk.to(State.CONSENT)
    desk.do(c.GiveConsent("ru"))

    assert desk.now.state is State.LIVENESS
    assert desk.now.reference_source is ReferenceSource.REGISTRY
    assert desk.now.reference_age_days == (pki.NOW.date() - PORTRAIT.taken).days


@pytest.mark.parametrize(
    ("portrait", "code"),
    [
        (replace(PORTRAIT, octets=photo(faces=0)), "reference.no_face"),
        (replace(PORTRAIT, octets=photo(faces=2)), "reference.several_faces"),
        (replace(PORTRAIT, octets=b"\xff\xd8\xff no image"), "reference.image_refused"),
        (replace(PORTRAIT, taken=date(2010, 1, 1)), "reference.too_old"),
    ],
)
def test_a_portrait_that_cannot_be_used_says_why_and_what_else_is_allowed(
    desk, site, portrait, code
):
    site.registries.somebody = customer(portrait=portrait)
    desk.to(State.CONSENT)
    desk.do(c.GiveConsent("ru"))

    assert (desk.now.state, desk.now.message) == (State.REFERENCE, code)
    assert ReferenceSource.DOCUMENT_CAMERA in desk.now.sources


def test_a_portrait_of_the_banks_own_record_may_be_half_as_old(desk, site):
    six_years_ago = replace(PORTRAIT, source=ReferenceSource.BANK, taken=date(2020, 1, 1))
    site.registries.somebody = customer(portrait=six_years_ago)
    desk.to(State.CONSENT)
    desk.do(c.GiveConsent("ru"))

    assert desk.now.message == "reference.too_old"


def test_where_only_an_issuer_vouches_neither_file_nor_camera_is_taken(desk, site):
    desk.to(State.REFERENCE, kind="app_registration", device="Pixel 9")
    for command in (c.UseReferenceFile(site.photo), DOCUMENT):
        desk.do(command)
        assert (desk.now.state, desk.now.message) == (
            State.REFERENCE,
            "reference.source_not_allowed",
        )
        assert not desk.station.wants_frames


def test_a_file_with_a_picture_of_this_minute_rejects_at_the_comparison(desk, site):
    now = site.folder / "now.png"
    now.write_bytes(photo(aged=False))
    desk.to(State.REFERENCE)
    desk.do(c.UseReferenceFile(now))
    desk.live()

    assert desk.outcome == ("rejected", "reference.live_person")


def test_what_only_the_desk_vouches_for_waits_for_a_second_person(desk, site):
    desk.to(State.REFERENCE)
    desk.do(c.UseReferenceFile(site.photo))
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert (desk.now.state, desk.now.review) == (State.REVIEW, (CheckId.REFERENCE_CONFIRMED,))
    desk.do(override(CheckId.REFERENCE_CONFIRMED, reason="compared it with her identity card"))

    assert desk.outcome == ("approved", "decision.approved")
