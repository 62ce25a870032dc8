"""What binds a loan, through a whole station: amounts to the tenge, ages, hours, vouchers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.pki import certificates as pki
from tests.support.pki.certificates import well_formed_iin
from tests.support.station.operations import good_answers
from tests.support.station.stations import SUPERVISOR, Desk, a_site, customer, form, override
from workstation.accounts.permit_register import PermitRegister
from workstation.devices.signing_methods import SigningMethod
from workstation.documents.permit import Acceptance, verify
from workstation.errors import PermitRefused
from workstation.registries.registry import AnswerStatus
from workstation.rules.checks import CheckId
from workstation.rules.local_time import KAZAKHSTAN
from workstation.session.states import State
from workstation.station import commands as c

QUESTIONS = good_answers()
HOUR_MS = 3_600_000
CENTURY = 2000


def loan(amount_kzt, **changes):
    """The form of a loan, as changes to the form of a phone's change."""
    return {
        "kind": "loan_issue",
        "amount": str(amount_kzt),
        "term_months": "12",
        "attestations": QUESTIONS,
        **changes,
    }


def checks_of(desk):
    return {check.check for check in desk.now.decision.checks}


def permit_of(site):
    (path,) = site.permits()
    return path.read_text()


def judge(site, permit, at_ms):
    """Verify and redeem a permit as core banking would, at a moment of the wall clock."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    public = site.services.permit_key.public_key()
    claims = verify(
        permit,
        public,
        audience="core-banking",
        operation_sha256=None,
        moment=moment,
        accept=Acceptance.DEMO_TOO,
    )
    PermitRegister(site.folder / "redeemed.sqlite").redeem(claims, moment)
    return claims


@pytest.mark.parametrize(
    ("amount_kzt", "hours"), [(648_750, 0), (648_751, 8), (1_102_875, 8), (1_102_876, 24)]
)
def test_the_permit_of_a_loan_waits_by_its_amount_exact_to_the_tenge(desk, site, amount_kzt, hours):
    desk.to(State.RECORDED, **loan(amount_kzt))
    (entry,), claims = site.entries("verify.result"), site.claims()
    begins_s = -(-entry.t_ms // 1000) + hours * 3_600 if hours else claims["iat"]

    assert desk.outcome == ("approved", "decision.approved")
    assert entry.data["wait_hours"] == hours
    assert claims["nbf"] == begins_s
    assert claims["exp"] - claims["nbf"] == (86_400 if hours else 300)
    assert desk.now.not_before_ms == (entry.t_ms + hours * HOUR_MS if hours else 0)


def test_core_banking_takes_the_permit_from_the_end_of_the_wait_and_once(desk, site):
    desk.to(State.RECORDED, **loan(648_751))
    permit, begins_ms = permit_of(site), site.claims()["nbf"] * 1000

    for early_ms in (site.clock.wall_ms(), begins_ms - 1):
        with pytest.raises(PermitRefused, match="not_yet"):
            judge(site, permit, early_ms)
    assert judge(site, permit, begins_ms).operation == "loan_issue"
    with pytest.raises(PermitRefused, match="used"):
        judge(site, permit, begins_ms)
    with pytest.raises(PermitRefused, match="expired"):
        judge(site, permit, begins_ms + 86_400_000)


@pytest.mark.parametrize(
    ("amount_kzt", "first", "wanted"),
    [(648_750, True, False), (648_751, True, True), (648_751, False, False), (648_751, None, True)],
)
def test_a_first_loan_above_150_indices_records_the_personal_visit(
    desk, site, amount_kzt, first, wanted
):
    site.registries.somebody = customer(first_loan=first)
    desk.to(State.RECORDED, **loan(amount_kzt))

    assert (CheckId.PERSONAL_VISIT in checks_of(desk)) is wanted
    assert desk.outcome == ("approved", "decision.approved")


@pytest.mark.parametrize(
    ("amount_kzt", "married", "asked"),
    [
        (4_324_999, True, False),
        (4_325_000, True, True),
        (4_325_000, False, False),
        (4_325_000, None, True),
    ],
)
def test_the_spouses_consent_is_asked_for_from_1000_indices(desk, site, amount_kzt, married, asked):
    site.registries.somebody = customer(married=married)
    desk.to(State.RECORDED, **loan(amount_kzt))

    assert ("spouse_consent" in site.registries.asked) is asked
    assert (CheckId.SPOUSE_CONSENT in checks_of(desk)) is asked


def test_a_spouse_who_does_not_agree_stops_the_loan_before_the_camera(desk, site):
    site.registries.somebody = customer(married=True)
    site.registries.says["spouse_consent"] = (AnswerStatus.FAILED, "spouse_consent.refused")
    desk.sign_in()
    desk.to(State.PRECHECKS, **loan(4_325_000))
    desk.settle()

    assert desk.outcome == ("rejected", "spouse_consent.refused")


def born(birthday):
    """An ИИН of somebody with that birthday; its check digit is right."""
    century = "5" if birthday.year >= CENTURY else "3"
    return well_formed_iin(f"{birthday:%y%m%d}{century}0042")


@pytest.mark.parametrize(("age", "wanted"), [(20, True), (21, False), (55, False), (56, True)])
def test_the_young_and_the_old_borrower_need_a_second_person(tmp_path, age, wanted):
    with a_site(tmp_path) as site:
        birthday = pki.NOW.date().replace(year=pki.NOW.year - age)
        site.registries.somebody = customer(birth_date=birthday)
        desk = Desk(site)
        desk.to(State.SIGNATURE, **loan(500_000, untrusted_iin=born(birthday)))
        review = CheckId.AGE_CONFIRMED in {check.check for check in desk.now.checks}

        assert review is wanted


def test_a_second_person_confirms_the_age_and_nobody_else_does(desk, site):
    policy = site.services.policy
    operation = policy.operation("loan_issue")
    # The test's customer is 36: the bounds are moved instead of the birthday.
    moved = tuple(
        replace(each, when=()) if each.check == CheckId.AGE_CONFIRMED else each
        for each in operation.required
    )
    others = tuple(each for each in policy.operations if each.kind is not operation.kind)
    site.services = replace(
        site.services,
        policy=replace(policy, operations=(*others, replace(operation, required=moved))),
    )
    desk = Desk(site)
    desk.to(State.REVIEW, **loan(500_000))
    assert desk.now.review == (CheckId.AGE_CONFIRMED,)
    desk.do(override(CheckId.AGE_CONFIRMED, reason="spoke with him alone"))

    assert desk.outcome == ("approved", "decision.approved")
    (confirmed,) = [
        each for each in site.claims()["checks"] if each["check"] == CheckId.AGE_CONFIRMED
    ]
    assert confirmed["overridden"] == SUPERVISOR.id


def test_new_year_without_an_index_refuses_a_loan_before_anything_is_logged(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.sign_in()
        size = site.services.journal.log.size
        new_year = datetime(pki.NOW.year + 1, 1, 1, tzinfo=KAZAKHSTAN) - pki.NOW
        site.clock.tick(int(new_year / timedelta(milliseconds=1)))
        desk.ask(c.BeginOperation(form(**loan(1))))

        assert desk.now.state is State.IDLE
        assert desk.status.message == "begin.mci_missing"
        assert site.services.journal.log.size == size


def test_the_authority_and_the_register_are_named_wherever_the_loan_goes(desk, site):
    desk.to(State.RECORDED, **loan(648_751))
    (entry,), claims = site.entries("verify.result"), site.claims()
    provenance = entry.data["provenance"]

    assert provenance == {
        "source": "registry",
        "grade": "registered",
        "taken": "2024-03-14",
        "age_days": (pki.NOW.date() - datetime(2024, 3, 14, tzinfo=UTC).date()).days,
        "vouched_by": "scripted",
        "authority": "A-0001",
        "reviewer": "",
        "review_reason": "",
        "consent_by": "teller",
        "customer_window": True,
    }
    assert claims["authority"] == "A-0001"
    assert claims["reference"] == {
        "source": "registry",
        "grade": "registered",
        "taken": "2024-03-14",
        "vouched_by": "scripted",
    }
    assert desk.now.decision.receipt is not None


def test_a_loan_that_nobody_at_the_authority_confirms_has_no_permit(desk, site):
    site.authority.says = (AnswerStatus.FAILED, "authority.no_match")
    desk.to(State.LIVENESS, **loan(900_000_000))
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("rejected", "authority.no_match")
    assert site.permits() == []
