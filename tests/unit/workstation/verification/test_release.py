"""What leaves the process: never before its entry, and its failure never changes the decision."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from crypto.log.format.note import NoteSigner
from crypto.x509.iin import Iin
from tests.support.pki import certificates as pki
from tests.support.station import sessions, two_people
from tests.support.station.log import private_key
from tests.support.station.stations import (
    NAME,
    SECRET,
    SUPERVISOR,
    Desk,
    a_site,
    customer,
    override,
)
from workstation.accounts.permit_register import PermitRegister
from workstation.devices.signing_methods import SigningMethod
from workstation.documents.log_rotations import follow_log_keys, name_rotations
from workstation.documents.permit import Acceptance, verify
from workstation.documents.permit_claims import PermitClaims, digest_facts
from workstation.documents.permit_log import verify_head
from workstation.errors import PermitRefused
from workstation.records.permit_heads import PERMIT_HEADS_NAME, PermitHeads
from workstation.rules.checks import CheckId
from workstation.rules.parties import Client
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification import release as released


def test_core_banking_accepts_the_permit_for_this_operation(desk, site):
    desk.to(State.RECORDED)
    (path,) = site.permits()
    operation = desk.station.verification.case.operation
    claims = verify(
        path.read_text(),
        site.services.permit_key.public_key(),
        audience="core-banking",
        operation_sha256=operation.sha256(),
        moment=datetime.fromtimestamp(site.clock.wall_ms() / 1000, UTC),
        accept=Acceptance.DEMO_TOO,
        log_keys=(site.services.log_key,),
    )

    assert claims.session == desk.now.session
    assert claims.teller == "T-0042"


def test_the_permit_claims_what_the_entry_says(desk, site):
    desk.to(State.RECORDED)
    claims, (entry,) = site.claims(), site.entries("verify.result")
    (issued,) = site.entries("verify.permit")

    assert claims["log_index"] == entry.seq == desk.now.decision.log_index
    assert claims["log_size"] == issued.seq + 1
    assert claims["log_entry"].encode() == issued.body
    assert claims["log_head"] == site.services.journal.log.checkpoint(issued.seq + 1).text
    assert claims["decided_ms"] == entry.t_ms
    assert claims["policy_sha256"] == entry.data["policy_sha256"]
    assert [item["status"] for item in claims["checks"]] == [
        item["status"] for item in entry.data["checks"]
    ]


def test_each_permit_proves_its_growth_from_the_ones_before(desk, site):
    register = PermitRegister(site.folder / "redeemed.sqlite")
    heads = []
    for _ in range(3):
        desk.to(State.RECORDED)
        (path,) = site.permits()
        claims = msgspec.convert(site.claims(), PermitClaims)
        assert [each.size for each in claims.log_previous] == heads[::-1]
        register.redeem(claims, site.services.now())
        heads.append(claims.log_size)
        path.unlink()
        desk.do(c.NewSession())

    assert [mark.size for mark in register.heads()] == heads


@pytest.mark.parametrize("hint", ["", "7\n", "none\n", "999999\n0\n-1\n", None])
def test_what_the_next_permit_grows_from_is_found_without_the_file(desk, site, hint):
    desk.to(State.RECORDED)
    site.permits()[0].unlink()
    path, size = site.folder / PERMIT_HEADS_NAME, site.entries("verify.permit")[-1].seq + 1
    if hint is None:
        path.unlink()
    else:
        path.write_text(hint)
    site.services = replace(site.services, permit_heads=PermitHeads(path))
    again = Desk(site)
    again.to(State.RECORDED)

    assert [each["size"] for each in site.claims()["log_previous"]] == [size]


def test_rotations_of_the_log_key_lie_beside_the_permits(desk, site):
    desk.to(State.RECORDED)
    site.permits()[0].unlink()
    beside = site.services.core_banking / name_rotations(site.services.log_key.name)
    assert not beside.exists()
    site.services.journal.log.rotate(NoteSigner(site.services.log_key.name, private_key(0x90)))
    desk.do(c.NewSession())
    desk.to(State.RECORDED)

    published = beside.read_bytes()
    claims = msgspec.convert(site.claims(), PermitClaims)
    with pytest.raises(PermitRefused, match="head"):
        verify_head(claims, (site.services.log_key,))
    known = follow_log_keys(published, (site.services.log_key,))
    assert verify_head(claims, known).size == claims.log_size


def test_the_permit_is_in_the_log_before_its_file_is_there(desk, site, monkeypatch):
    order = []
    write = released.write_durably

    def watched(path, content):
        order.append((path.suffix, len(site.entries("verify.permit"))))
        write(path, content)

    monkeypatch.setattr(released, "write_durably", watched)
    desk.to(State.RECORDED)

    assert order == [(".jws", 1), (".pdf", 1)]
    (entry,), (path,) = site.entries("verify.permit"), site.permits()
    assert entry.data["facts_sha256"] == digest_facts(msgspec.convert(site.claims(), PermitClaims))
    assert path.stem == entry.data["jti"]


def test_the_permit_names_the_customer_to_who_knows_them_and_leaves_the_log_closed(desk, site):
    desk.to(State.RECORDED)
    claims, (entry,) = site.claims(), site.entries("verify.result")
    client = Client(Iin.parse(pki.IIN), NAME)
    salt = bytes.fromhex(claims["iin_salt"])

    (person,) = claims["people"]
    assert (person["role"], person["present"]) == ("customer", True)
    assert client.iin_commitment(salt) == person["iin_commitment"]
    assert person["iin_commitment"] != entry.data["iin"]
    assert salt != desk.station.verification.case.salt


def test_two_permits_of_one_customer_cannot_be_linked_by_their_salts(desk, site):
    desk.to(State.RECORDED)
    first = site.claims()
    site.permits()[0].unlink()
    desk.do(c.NewSession())
    desk.to(State.RECORDED)
    second = site.claims()

    for name in ("jti", "iin_salt", "people", "session"):
        assert first[name] != second[name]


def test_a_folder_of_core_banking_that_cannot_be_written_is_a_message_and_no_more(desk, site):
    desk.to(State.SIGNATURE)
    site.services.core_banking.rmdir()
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.now.decision.outcome == "approved"
    assert (desk.now.decision.permit, desk.now.message) == (None, "permit_unwritable")
    assert desk.now.decision.receipt is not None


def test_an_outbox_that_cannot_be_written_is_a_message_and_no_more(desk, site):
    desk.to(State.SIGNATURE)
    site.services.outbox.rmdir()
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.now.decision.outcome == "approved"
    assert (desk.now.decision.receipt, desk.now.message) == (None, "receipt_unwritable")
    assert desk.now.decision.permit is not None


def test_a_permit_that_would_live_too_long_is_not_issued(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to(State.SIGNATURE)
        # The wall clock is set back: started later than decided.
        site.clock.wall -= 3_000_000
        desk.do(c.Sign(SigningMethod.NCALAYER))

        assert site.permits() == []


@pytest.mark.parametrize("command", [c.RefuseConsent(), c.Abort("teller_aborted")])
def test_what_was_not_approved_gets_a_receipt_and_no_permit(desk, site, command):
    desk.to(State.CONSENT)
    desk.do(command)

    assert desk.now.decision.permit is None
    assert site.permits() == []
    assert len(site.receipts()) == 1
    assert site.entries("verify.permit") == []


def test_neither_paper_holds_the_customers_number_or_name(desk, site):
    desk.to(State.RECORDED, attestations=((CheckId.OLD_NUMBER_CALLED, True),))
    permit = json.dumps(site.claims(), ensure_ascii=False)

    assert pki.IIN not in permit
    assert NAME not in permit
    assert pki.IIN.encode() not in site.receipts()[0].read_bytes()


# -- whose word it rests on --------------------------------------------------------------------


def named(site):
    """What record and permit name; the receipt's rows are tested with the receipt."""
    (entry,), claims = site.entries("verify.result"), site.claims()
    return entry.data["provenance"], claims


