import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from tests.support.station.permits import (
    CUSTOMER,
    FACTORS,
    ISSUED_S,
    OPERATION,
    OVERRIDDEN,
    claims,
    passed,
    station_key,
    with_check,
)
from workstation.accounts.permit_register import PermitRegister
from workstation.documents.permit import MAX_PERMIT_BYTES, issue, key_id, verify
from workstation.documents.permit_claims import PermitCheck, PermitPerson, PermitReference
from workstation.errors import PermitRefused
from workstation.rules.checks import ALWAYS_HARD, CheckId, CheckStatus, Hardness
from workstation.rules.reference import ReferenceGrade, ReferenceSource

KEY = station_key()
DIGEST = OPERATION.sha256()
PERMIT = issue(claims(), KEY)
NOW = datetime.fromtimestamp(ISSUED_S + 10, UTC)


def check(permit, *, key=KEY, audience="core-banking", operation=DIGEST, moment=NOW, **more):
    return verify(
        permit,
        key.public_key(),
        audience=audience,
        operation_sha256=operation,
        moment=moment,
        **more,
    )


def refusal(permit, **changes):
    with pytest.raises(PermitRefused) as refused:
        check(permit, **changes)
    return refused.value.detail


def encoded(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(payload, header=None):
    """A permit signed by the right key over whatever bytes are given."""
    head = {"alg": "EdDSA", "kid": key_id(KEY.public_key()), "typ": "verification-permit+jwt"}
    if not isinstance(header, bytes):
        header = json.dumps(head | (header or {}), separators=(",", ":"), sort_keys=True).encode()
    text = f"{encoded(header)}.{encoded(payload)}"
    return f"{text}.{encoded(KEY.sign(text.encode()))}"


def payload(**changes):
    members = msgspec.to_builtins(claims()) | changes
    return json.dumps(members, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def test_a_permit_says_what_was_claimed():
    assert check(PERMIT) == claims()


def test_the_same_claims_give_the_same_permit():
    assert issue(claims(), KEY) == PERMIT


def test_the_key_id_is_the_thumbprint_of_rfc_8037_appendix_a3():
    seed = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    assert key_id(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(PERMIT) - 1), st.characters(max_codepoint=0x2FF))
def test_any_changed_character_is_refused(place, char):
    changed = PERMIT[:place] + char + PERMIT[place + 1 :]
    outcome = "the same" if changed == PERMIT else refusal(changed)
    assert outcome in {
        "the same",
        "size",
        "form",
        "header",
        "alg",
        "typ",
        "kid",
        "signature",
    }


@given(st.text(max_size=200))
def test_any_text_is_refused_as_a_permit(untrusted):
    assert refusal(untrusted)


@given(st.binary(max_size=200), st.binary(max_size=300))
def test_any_signed_bytes_are_refused_unless_they_are_claims(header, body):
    assert refusal(signed(body, header)) in {"form", "header", "alg", "typ", "kid"}
    assert refusal(signed(body)) in {"form", "claims", "version"}


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"alg": "none"}, "alg"),
        ({"alg": "HS256"}, "alg"),
        ({"alg": "Ed25519"}, "alg"),
        ({"typ": "JWT"}, "typ"),
        ({"kid": "other"}, "kid"),
        ({"crit": ["exp"]}, "header"),
        ({"jwk": {"kty": "OKP"}}, "header"),
        (b"{}", "alg"),
        (b"[]", "header"),
        (b"\xff", "header"),
        (b"[" * 5_000, "header"),
    ],
)
def test_the_header_is_the_one_header(header, why):
    assert refusal(signed(payload(), header)) == why


@pytest.mark.parametrize("surplus", [".", "..", ".AAAA"])
def test_there_are_three_parts(surplus):
    assert refusal(PERMIT + surplus) == "form"
    assert refusal(PERMIT.rsplit(".", 1)[0]) == "form"


