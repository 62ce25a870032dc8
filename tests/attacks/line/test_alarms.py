"""Who can raise an alarm: the man in the way, never a customer; and what is left of it."""

import base64
import hashlib
import json

import pytest

from crypto.asn1 import writer as w
from crypto.asn1.der import Node
from crypto.cms.create import attribute
from crypto.report.report import Indication
from crypto.signatures.revalidation import revalidate
from tests.support.pki.certificates import CONTENT, GOOD, IIN, NOW, OcspAnswer, world
from tests.support.station.stations import Desk, a_site
from workstation.records.alarms import ALARM
from workstation.records.pack_folder import StoredPack
from workstation.records.validation_data_archive import LISTS_FOLDER, ValidationDataArchive
from workstation.session.states import State
from workstation.station.audit_trail import verify_log
from workstation.verification.signature_evidence import SignatureEvidence

W = world()
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path / "site") as made:
        yield made


def impostor(nonce):
    """Answer good in the responder's place, by a key that the authority gave for something else."""
    return OcspAnswer([(W.identifier(), GOOD)], nonce=nonce).encode(W.stamper)


def replayed(_nonce):
    return OcspAnswer([(W.identifier(), GOOD)], nonce=b"of another asker").encode(W.responder)


def judge(tmp_path, cms, sources):
    alarms = []
    evidence = SignatureEvidence(
        W.validator(sources),
        lambda _sha256: None,
        ValidationDataArchive(tmp_path / "lists"),
        software="0",
        report_alarm=alarms.append,
    )
    report = evidence.judge(cms, content=CONTENT, iin=IIN, moment=NOW)
    return report, alarms


def inside(response):
    """Take the BasicOCSPResponse out of its envelope."""
    _, wrapped = Node.at(response, 0, len(response)).children()
    return list(wrapped.only_child().children())[1].content


@pytest.mark.parametrize("answer", [impostor, replayed])
def test_what_a_customer_puts_into_a_signature_is_no_word_about_the_authority(tmp_path, answer):
    values = attribute(
        REVOCATION_VALUES, w.sequence(w.explicit(1, w.sequence(inside(answer(bytes(16))))))
    )
    report, alarms = judge(tmp_path, W.cms(unsigned=lambda _: (values,)), W.sources())
    assert report.indication is Indication.TOTAL_PASSED
    assert alarms == []


def test_the_very_octets_of_an_alarm_in_a_signature_raise_none_of_their_own(tmp_path):
    forged = impostor(bytes(range(16)))
    values = attribute(REVOCATION_VALUES, w.sequence(w.explicit(1, w.sequence(inside(forged)))))
    cms = W.cms(unsigned=lambda _: (values,))
    _, alarms = judge(tmp_path, cms, W.sources(lambda _nonce: forged))
    assert [each.code.value for each in alarms] == ["answer_unauthorised"]


@pytest.mark.parametrize("answer", [None, lambda _: b"<html>", lambda _: b"\x30\x03\x0a\x01\x03"])
def test_silence_on_the_line_raises_none(tmp_path, answer):
    report, alarms = judge(tmp_path, W.cms(), W.sources(answer))
    assert report.reason == "signature.no_revocation_answer"
    assert alarms == []


@pytest.mark.parametrize(
    ("answer", "code"), [(impostor, "answer_unauthorised"), (replayed, "answer_replayed")]
)
def test_a_forged_answer_ends_a_session_undecided_with_its_octets_sealed(
    site, tmp_path, answer, code
):
    offered = []

    def keep(nonce):
        offered.append(answer(nonce))
        return offered[-1]

    validator = site.services.validator
    site.services.validator = replace_sources(validator, W.sources(keep))
    desk = Desk(site)
    desk.to(State.RECORDED)
    assert desk.outcome == ("indeterminate", f"signature.{code}")
    assert site.permits() == []

    (alarm,) = site.entries(ALARM)
    (entry,) = site.entries("verify.result")
    assert (alarm.data["code"], alarm.data["kept"]) == (code, entry.data["case"])
    payload = site.opened_payload(entry)
    blobs = [base64.b64decode(each) for each in payload["evidence"]["blobs"]]
    assert alarm.data["sha256"] in {hashlib.sha256(each).hexdigest() for each in blobs}
    assert list((site.folder / "alarms").glob("*.bin")) == []

    (tmp_path / "payload.json").write_text(json.dumps(payload))
    stored = StoredPack(tmp_path / "payload.json", site.folder / LISTS_FOLDER)
    assert revalidate(stored.pack, stored.octets).same


def replace_sources(validator, sources):
    return validator.wrap_sources(lambda _own: sources)


def test_an_alarm_keeps_the_log_whole(site):
    site.services.validator = replace_sources(site.services.validator, W.sources(impostor))
    desk = Desk(site)
    desk.to(State.RECORDED)
    assert len(site.entries(ALARM)) == 1
    assert verify_log(site.services).ok
