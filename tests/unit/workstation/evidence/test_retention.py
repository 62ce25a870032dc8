"""Terms are the policy's, in full years; nothing goes before them but for a court."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

import resources
from workstation.errors import ErasureRefused
from workstation.evidence.case_entries import CasePayload
from workstation.evidence.orders import ErasureBasis
from workstation.evidence.retention import RetainedEvidence, require_term
from workstation.rules.policy_file import read_policy

POLICY = read_policy(resources.path("policies", "kz-2026-07-12.toml").read_bytes())


def decided(day, operation="change_trusted_phone", outcome="approved"):
    """Return a case that was decided at noon of a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    begin = SimpleNamespace(seq=5, data={"operation": operation})
    result = SimpleNamespace(t_ms=int(noon.timestamp() * 1000), data={"outcome": outcome})
    return CasePayload("one", begin, result, {"pid": "p"})


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 9, 1), date(2032, 9, 1)),
        (date(2028, 2, 29), date(2034, 3, 1)),
        (date(2026, 12, 31), date(2032, 12, 31)),
    ],
)
def test_a_term_ends_with_the_day_of_the_result_years_later(day, last):
    with pytest.raises(ErasureRefused, match=last.isoformat()):
        require_term(POLICY, decided(day), ErasureBasis.TERM_PAST, last)
    after = date.fromordinal(last.toordinal() + 1)
    require_term(POLICY, decided(day), ErasureBasis.TERM_PAST, after)


@pytest.mark.parametrize("basis", [ErasureBasis.COURT, ErasureBasis.REGULATOR])
def test_a_court_and_the_regulator_wait_for_no_term(basis):
    require_term(POLICY, decided(date(2026, 9, 1)), basis, date(2026, 9, 2))


def test_who_takes_consent_back_waits_for_what_the_law_demands():
    case = decided(date(2026, 9, 1), "loan_issue")
    with pytest.raises(ErasureRefused, match="term of class loan ends on 2036-09-01"):
        require_term(POLICY, case, ErasureBasis.CONSENT_WITHDRAWN, date(2030, 1, 1))


def test_what_is_held_or_has_no_term_is_never_due():
    late = date(2099, 1, 1)
    assert RetainedEvidence(1, 2, "other", date(2031, 1, 1), None).is_due(late)
    assert not RetainedEvidence(1, 2, "other", date(2031, 1, 1), 7).is_due(late)
    assert not RetainedEvidence(1, 2, "", None, None).is_due(late)
