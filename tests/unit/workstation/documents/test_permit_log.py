"""A permit proves that the station's log holds it: what is verified, and what is refused."""

import base64
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from crypto.canonical_json import JsonNotCanonical, canonical_json
from crypto.jws import sign_jws
from crypto.log.format.merkle import EMPTY_ROOT
from crypto.log.format.note import NoteSigner
from crypto.report.policy import Environment
from tests.support.station.permits import (
    CUSTOMER,
    ISSUED_S,
    LOG_KEY,
    OPERATION,
    ORIGIN,
    PermitLog,
    claims,
    facts,
    numbered,
    passed,
    station_key,
    with_check,
)
from workstation.documents.log_growth import read_growth
from workstation.documents.log_rotations import follow_log_keys
from workstation.documents.permit import MAX_PERMIT_BYTES, Acceptance, issue, key_id, verify
from workstation.documents.permit_claims import digest_facts
from workstation.documents.permit_log import verify_head
from workstation.errors import PermitRefused
from workstation.rules.checks import ALWAYS_HARD, CheckId, Hardness
from workstation.settings.settings import Profile

KEY = station_key()
EMPTY = base64.b64encode(EMPTY_ROOT).decode()
NOW = datetime.fromtimestamp(ISSUED_S + 10, UTC)
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x77" * 32)
LOG = LOG_KEY.verifier


def check(permit, **more):
    return verify(
        permit,
        KEY.public_key(),
        audience="core-banking",
        operation_sha256=OPERATION.sha256(),
        moment=NOW,
        **more,
    )


def refusal(whole):
    """The code by which these claims are refused, whoever signed them."""
    with pytest.raises(PermitRefused) as refused:
        issue(whole, KEY)
    try:
        payload = canonical_json(msgspec.to_builtins(whole))
    except JsonNotCanonical:
        return refused.value.detail
    kid = key_id(KEY.public_key())
    forged = sign_jws(payload, KEY, kid=kid, typ="verification-permit+jwt")
    with pytest.raises(PermitRefused) as found:
        check(forged)
    return found.value.detail


# -- production ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"profile": Profile.DEMO}, "demo"),
        ({"environment": Environment.TEST}, "test_trust"),
        ({"simulated": True}, "simulated"),
    ],
)
def test_nothing_but_production_is_accepted_unless_asked(members, why):
    whole = claims(**members)
    permit = issue(whole, KEY)

    with pytest.raises(PermitRefused, match=why):
        check(permit)
    assert check(permit, accept=Acceptance.DEMO_TOO) == whole


def test_production_is_accepted_whatever_is_asked():
    permit = issue(claims(), KEY)
    for accept in Acceptance:
        assert check(permit, accept=accept) == claims()


@pytest.mark.parametrize("left_out", ALWAYS_HARD)
def test_a_permit_names_every_check_that_no_policy_may_leave_out(left_out):
    rest = tuple(each for each in claims().checks if each.check != left_out)
    soft = changed(passed(left_out), hardness=Hardness.SOFT)
    twice = (*claims().checks, passed(left_out))

    for checks in (rest, with_check(soft), twice):
        assert refusal(claims(checks=checks)) == "claims"


def test_consent_alone_is_no_permit():
    assert refusal(claims(checks=(passed(CheckId.CONSENT),))) == "claims"


# -- the entry ----------------------------------------------------------------------------------


def log_with_two():
    log = PermitLog()
    return log, log.permit(numbered(1)), log.permit(numbered(2))


def test_the_entry_in_the_log_commits_to_every_fact():
    whole = claims()
    known = digest_facts(whole)
    assert known in whole.log_entry
    assert digest_facts(facts(log_index=whole.log_index)) == known
    for name, other in {"teller": "t-2", "iin_salt": "00" * 16, "aud": "x", "exp": 9}.items():
        assert digest_facts(changed(whole, **{name: other})) != known


@pytest.mark.parametrize(
    "members",
    [
        {"session": "20261122-0008"},
        {"teller": "t-2"},
        {"operation_sha256": "00" * 32},
        {"jti": "bb" * 16},
        {"exp": ISSUED_S + 299},
        {"log_index": 3},
    ],
)
def test_a_proof_fits_no_other_facts(members):
    assert refusal(changed(claims(), **members)) == "log"


def test_the_proof_of_another_permit_of_the_same_log_is_refused():
    _, first, second = log_with_two()
    names = ("log_entry", "log_proof", "log_size", "log_root", "log_head", "log_previous")
    borrowed = changed(second, **{name: getattr(first, name) for name in names})

    assert refusal(borrowed) == "log"


def swapped(path):
    return (path[1], path[0], *path[2:])


@pytest.mark.parametrize(
    "members",
    [
        {"log_size": 40},
        {"log_root": "AA" * 21 + "A="},
        {"log_root": claims().log_root[:-2] + "/="},
        {"log_proof": ()},
        {"log_proof": claims().log_proof[:-1]},
        {"log_proof": swapped(claims().log_proof)},
        {"log_entry": claims().log_entry + " "},
        {"log_entry": "x"},
        {"log_head": "x"},
        {"log_head": PermitLog(entries=43).head(43).text},
        {"log_head": claims().log_head.replace(ORIGIN, "bank.kz/log/ws-8/g1")},
    ],
)
def test_entry_path_and_head_fit_together(members):
    assert refusal(changed(claims(), **members)) in {"log", "claims"}