def test_a_part_that_is_no_base64_and_a_signature_of_another_length_are_refused():
    head, body, signature = PERMIT.split(".")
    assert refusal(f"{head}A.{body}.{signature}") == "form"
    for length in (63, 65):
        assert refusal(f"{head}.{body}.{encoded(bytes(length))}") == "signature"


def test_another_spelling_of_the_same_base64_is_refused():
    head, body, signature = PERMIT.split(".")
    # 64 bytes leave four unused bits in the last character.
    last = signature[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = alphabet[alphabet.index(last) + 1]
    assert refusal(f"{head}.{body}.{signature[:-1]}{twin}") == "form"
    assert refusal(f"{head}.{body}.{signature}==") == "form"
    assert refusal(f"{head}.{body} .{signature}") == "form"


def test_another_key_is_refused():
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert refusal(PERMIT, key=other) == "kid"


@pytest.mark.parametrize(
    "body",
    [
        payload()[:-1] + b',"aud":"core-banking"}',
        b" " + payload(),
        payload().replace(b'"iat":', b'"iat": '),
        payload().replace(b'"log_index":41', b'"log_index":41.0'),
        payload().replace(b'"log_index":41', b'"log_index":4.1e1'),
        payload().replace(b'"log_index":41', b'"log_index":NaN'),
        payload().replace(b'"log_index":41', b'"log_index":"41"'),
        payload().replace(b'"log_index":41', b'"log_index":true'),
        payload().replace(b'"log_index":41', b'"log_index":-1'),
        payload(surprise=1),
        payload(verdict="rejected"),
        payload(checks=[]),
        payload(jti="short"),
        payload(jti="0f" * 16 + "\n"),
        payload(teller=""),
        payload(teller="a\u0000b"),
        payload(log_index=2**60),
        b"[1,2]",
        b'{"a":' * 2_000,
    ],
)
def test_claims_of_the_right_key_but_the_wrong_form_are_refused(body):
    assert refusal(signed(body)) == "claims"


def test_a_missing_claim_is_refused():
    whole = msgspec.to_builtins(claims())
    for name in whole:
        body = {key: value for key, value in whole.items() if key != name}
        why = "version" if name == "v" else "claims"
        assert refusal(signed(json.dumps(body, separators=(",", ":")).encode())) == why


def hard_failed(check=CheckId.MATCH):
    return with_check(changed(passed(check), status=CheckStatus.FAILED, overridden="s-2"))


@pytest.mark.parametrize(
    "officers",
    [
        (),
        ("s-2",),
        ("s-2", "S-2"),
        ("s-2", "\uff53-2"),
        ("s-2", "t-1"),
        ("s-2", "s-3", "T-1"),
        ("s-2", " "),
    ],
)
def test_a_permit_by_exception_names_two_officers_beside_the_teller(officers):
    excepted = with_check(passed(CheckId.LIVENESS, "liveness.exception"))
    with pytest.raises(PermitRefused):
        issue(claims(checks=excepted, officers=officers), KEY)
    body = payload(checks=msgspec.to_builtins(excepted), officers=list(officers))
    assert refusal(signed(body)) == "claims"
    sound = claims(checks=excepted, officers=("s-2", "s-3"))
    assert check(issue(sound, KEY)).officers == ("s-2", "s-3")


def test_nobody_vouches_for_a_face_that_obeyed():
    with pytest.raises(PermitRefused):
        issue(claims(officers=("s-2", "s-3")), KEY)


def soft_failed(by):
    return with_check(
        PermitCheck(
            CheckId.OLD_NUMBER_CALLED,
            CheckStatus.INDETERMINATE,
            "old_number_called.missing",
            Hardness.SOFT,
            "B-09",
            by,
            "customer",
        ),
    )


@pytest.mark.parametrize(
    "checks",
    [hard_failed(), hard_failed(CheckId.PERSON), soft_failed(""), soft_failed("t-1")],
)
def test_no_permit_rests_on_a_failed_hard_or_a_not_overridden_soft_check(checks):
    with pytest.raises(PermitRefused):
        issue(claims(checks=checks), KEY)
    assert refusal(signed(payload(checks=msgspec.to_builtins(checks)))) == "claims"


def silent(status):
    return PermitCheck(
        CheckId.ONE_IDENTITY, status, "one_identity.other", Hardness.SILENT, "S-03", "", "customer"
    )


@pytest.mark.parametrize("status", CheckStatus)
def test_a_silent_check_is_named_and_takes_nothing_away(status):
    checks = (*claims().checks, silent(status))
    assert check(issue(claims(checks=checks), KEY)).checks[-1].status is status


@pytest.mark.parametrize("spelling", ["t-1", "T-1", "\uff54-1", " t-1 "])
def test_the_teller_in_another_spelling_has_overridden_nothing(spelling):
    assert refusal(signed(payload(checks=msgspec.to_builtins(soft_failed(spelling))))) == "claims"


# -- who vouched -------------------------------------------------------------------------------


def by_authority(status=CheckStatus.PASSED):
    return PermitCheck(
        CheckId.AUTHORITY, status, "authority.match", Hardness.HARD, "B-05", "", "customer"
    )


def reviewed(reason="match.reviewed"):
    return PermitCheck(
        CheckId.MATCH, CheckStatus.PASSED, reason, Hardness.HARD, "B-01.match", "", "customer"
    )


REVIEW = {"reviewer": "s-2", "review_reason": "older_photo"}


def photo(source, taken, vouched_by):
    return PermitReference(source, source.grade, taken, vouched_by)


DESK_PHOTO = photo(ReferenceSource.DOCUMENT_CAMERA, "", "s-2")


@pytest.mark.parametrize(
    "changes",
    [
        {"checks": with_check(by_authority()), "authority": "IDEC-000731"},
        {"checks": with_check(reviewed()), **REVIEW},
        {"checks": with_check(reviewed("match.match"))},
        {"reference": DESK_PHOTO},
        {"reference": photo(ReferenceSource.CHIP, "2019-02-28", "KAZ")},
    ],
)
def test_a_permit_names_who_vouched(changes):
    assert check(issue(claims(**changes), KEY)) == claims(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": "IDEC-000731"},
        {"checks": with_check(by_authority())},
        {"checks": with_check(reviewed())},
        {"checks": with_check(reviewed()), **REVIEW, "reviewer": ""},
        {"checks": with_check(reviewed()), **REVIEW, "reviewer": "t-1"},
        {"checks": with_check(reviewed()), **REVIEW, "reviewer": "T-1"},
        {"checks": with_check(reviewed()), **REVIEW, "review_reason": ""},
        REVIEW,
        {"review_reason": "older_photo"},
        {"reference": photo(ReferenceSource.AUTHORITY, "", "IDEC-000731")},
        {
            "reference": PermitReference(
                ReferenceSource.REGISTRY, ReferenceGrade.ISSUER_SIGNED, "", "gbdfl.gov.kz"
            )
        },
        {"reference": photo(ReferenceSource.FILE, "", "t-1")},
        {"reference": photo(ReferenceSource.FILE, "", "T-1")},
        {"reference": photo(ReferenceSource.REGISTRY, "", "")},
        {"reference": photo(ReferenceSource.REGISTRY, "yesterday", "gbdfl")},
    ],
)
def test_a_voucher_without_cause_and_a_cause_without_a_voucher_are_refused(changes):
    with pytest.raises(PermitRefused):
        issue(claims(**changes), KEY)
    members = {name: msgspec.to_builtins(value) for name, value in changes.items()}
    assert refusal(signed(payload(**members))) == "claims"


