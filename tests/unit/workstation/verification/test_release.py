"""What leaves the process: never before its entry, and its failure never changes the decision."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from crypto.x509.iin import Iin
from tests.support.pki import certificates as pki
from tests.support.station.stations import NAME, Desk, a_site
from workstation.devices.signing_methods import SigningMethod
from workstation.documents.permit import verify
from workstation.rules.checks import CheckId
from workstation.rules.parties import Client
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
    )

    assert claims.session == desk.now.session
    assert claims.teller == "T-0042"


def test_the_permit_claims_what_the_entry_says(desk, site):
    desk.to(State.RECORDED)
    claims, (entry,) = site.claims(), site.entries("verify.result")

    assert claims["log_index"] == entry.seq == desk.now.decision.log_index
    assert claims["log_size"] == entry.seq + 1
    assert claims["log_root"] == desk.now.decision.root_base64
    assert claims["decided_ms"] == entry.t_ms
    assert claims["policy_sha256"] == entry.data["policy_sha256"]
    assert [item["status"] for item in claims["checks"]] == [
        item["status"] for item in entry.data["checks"]
    ]


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
    assert entry.data["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.stem == entry.data["jti"]


def test_the_permit_names_the_customer_to_who_knows_them_and_leaves_the_log_closed(desk, site):
    desk.to(State.RECORDED)
    claims, (entry,) = site.claims(), site.entries("verify.result")
    client = Client(Iin.parse(pki.IIN), NAME)
    salt = bytes.fromhex(claims["iin_salt"])

    assert client.iin_commitment(salt) == claims["iin_commitment"]
    assert claims["iin_commitment"] != entry.data["iin"]
    assert salt != desk.station.verification.case.salt


def test_two_permits_of_one_customer_cannot_be_linked_by_their_salts(desk, site):
    desk.to(State.RECORDED)
    first = site.claims()
    site.permits()[0].unlink()
    desk.do(c.NewSession())
    desk.to(State.RECORDED)
    second = site.claims()

    for name in ("jti", "iin_salt", "iin_commitment", "session"):
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
