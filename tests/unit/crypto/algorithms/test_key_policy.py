"""Which keys are good enough, and until when."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.algorithms.registry import SignatureCheck, SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.asn1.der import Limits, parse
from tests.support.pki.certificates import key, signer

LAST = datetime(2027, 1, 1, tzinfo=UTC)
POLICY = KeyPolicy({"rsa": 2048}, {"rsa": LAST})
SECOND = timedelta(seconds=1)


def test_a_family_has_its_own_floor_unless_the_policy_names_one():
    assert KeyPolicy({}).refusal("gost2015", 256) == "gost2015:256"
    assert KeyPolicy({}).refusal("gost2015", 512) == ""
    assert KeyPolicy({"gost2015": 256}).refusal("gost2015", 256) == ""
    assert KeyPolicy({"rsa": 2048}).refusal("rsa", 2047) == "rsa:2047"
    assert KeyPolicy({"rsa": 2048}).refusal("rsa", 2048) == ""
    assert KeyPolicy({}).refusal("ec", 1) == ""


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (LAST - SECOND, ""),
        (LAST, ""),
        (LAST + SECOND, "rsa:until:2027-01-01"),
        (LAST.astimezone(timezone(timedelta(hours=5))), ""),
        ((LAST + SECOND).astimezone(timezone(-timedelta(hours=9))), "rsa:until:2027-01-01"),
    ],
)
def test_a_retired_family_is_refused_after_its_last_moment(moment, expected):
    assert POLICY.at(moment).refusal("rsa", 2048) == expected


def test_a_retired_family_is_refused_while_nobody_says_when():
    assert POLICY.refusal("rsa", 2048) == "rsa:until:2027-01-01"
    assert POLICY.refusal("ec", 256) == ""


def test_a_moment_changes_nothing_but_itself():
    dated = POLICY.at(LAST)
    assert (dated.minimum_bits, dated.last_moment) == (POLICY.minimum_bits, POLICY.last_moment)
    assert POLICY.moment is None
    assert dated.at(LAST + SECOND).moment == LAST + SECOND


def test_the_registry_answers_weak_once_the_family_has_ended_also_for_what_it_has_verified():
    from cryptography.hazmat.primitives import serialization as s

    private = key("rsa-a")
    der = private.public_key().public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
    registry, signature = default_registry(), signer(private)(b"message")

    def judged(moment):
        return registry.verify(
            algorithm=AlgorithmIdentifier(oids.SHA256_WITH_RSA, None),
            key=PublicKeyInfo.read(parse(der, Limits(8192, 16, 100))),
            message=b"message",
            signature=signature,
            policy=POLICY.at(moment),
        )

    assert judged(LAST).outcome is SignatureOutcome.VALID
    assert judged(LAST + SECOND) == SignatureCheck(SignatureOutcome.WEAK, "rsa:until:2027-01-01")
    assert judged(LAST).outcome is SignatureOutcome.VALID
