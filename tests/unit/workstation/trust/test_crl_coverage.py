"""Which lists a station needs, by its trust; which of those it holds count."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from crypto.algorithms.key_policy import KeyPolicy
from crypto.path.trust import TrustStore
from tests.support.pki import certificates as pki
from tests.support.pki.contexts import CONTEXT
from tests.support.station import sessions
from tests.support.station.branch import GOST_ADDRESS, RSA_ADDRESS, authorities
from tests.support.station.stations import revocation
from workstation.trust.crl_coverage import CrlState, needed_crls
from workstation.trust.list_life import find_short_bounds

A = authorities()
POLICY = sessions.policy()
DISPUTED = (x509.IssuingDistributionPoint(None, None, True, False, None, False, False), True)
CA_ONLY = (x509.IssuingDistributionPoint(None, None, False, True, None, False, False), True)
SOME_REASONS = (
    x509.IssuingDistributionPoint(
        None, None, False, False, frozenset({x509.ReasonFlags.key_compromise}), False, False
    ),
    True,
)


def trust(*between):
    roots = [A.root_gost, A.root_rsa]
    return TrustStore.pinned(
        "test",
        anchors=[each.der for each in roots],
        pins=[each.parsed.sha256 for each in roots],
        intermediates=[each.der for each in between],
    )


@pytest.fixture
def station(tmp_path):
    opened = replace(revocation(tmp_path, stocked=False), trust=trust(A.nca_gost, A.nca_rsa))
    yield opened
    opened.store.close()


def states(station, now=pki.NOW):
    found = needed_crls(station, POLICY, now)
    return {(each.authority, each.itself): each.state for each in found}


def take(station, holder, **changes):
    given = {"next_update": pki.NOW + timedelta(days=90), **changes}
    station.store.put(pki.make_crl(holder, **given), holder.parsed, CONTEXT)


def test_an_authority_needs_its_roots_crl_and_its_own(station):
    found = needed_crls(station, POLICY, pki.NOW)
    assert [(each.authority, each.itself, each.issuer, each.addresses) for each in found] == [
        ("NCA TEST", True, "ROOT TEST", (GOST_ADDRESS,)),
        ("NCA RSA", True, "ROOT RSA", (RSA_ADDRESS,)),
        ("NCA TEST", False, "NCA TEST", ()),
        ("NCA RSA", False, "NCA RSA", ()),
    ]
    assert {each.state for each in found} == {CrlState.MISSING}
    assert not any(each.configured for each in found)


def test_a_crl_of_one_root_says_nothing_about_the_others_authority(station):
    take(station, A.root_gost)
    assert states(station) == {
        ("NCA TEST", True): CrlState.IN_FORCE,
        ("NCA RSA", True): CrlState.MISSING,
        ("NCA TEST", False): CrlState.MISSING,
        ("NCA RSA", False): CrlState.MISSING,
    }


@pytest.mark.parametrize("scope", [DISPUTED, SOME_REASONS])
def test_a_crl_that_does_not_cover_authorities_wholly_is_not_the_one_needed(station, scope):
    take(station, A.root_gost, extensions=[scope])
    assert states(station)["NCA TEST", True] is CrlState.MISSING


def test_a_crl_about_authorities_alone_is_enough_about_them_and_for_nobody_else(station):
    take(station, A.root_gost, extensions=[CA_ONLY])
    take(station, A.nca_gost, extensions=[CA_ONLY])
    found = states(station)
    assert found["NCA TEST", True] is CrlState.IN_FORCE
    assert found["NCA TEST", False] is CrlState.MISSING


def test_a_delta_is_no_crl_of_its_own(station):
    take(station, A.nca_gost, base=3)
    assert states(station)["NCA TEST", False] is CrlState.MISSING


@pytest.mark.parametrize(
    ("days", "state"),
    [(80, CrlState.IN_FORCE), (95, CrlState.STALE), (-3, CrlState.FROM_THE_FUTURE)],
)
def test_time_and_the_policys_age_decide_whether_it_is_in_force(station, days, state):
    take(station, A.root_gost)
    assert states(station, pki.NOW + timedelta(days=days))["NCA TEST", True] is state


def test_the_policys_age_for_customers_crls_is_another_than_for_roots(station):
    take(station, A.root_gost)
    take(station, A.nca_gost)
    found = states(station, pki.NOW + timedelta(days=2))
    assert found["NCA TEST", True] is CrlState.IN_FORCE
    assert found["NCA TEST", False] is CrlState.TOO_OLD


def test_authorities_that_serve_nobody_need_nothing(station):
    assert states(station, pki.END + timedelta(days=1)) == {}
    retired = replace(station, keys=KeyPolicy({"rsa": 4096}))
    assert {name for name, _ in states(retired)} == {"NCA TEST"}


def test_a_root_without_an_authority_needs_its_own_crl(station):
    alone = replace(station, trust=trust(A.nca_gost))
    assert states(alone) == {
        ("NCA TEST", True): CrlState.MISSING,
        ("NCA TEST", False): CrlState.MISSING,
        ("ROOT RSA", False): CrlState.MISSING,
    }


def test_an_authority_whose_root_is_not_trusted_needs_no_list(station):
    take(station, A.root_gost)
    other = replace(station, trust=pki.trust_of(A.root_rsa, intermediates=[A.nca_gost]))
    assert "NCA TEST" not in {authority for authority, _ in states(other)}


@pytest.mark.parametrize(
    ("life", "bound", "told"),
    [
        (timedelta(hours=27), 27 * 3600, False),
        (timedelta(hours=28), 27 * 3600, True),
        (timedelta(hours=26), 27 * 3600, False),
    ],
)
def test_a_list_that_lives_longer_than_the_policy_allows_is_told(station, life, bound, told):
    take(station, A.nca_gost, next_update=pki.NOW - timedelta(hours=1) + life)
    (each, *_) = found = find_short_bounds(station, replace(POLICY, crl_max_age_s=bound)) or (None,)

    assert (each is not None) is told
    if told:
        assert (each.authority, each.member) == ("NCA TEST", "crl_max_age_s")
        assert (each.bound_s, each.life_s, len(found)) == (bound, 28 * 3600, 1)


def test_the_list_of_a_root_is_held_against_the_bound_of_lists_about_authorities(station):
    take(station, A.root_gost, next_update=pki.NOW + timedelta(days=90))
    short = find_short_bounds(station, replace(POLICY, crl_max_age_s=60, ca_crl_max_age_s=3600))

    assert [each.member for each in short] == ["ca_crl_max_age_s"]
