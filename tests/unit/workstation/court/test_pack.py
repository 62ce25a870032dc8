"""A court pack holds a whole session and verifies with what it carries."""

import io
import json
import zipfile
from types import SimpleNamespace

import pytest

from crypto.errors import PayloadTampered
from crypto.log.format.note import NoteSigner
from crypto.log.format.proof import make_receipt
from resources import LANGUAGES
from resources.court.verify_pack import WORDS, Keys, Verified, Wrong, parse_keys
from tests.support.court.packs import build, play_session, sources
from tests.support.station.log import WITNESS_NAME, log_signer, private_key, witness
from tests.support.station.operations import shipped_policy
from tests.support.station.stations import (
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    Desk,
    a_site,
    override,
)
from workstation.court.pack import build_pack
from workstation.errors import CaseNotFound
from workstation.session.states import State
from workstation.station import commands as c


def _names(octets: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(octets)).namelist()


def _read(octets: bytes, name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(octets)).read(name)


def test_an_opened_pack_of_an_approved_session_is_whole_and_verifies(tmp_path):
    with a_site(tmp_path) as site:
        pack = build(site, play_session(site))
        verified = Verified(pack.octets, site.services.log_key.vkey)
        assert pack.missing == {} == verified.missing
        assert verified.notes == ["simulated"]
        words = json.loads(_read(pack.octets, WORDS))
        kind = next(e.data["operation"] for e in verified.entries if e.kind == "verify.begin")
        own = shipped_policy().operation(kind).definition.name
        assert [words[each][f"operation.{kind}"] for each in LANGUAGES] == [own.kk, own.ru, own.en]
        kinds = [each.kind for each in verified.entries]
        # Nobody's credential but the teller's, who alone signed.
        assert kinds[:4] == ["log.genesis", "key.enrol", "session.open", "verify.begin"]
        case = [each for each in site.entries() if each.data.get("case") == pack.case]
        assert [each.seq for each in verified.entries[3:]] == [each.seq for each in case]


def test_a_pack_without_head_offices_key_says_what_is_sealed(tmp_path):
    with a_site(tmp_path) as site:
        pack = build(site, play_session(site), opened=False)
        assert pack.missing == {
            "payload/opened.json": "sealed_to_head_office",
            "payload/opening.json": "sealed_to_head_office",
        }
        assert "payload/sealed.bin" in _names(pack.octets)
        assert not any("frames" in name for name in _names(pack.octets))
        assert Verified(pack.octets, site.services.log_key.vkey).missing == pack.missing


def test_a_strangers_evidence_key_is_refused(tmp_path):
    with a_site(tmp_path / "other") as other:
        stranger = other.retention
    with a_site(tmp_path / "own") as site:
        case = play_session(site)
        site.retention = stranger
        with pytest.raises(PayloadTampered):
            build(site, case)


def test_the_same_session_gives_the_same_octets(tmp_path):
    with a_site(tmp_path) as site:
        case = play_session(site)
        assert build(site, case).octets == build(site, case).octets


def test_a_case_is_found_by_its_number_as_by_its_id(tmp_path):
    with a_site(tmp_path) as site:
        case = play_session(site)
        number = site.entries("verify.begin")[0].seq
        assert build_pack(sources(site), number).octets == build(site, case).octets


@pytest.mark.parametrize(("number", "case"), [(0, ""), (1, ""), (99, ""), (None, "ab" * 16)])
def test_what_is_no_session_is_not_found(tmp_path, number, case):
    with a_site(tmp_path) as site:
        play_session(site)
        with pytest.raises(CaseNotFound):
            build_pack(sources(site), number, case)