# -- people ------------------------------------------------------------------------------------

GUARDIAN = PermitPerson("guardian", present=True, iin_commitment="cd" * 32)
ABSENT = msgspec.structs.replace(CUSTOMER, present=False)
OF_GUARDIAN = tuple(passed(check, role="guardian") for check in ALWAYS_HARD)


@pytest.mark.parametrize(
    "members",
    [
        {"people": (CUSTOMER, GUARDIAN), "checks": (*FACTORS, *OF_GUARDIAN)},
        {"people": (ABSENT, GUARDIAN), "checks": OF_GUARDIAN},
    ],
)
def test_everybody_who_is_present_has_passed_all_that_no_policy_leaves_out(members):
    assert check(issue(claims(**members), KEY)).people == members["people"]


@pytest.mark.parametrize(
    "members",
    [
        {"people": (CUSTOMER, GUARDIAN), "checks": FACTORS},
        {"people": (CUSTOMER, GUARDIAN), "checks": (*FACTORS, *OF_GUARDIAN[:-1])},
        {"people": (CUSTOMER,), "checks": (*FACTORS, *OF_GUARDIAN)},
        {"people": (CUSTOMER, CUSTOMER)},
        {"people": (GUARDIAN,), "checks": OF_GUARDIAN},
        {"people": (GUARDIAN, ABSENT), "checks": OF_GUARDIAN},
        {"people": (ABSENT,), "checks": (OVERRIDDEN,)},
    ],
)
def test_nobody_is_present_without_own_checks_or_has_some_without_being_named(members):
    with pytest.raises(PermitRefused):
        issue(claims(**members), KEY)
    builtins = {name: msgspec.to_builtins(value) for name, value in members.items()}
    assert refusal(signed(payload(**builtins))) == "claims"


