"""What face and certificate bring to light, and who gets to see it."""

from dataclasses import replace

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.stations import SUPERVISOR, TELLER, Desk, a_site, customer, override
from tests.support.vision import observations as o
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.checks import CheckId, Hardness
from workstation.session.states import State
from workstation.station import commands as c

DAY_MS = 86_400_000


def harden(site, check, hardness):
    """Let the policy of the running station make a check as hard as this."""
    policy = site.services.policy
    operations = tuple(
        replace(
            each,
            required=tuple(
                replace(item, hardness=hardness) if item.check == check else item
                for item in each.required
            ),
        )
        for each in policy.operations
    )
    site.services = replace(site.services, policy=replace(policy, operations=operations))


def recorded(site, check):
    """Return what the last result says of a check."""
    (found,) = (each for each in site.results()[-1]["checks"] if each["check"] == check)
    return found


def enrol(site, operator=TELLER):
    site.services.staff.enrol_face(operator.id, o.person(1), site.clock.wall_ms())


def remember(site, iin=pki.OTHER_IIN):
    site.services.gallery.remember(iin, o.person(1), site.clock.wall_ms(), DAY_MS)


@pytest.mark.parametrize(
    ("arrange", "check", "reason"),
    [
        (
            lambda site: site.services.staff.set_iin(TELLER.id, pki.IIN),
            CheckId.NOT_STAFF,
            "not_staff.teller",
        ),
        (
            lambda site: site.services.staff.set_iin(SUPERVISOR.id, pki.IIN),
            CheckId.NOT_STAFF,
            "not_staff.staff",
        ),
        (enrol, CheckId.NOT_STAFF_FACE, "not_staff_face.teller"),
        (
            lambda site: enrol(site, SUPERVISOR),
            CheckId.NOT_STAFF_FACE,
            "not_staff_face.staff",
        ),
        (remember, CheckId.ONE_IDENTITY, "one_identity.other_iin"),
    ],
)
def test_a_silent_finding_changes_nothing_and_is_on_no_screen(desk, site, arrange, check, reason):
    arrange(site)
    desk.to(State.RECORDED)

    assert desk.outcome == ("approved", "decision.approved")
    assert (recorded(site, check)["status"], recorded(site, check)["reason"]) == ("failed", reason)
    for shown in desk.told.sessions:
        assert check not in {each.check for each in shown.checks}
        assert check not in shown.required
    assert check not in {each.check for each in desk.now.decision.checks}


@pytest.mark.parametrize(
    ("arrange", "check", "reason"),
    [
        (enrol, CheckId.NOT_STAFF_FACE, "not_staff_face.teller"),
        (remember, CheckId.ONE_IDENTITY, "one_identity.other_iin"),
    ],
)
def test_a_finding_that_the_policy_makes_hard_ends_it_at_the_comparison(
    tmp_path, arrange, check, reason
):
    with a_site(tmp_path) as site:
        harden(site, check, Hardness.HARD)
        arrange(site)
        desk = Desk(site)
        desk.to(State.LIVENESS)
        desk.live()

        assert desk.outcome == ("rejected", reason)


def test_a_finding_that_the_policy_makes_soft_waits_for_a_supervisor(tmp_path):
    with a_site(tmp_path) as site:
        harden(site, CheckId.ONE_IDENTITY, Hardness.SOFT)
        remember(site)
        desk = Desk(site)
        desk.to(State.REVIEW)
        assert desk.now.review == (CheckId.ONE_IDENTITY,)
        desk.do(override(CheckId.ONE_IDENTITY, reason="her twin was here yesterday"))

        assert desk.outcome == ("approved", "decision.approved")


def test_a_face_is_remembered_only_when_it_was_approved(desk, site):
    desk.to(State.SIGNATURE)
    desk.do(c.Abort("teller_aborted"))
    gallery, now_ms = site.services.gallery, site.clock.wall_ms()
    assert gallery.nearest_other(pki.OTHER_IIN, o.person(1), now_ms) is None
    desk.do(c.NewSession())
    desk.to(State.RECORDED)

    assert gallery.nearest_other(pki.OTHER_IIN, o.person(1), now_ms) is not None
    assert gallery.nearest_other(pki.IIN, o.person(1), now_ms) is None


def test_a_face_is_remembered_no_longer_than_the_policy_says(desk, site):
    desk.to(State.RECORDED)
    days = site.services.policy.faces.remembered_days
    after = site.clock.wall_ms() + days * DAY_MS

    assert site.services.gallery.nearest_other(pki.OTHER_IIN, o.person(1), after) is None


def test_faces_that_cannot_be_read_approve_as_the_policy_says(desk, site):
    site.services.gallery.close()
    desk.to(State.RECORDED)

    assert desk.outcome == ("approved", "decision.approved")
    assert recorded(site, CheckId.ONE_IDENTITY)["reason"] == "one_identity.unreadable"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("Тестав Тест Бекұлы", "name.alike"), ("Каримова Динара Болатқызы", "name.other")],
)
def test_a_name_unlike_the_certificates_is_looked_at(desk, site, name, reason):
    site.registries.somebody = customer(name=name)
    desk.to(State.REVIEW)

    assert desk.now.review == (CheckId.NAME,)
    assert reason in {check.reason for check in desk.now.checks}


def test_a_key_that_is_hours_old_is_looked_at(tmp_path):
    with a_site(tmp_path) as site:
        policy = replace(site.services.policy, key_age_hours=24 * 365 * 20)
        site.services = replace(site.services, policy=policy)
        desk = Desk(site)
        desk.to(State.SIGNATURE)
        desk.do(c.Sign(SigningMethod.NCALAYER))

        assert desk.now.state is State.REVIEW
        assert desk.now.review == (CheckId.KEY_AGE,)