def test_an_aborted_session_has_a_pack_without_a_permit(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to(State.CONSENT)
        desk.do(c.Abort("customer_left"))
        pack = build(site, str(site.results()[0]["case"]))
        verified = Verified(pack.octets, site.services.log_key.vkey)
        assert not any(name.startswith("permits/") for name in _names(pack.octets))
        assert verified.result.data["outcome"] == "indeterminate"


def test_entries_of_another_customer_between_are_withheld_by_number(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to(State.PARKED)
        case = str(site.entries("verify.begin")[0].data["case"])
        log = site.services.journal.log
        first = log.append("x.other", {"case": "another"}).entry.seq
        log.append("heartbeat", {}, actor="")
        desk.take_up()
        desk.do(c.Abort("customer_left"))
        pack = build(site, case)
        manifest = json.loads(_read(pack.octets, "manifest.json"))
        assert manifest["withheld"] == [[first, first + 1]]
        assert "withheld" in Verified(pack.octets, site.services.log_key.vkey).notes


def test_files_that_are_gone_are_named(tmp_path):
    with a_site(tmp_path) as site:
        case = play_session(site)
        (permit,) = site.permits()
        permit.unlink()
        for receipt in site.receipts():
            receipt.unlink()
        pack = build(site, case)
        assert dict(pack.missing) == {f"permits/{permit.name}": "no_file", "receipt.pdf": "no_file"}
        assert Verified(pack.octets, site.services.log_key.vkey).missing == pack.missing


def test_a_reviewed_session_shows_the_supervisors_own_session(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
        desk.do(override())
        pack = build(site, str(site.results()[0]["case"]))
        verified = Verified(pack.octets, site.services.log_key.vkey)
        shown = [each.actor for each in verified.entries if each.kind == "session.open"]
        assert shown == [TELLER.id, SUPERVISOR.id]
        assert [each.actor for each in verified.steps if each.kind == "review"] == [SUPERVISOR.id]


def test_a_receipts_code_is_held_against_the_pack(tmp_path):
    with a_site(tmp_path) as site:
        case = play_session(site)
        log, (result,) = site.services.journal.log, site.entries("verify.result")
        head = log.checkpoint(result.seq + 1)
        path = log.inclusion_proof(result.seq, head.size).path
        code = make_receipt(result.seq, path, head, leaf=result.leaf).encode()
        other = make_receipt(result.seq, path, head, leaf=bytes(32)).encode()
        pack, key = build(site, case).octets, site.services.log_key.vkey
    assert "given_head_not_proven" not in Verified(pack, key, head=code).notes
    with pytest.raises(Wrong) as refused:
        Verified(pack, key, head=other)
    assert refused.value.args == ("given head", "other_entry")


def test_a_pack_of_a_rewritten_log_contradicts_the_receipt_of_before(tmp_path):
    # Both logs are signed by one key: whoever stole it rewrote the second.
    codes, packs = [], []
    for name in ("true", "rewritten"):
        with a_site(tmp_path / name) as site:
            site.services.journal.log.append("heartbeat", {"of": name}, actor="")
            case = play_session(site)
            result = site.entries("verify.result")[0].seq
            codes.append(site.services.journal.log.checkpoint(result + 1).text.encode())
            packs.append(build(site, case).octets)
            key = site.services.log_key.vkey
    Verified(packs[1], key)
    with pytest.raises(Wrong) as refused:
        Verified(packs[1], key, head=codes[0])
    assert refused.value.args == ("given head", "not_of_this_log")


def test_the_first_cosignature_over_the_case_is_shown_and_counted(tmp_path):
    with a_site(tmp_path) as site:
        case = play_session(site)
        log, seen = site.services.journal.log, witness()
        head = log.checkpoint()
        line = seen.cosign(head.checkpoint, time_s=1_790_000_000).encode().decode()
        log.append("anchor.cosig", {"size": head.size, "lines": [line, "no signature"]}, actor="")
        pack, key = build(site, case).octets, site.services.log_key.vkey
    verified = Verified(pack, key, witness=seen.verifier.vkey)
    assert verified.cosigned == [f"{head.size} entries by {WITNESS_NAME} at 1790000000"]
    assert Verified(pack, key).cosigned == []


@pytest.mark.parametrize(("name", "counts"), [("bank.kz/sup/a-1", True), ("bank.kz/op/a-1", False)])
def test_a_persons_credential_that_began_a_generation_is_no_head_offices(name, counts):
    """Of the two people who may begin one, each alone would order enrolments in a forged log."""
    log_key, person = (parse_keys(each.vkey)[0] for each in (log_signer(), signer(name)))
    lines = [(*person[:2], bytes(64))]
    data = {"vkey": log_signer().vkey, "rules": 2}
    genesis = SimpleNamespace(kind="log.genesis", part="log", data=data, lines=lines)

    keys = Keys(genesis, [person])

    assert log_key[:2] == keys.logs[0].identity
    assert (person[:2] in keys._known) is counts


def signer(name):
    return NoteSigner(name, private_key(0x70))