# -- cooling-off -------------------------------------------------------------------------------

HOUR_S = 3_600


def waiting(hours, life_s=86_400):
    from_s = ISSUED_S + hours * HOUR_S
    rule = "L-02" if from_s > ISSUED_S else ""
    return claims(nbf=from_s, exp=from_s + life_s, wait_rule=rule)


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("hours", [8, 24, 720])
def test_a_permit_with_a_cooling_off_counts_from_its_end_to_the_second(hours, tmp_path):
    delayed = waiting(hours)
    permit = issue(delayed, KEY)
    register = PermitRegister(tmp_path / "redeemed.sqlite")

    early = at(delayed.nbf - 1)
    assert refusal(permit, moment=early) == "not_yet"
    assert refusal(permit, moment=at(delayed.nbf) - timedelta(microseconds=1)) == "not_yet"
    with pytest.raises(PermitRefused, match="not_yet"):
        register.redeem(delayed, early)
    assert check(permit, moment=at(delayed.nbf)) == delayed
    register.redeem(delayed, at(delayed.nbf))
    assert check(permit, moment=at(delayed.exp - 1)) == delayed
    assert refusal(permit, moment=at(delayed.exp)) == "expired"


@pytest.mark.parametrize(
    "members",
    [
        {"nbf": ISSUED_S - 1},
        {
            "nbf": ISSUED_S + 720 * HOUR_S + 1,
            "exp": ISSUED_S + 720 * HOUR_S + 2,
            "wait_rule": "L-02",
        },
        {"nbf": ISSUED_S + 1, "exp": ISSUED_S + 1, "wait_rule": "L-02"},
        {"nbf": ISSUED_S + 1, "exp": ISSUED_S + 86_402, "wait_rule": "L-02"},
        {"nbf": ISSUED_S + 1, "exp": ISSUED_S + 2},
        {"wait_rule": "L-02"},
    ],
)
def test_a_cooling_off_has_its_rule_and_is_bounded_as_is_the_life_after_it(members):
    with pytest.raises(PermitRefused, match="lifetime"):
        issue(claims(**members), KEY)
    assert refusal(signed(payload(**members))) == "lifetime"


def test_an_instant_permit_is_redeemed_by_a_clock_that_is_a_little_behind(tmp_path):
    behind = at(ISSUED_S - 4)

    assert check(PERMIT, moment=behind) == claims()
    PermitRegister(tmp_path / "redeemed.sqlite").redeem(claims(), behind)


@pytest.mark.parametrize("exp", [ISSUED_S + 301, ISSUED_S, ISSUED_S - 1])
def test_a_permit_lives_at_most_five_minutes(exp):
    with pytest.raises(PermitRefused, match="lifetime"):
        issue(claims(exp=exp), KEY)
    assert refusal(signed(payload(exp=exp))) == "lifetime"