def test_a_head_of_another_log_is_refused():
    assert refusal(changed(claims(), iss="bank.kz/log/ws-8/g1")) == "log"


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "verify.result"},
        {"entry_log": "bank.kz/log/ws-8/g1"},
        {"result": 42},
        {"result": 43},
    ],
)
def test_an_entry_of_the_log_that_is_not_this_permits_proves_nothing(entry):
    assert refusal(PermitLog().permit(facts(), **entry)) == "log"
    assert check(issue(PermitLog().permit(facts(), result=41), KEY)).log_index == 41


# -- the head -----------------------------------------------------------------------------------


def test_the_head_is_signed_by_a_key_that_the_verifier_knows():
    permit = issue(claims(), KEY)
    stranger = NoteSigner(ORIGIN, OTHER).verifier
    elsewhere = NoteSigner("bank.kz/log/ws-8/g1", OTHER).verifier

    assert check(permit, log_keys=(stranger, elsewhere, LOG)) == claims()
    for unknown in ((), (stranger,), (elsewhere,)):
        with pytest.raises(PermitRefused, match="head"):
            check(permit, log_keys=unknown)
    assert check(permit) == claims()


def test_the_key_that_a_rotation_brought_signs_the_head():
    second = NoteSigner(ORIGIN, OTHER)
    whole = PermitLog(second).permit(facts())

    assert verify_head(whole, (LOG, second.verifier)).size == whole.log_size
    with pytest.raises(PermitRefused, match="head"):
        verify_head(whole, (LOG,))


def test_the_log_has_signed_its_head_once():
    whole = claims()
    line = whole.log_head.splitlines()[-1]
    witness = line.replace(ORIGIN, "bank.kz/witness/ho-1")
    for lines in (f"{line}\n", f"{line[:-9]}AAAAAAA=\n"):
        assert refusal(changed(whole, log_head=whole.log_head + lines)) == "log"
    alone = whole.log_head.replace(line, witness)
    assert refusal(changed(whole, log_head=alone)) == "log"
    cosigned = changed(whole, log_head=f"{whole.log_head}{witness}\n")
    assert check(issue(cosigned, KEY), log_keys=(LOG,)) == cosigned


# -- growth -------------------------------------------------------------------------------------


def test_the_heads_of_four_permits_before_are_proven_the_newest_first():
    log = PermitLog()
    sizes = [log.permit(numbered(each)).log_size for each in range(6)]
    sixth = log.permit(numbered(6))

    assert [each.size for each in sixth.log_previous] == sizes[:1:-1]
    assert check(issue(sixth, KEY)) == sixth


def test_the_first_permit_of_a_log_has_none_before():
    first = PermitLog().permit(facts())
    assert first.log_previous == ()
    assert check(issue(first, KEY)) == first


@pytest.mark.parametrize(
    "change",
    [
        {"size": 11},
        {"size": 0, "root": EMPTY, "path": ()},
        {"size": claims().log_size, "root": claims().log_root, "path": ()},
        {"root": "AA" * 21 + "A="},
        {"root": claims().log_root},
        {"path": ()},
    ],
)
def test_a_head_before_is_a_prefix_of_this_one(change):
    whole = claims()
    (before,) = whole.log_previous
    assert before.size == 12
    assert refusal(changed(whole, log_previous=(changed(before, **change),))) == "log"


def test_the_heads_before_are_in_order_and_none_stands_twice():
    log, _, _ = log_with_two()
    third = log.permit(numbered(3))
    newest, oldest = third.log_previous

    for order in ((oldest, newest), (newest, newest)):
        assert refusal(changed(third, log_previous=order)) == "log"


def test_a_permit_of_a_log_of_a_million_entries_fits():
    # Twenty hashes to a path, four heads before, two people with as many checks as may be.
    names = [*CheckId, *(f"a_check_of_the_banks_own_{number}" for number in range(50))][:50]
    checks = [passed(name, role=role) for role in ("customer", "guardian") for name in names]
    people = (CUSTOMER, changed(CUSTOMER, role="guardian"))
    whole = claims(checks=tuple(checks), people=people, authority="IDEC-000731")
    path = tuple([whole.log_root] * 21)
    before = tuple([changed(whole.log_previous[0], path=path)] * 4)
    claimed = canonical_json(
        msgspec.to_builtins(changed(whole, log_proof=path, log_previous=before))
    )
    header_and_signature = 300

    assert len(base64.urlsafe_b64encode(claimed)) + header_and_signature < MAX_PERMIT_BYTES


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["log_entry", "log_head"]), st.integers(0, 400), st.text(max_size=4), st.data()
)
def test_any_other_text_in_the_proof_is_refused_and_nothing_else(name, place, text, data):
    whole = claims()
    before = getattr(whole, name)
    cut = data.draw(st.integers(0, 4))
    other = before[:place] + text + before[place + cut :]
    if other != before and not _only_adds_a_witness(name, before, other):
        assert refusal(changed(whole, **{name: other}))


def _only_adds_a_witness(name, before, other):
    """Whether the head is the same and signed by the same: more lines are no matter of the log."""
    own = before.splitlines()[-1]
    return (
        name == "log_head"
        and other.splitlines().count(own) == 1
        and other.startswith(before.partition("\n\n")[0] + "\n\n")
    )


@given(st.binary(max_size=300))
def test_any_octets_are_refused_as_rotations_and_as_growth(untrusted):
    for read in (follow_log_keys, read_growth):
        with pytest.raises(PermitRefused):
            read(untrusted, (LOG,))