def test_a_photo_that_the_desk_brought_is_vouched_for_by_the_second_person(desk, site):
    desk.to(State.REFERENCE)
    desk.do(c.UseReferenceFile(site.photo))
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.now.review == (CheckId.REFERENCE_CONFIRMED,)
    desk.do(override(CheckId.REFERENCE_CONFIRMED, reason="as on the identity card"))
    provenance, claims = named(site)

    assert (provenance["source"], provenance["taken"]) == ("file", "")
    assert provenance["vouched_by"] == SUPERVISOR.id
    assert (provenance["age_days"], provenance["authority"]) == (None, "local")
    assert claims["reference"] == {
        "source": "file",
        "grade": "unauthenticated",
        "taken": "",
        "vouched_by": SUPERVISOR.id,
    }


def test_a_person_who_compared_is_named_with_the_reason_and_the_words_only_in_the_act(tmp_path):
    with a_site(tmp_path) as site:
        between = replace(site.services.matching, match_ppm=200_000, review_ppm=400_000)
        site.services = replace(site.services, matching=between)
        desk = Desk(site)
        desk.to(State.LIVENESS)
        desk.live()
        words = "the ears and the scar above the brow agree"
        reason = ComparisonReason.FEATURES_AGREE
        desk.do(c.AnswerComparison(SUPERVISOR.id, ComparisonAnswer.SAME, reason, words, SECRET))
        desk.do(c.Sign(SigningMethod.NCALAYER))
        provenance, claims = named(site)

        for found in (provenance, claims):
            assert found["reviewer"] == SUPERVISOR.id
            assert found["review_reason"] == "features_agree"
        assert words not in json.dumps(claims)
        assert words not in json.dumps(site.results())


def test_a_silent_finding_stands_in_record_and_permit_and_nowhere_at_the_desk(desk, site):
    site.registries.somebody = customer(staff=True)
    desk.to(State.RECORDED)
    _, claims = named(site)

    assert desk.outcome == ("approved", "decision.approved")
    for checks, hardness in ((site.results()[0]["checks"], "hard"), (claims["checks"], "hardness")):
        (silent,) = [each for each in checks if each["check"] == "not_staff"]
        assert (silent["status"], silent[hardness]) == ("failed", "silent")
    for shown in desk.told.sessions:
        names = {check.check for check in shown.checks} | set(shown.required)
        names |= set() if shown.decision is None else {each.check for each in shown.decision.checks}
        assert not names & {CheckId.NOT_STAFF, CheckId.NOT_STAFF_FACE, CheckId.ONE_IDENTITY}


@pytest.mark.parametrize("turn", [0, 1])
def test_a_permit_names_who_compared_whosever_faces_they_were(turn):
    evidence = replace(two_people.joined(), turn=0)
    reviewed = replace(evidence.view(evidence.roles[turn]), comparison=sessions.review())
    review = sessions.review()

    assert released.find_review(evidence) == ("", "")
    assert released.find_review(reviewed) == (review.officer, review.reason.value)