@pytest.mark.parametrize("seconds", [1, 300])
def test_a_permit_lives_at_least_a_second(seconds):
    permit = issue(claims(exp=ISSUED_S + seconds), KEY)
    assert check(permit, moment=datetime.fromtimestamp(ISSUED_S, UTC)).exp == ISSUED_S + seconds


def test_a_permit_ends_on_the_second_it_names():
    last = datetime.fromtimestamp(ISSUED_S + 299, UTC)
    assert check(PERMIT, moment=last).exp == ISSUED_S + 300
    assert refusal(PERMIT, moment=last + timedelta(seconds=1)) == "expired"


def test_a_permit_from_the_future_is_refused_beyond_the_tolerance():
    start = datetime.fromtimestamp(ISSUED_S, UTC)
    assert check(PERMIT, moment=start - timedelta(seconds=5)).iat == ISSUED_S
    assert refusal(PERMIT, moment=start - timedelta(seconds=6)) == "future"


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 11, 22, 20, 31), NOW.astimezone(timezone(timedelta(hours=5)))],  # noqa: DTZ001 - a naive time is the case
)
def test_the_moment_must_be_utc(moment):
    assert "UTC" in refusal(PERMIT, moment=moment)


def test_another_audience_or_operation_is_refused():
    assert refusal(PERMIT, audience="other-core") == "audience"
    assert refusal(PERMIT, operation="00" * 32) == "operation"
    assert check(PERMIT, operation=None).operation_sha256 == OPERATION.sha256()


def test_a_session_ends_no_earlier_than_it_began():
    at_ms = claims().decided_ms
    assert check(issue(claims(started_ms=at_ms), KEY)).started_ms == at_ms
    with pytest.raises(PermitRefused, match="claims"):
        issue(claims(started_ms=at_ms + 1), KEY)
    assert refusal(signed(payload(started_ms=at_ms + 1))) == "claims"


def test_the_size_is_limited_before_anything_is_read():
    assert refusal("A" * MAX_PERMIT_BYTES) == "form"
    assert refusal("A" * (MAX_PERMIT_BYTES + 1)) == "size"
    assert refusal(PERMIT + "\N{CYRILLIC SMALL LETTER A}") == "size"


def test_nothing_is_issued_that_is_too_large_to_be_read():
    more = [passed(f"a_check_of_the_banks_own_{number}") for number in range(100)]
    every = [*map(passed, CheckId), *more]
    longest = [changed(each, rule="B" * 200, reason="r" * 200) for each in every]
    with pytest.raises(PermitRefused, match="size"):
        issue(claims(checks=longest, authority="IDEC-000731"), KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"jti": "x"},
        {"station": "a\nb"},
        {"checks": claims().checks * 26},
    ],
)
def test_what_would_be_refused_is_never_issued(change):
    with pytest.raises(PermitRefused):
        issue(claims(**change), KEY)


def test_a_permit_is_redeemed_once(tmp_path):
    register = PermitRegister(tmp_path / "redeemed.sqlite")
    register.redeem(claims(), NOW)
    with pytest.raises(PermitRefused, match="used"):
        PermitRegister(tmp_path / "redeemed.sqlite").redeem(claims(), NOW)


def test_of_many_redemptions_at_once_one_succeeds(tmp_path):
    register = PermitRegister(tmp_path / "redeemed.sqlite")

    def redeem(_):
        try:
            register.redeem(claims(), NOW)
        except PermitRefused as refused:
            return refused.detail
        return "redeemed"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(redeem, range(16)))
    assert sorted(outcomes) == ["redeemed"] + ["used"] * 15


def test_a_register_that_cannot_be_written_refuses(tmp_path):
    (tmp_path / "redeemed.sqlite").write_bytes(b"no database" * 200)
    with pytest.raises(PermitRefused, match="register"):
        PermitRegister(tmp_path / "redeemed.sqlite")
