"""`signature verify` and `revalidate`, `certificate show`: on files, as a person uses them."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from crypto.path.known_authorities import AuthorityCatalogue, AuthorityRole
from crypto.report.policy import Environment
from crypto.report.report import SubIndication
from resources import LANGUAGES
from tests.support.containers.pdf_documents import Document, card
from tests.support.pki.certificates import (
    CONTENT,
    GOOD,
    IIN,
    NOW,
    OcspAnswer,
    make_crl,
    world,
)
from tests.unit.crypto.cms.test_signature_file import bag
from tests.unit.crypto.cms.test_timestamps import stamped_cms
from tests.unit.crypto.path.test_trust_import import known
from tests.unit.crypto.signatures.test_documents import SECOND, signed_by, spoilt
from tests.unit.resources.test_catalogues import ROOT, entries, reason_literals
from workstation.ctl import program
from workstation.documents.report_text import next_step
from workstation.documents.texts import Texts

W = world()
MOMENT = NOW.isoformat()


def run(*arguments):
    return CliRunner().invoke(program, [str(each) for each in arguments])


@pytest.fixture
def files(tmp_path):
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.cer").write_bytes(W.root.der)
    (trust / "ca.cer").write_bytes(W.authority.der)
    (tmp_path / "s.cms").write_bytes(W.cms())
    (tmp_path / "content.txt").write_bytes(CONTENT)
    (tmp_path / "person.cer").write_bytes(W.person.der)
    (tmp_path / "root.crl").write_bytes(W.root_crl().raw)
    (tmp_path / "ca.crl").write_bytes(make_crl(W.authority))
    (tmp_path / "revoked.crl").write_bytes(make_crl(W.authority, [(W.person.parsed.serial, None)]))
    answer = OcspAnswer([(W.identifier(), GOOD)])
    (tmp_path / "good.ocsp").write_bytes(answer.encode(W.responder))
    return tmp_path


def verify(files, *extra, trust=None):
    options = trust or ("--trust", files / "trust", "--environment", "test")
    return run(
        "--json", "signature", "verify", files / "s.cms", *options, "--moment", MOMENT, *extra
    )


def lists(files, *names):
    return [each for name in names for each in ("--crl", files / name)]


def only(result):
    (signature,) = json.loads(result.stdout)["signatures"]
    return signature


def test_a_stored_ocsp_answer_and_the_roots_list_are_enough(files):
    result = verify(files, "--ocsp", files / "good.ocsp", *lists(files, "root.crl"))
    assert result.exit_code == 0, result.output
    assert [each["kind"] for each in only(result)["evidence"]] == ["ocsp", "crl"]


def test_a_report_for_programs_has_blocks_and_the_next_step(files):
    signature = only(verify(files))
    assert signature["reason"] == "signature.no_revocation_answer"
    assert "Try again" in signature["next"]
    assert {each["block"] for each in signature["blocks"]} >= {"format", "path", "revocation"}


@pytest.fixture
def nuc(monkeypatch):
    catalogue = AuthorityCatalogue(
        (known(W.root, AuthorityRole.ROOT), known(W.authority, AuthorityRole.ISSUING)), (), ("x",)
    )
    monkeypatch.setattr(
        "workstation.ctl.signature_constraints.known_authorities", lambda: catalogue
    )


def test_a_preset_takes_the_given_certificates_that_the_catalogue_knows(files, nuc):
    (files / "trust" / "stranger.cer").write_bytes(W.stamper.der)
    preset = ("--trust", "test", "--ca", files / "trust")
    given = lists(files, "root.crl", "ca.crl")
    assert verify(files, *given, trust=preset).exit_code == 0
    wrong_world = verify(files, *given, trust=("--trust", "prod", "--ca", files / "trust"))
    assert (wrong_world.exit_code, "no_anchor" in wrong_world.stdout) == (3, True)


@pytest.mark.parametrize("octets", [b"no certificate", W.root.der[:60] + b"\xff" + W.root.der[61:]])
def test_a_file_that_is_no_certificate_is_named_among_those_of_its_folder(files, octets):
    (files / "trust" / "other.der").write_bytes(octets)
    result = verify(files)

    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["detail"].startswith("other.der: ")


def test_a_preset_without_certificates_of_the_catalogue_is_no_trust(files):
    result = verify(files, trust=("--trust", "test", "--ca", files / "trust"))
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["detail"] == "no_anchor"


def test_the_carrier_and_the_identification_may_be_demanded(files):
    given = lists(files, "root.crl", "ca.crl")
    assert verify(files, *given, "--carrier", "not_cloud").exit_code == 0
    refused = only(verify(files, *given, "--carrier", "hardware"))
    assert refused["reason"] == "signature.carrier_not_hardware"
    assert verify(files, *given, "--identification", "not_remote").exit_code == 0


def revalidate(files, *extra):
    return run("--json", "signature", "revalidate", files / "pack", *extra)


@pytest.mark.parametrize("given", [("root.crl", "ca.crl"), ("root.crl", "revoked.crl"), ()])
def test_a_kept_pack_gives_the_same_outcome_again(files, given):
    first = verify(files, *lists(files, *given), "--iin", IIN, "--keep", files / "pack")
    again = revalidate(files, "--trust", files / "trust", "--moment", MOMENT)
    told = json.loads(again.stdout)
    assert told["same"] is True
    assert told["missing"] == []
    signature = only(first)
    stated = [signature["indication"], signature["sub_indication"], signature["reason"]]
    assert told["repeated"] == ["/".join(each for each in stated if each)]
    assert again.exit_code == 0
    assert set(told["anchors"].values()) <= {"given"}


def test_an_anchor_that_nobody_here_trusts_is_said_and_the_exit_code_is_1(files):
    verify(files, *lists(files, "root.crl", "ca.crl"), "--keep", files / "pack")
    again = revalidate(files)
    assert again.exit_code == 1
    assert json.loads(again.stdout)["anchors"] == {W.root.parsed.sha256: "not_trusted"}


def test_todays_view_uses_todays_clock_and_lists(files):
    verify(files, *lists(files, "root.crl", "ca.crl"), "--keep", files / "pack")
    trust = ("--trust", files / "trust")
    later = (NOW + timedelta(days=400)).isoformat()
    expired = json.loads(revalidate(files, *trust, "--moment", later).stdout)
    assert expired["today"] == ["INDETERMINATE/OUT_OF_BOUNDS_NO_POE/signature.expired"]
    given = lists(files, "root.crl", "revoked.crl")
    revoked = json.loads(revalidate(files, *trust, "--moment", MOMENT, *given).stdout)
    assert revoked["today"] == ["INDETERMINATE/REVOKED_NO_POE/signature.revoked"]
    assert revoked["same"] is True


DECADE = (NOW + timedelta(days=3653)).isoformat()


def test_a_pack_is_judged_at_another_time_by_its_own_evidence(files):
    """In ten years everything has expired: passed as of the time-stamp, undecided without one."""
    trust = ("--trust", files / "trust", "--moment", MOMENT)
    for name, signature, exit_code, outcome, proven in (
        ("bare", W.cms(), 1, "INDETERMINATE/OUT_OF_BOUNDS_NO_POE/signature.expired", ""),
        ("stamped", stamped_cms(), 0, "TOTAL_PASSED/signature.passed", NOW.isoformat()),
    ):
        (files / "s.cms").write_bytes(signature)
        verify(files, *lists(files, "root.crl", "ca.crl"), "--keep", files / name)
        result = run("--json", "signature", "revalidate", files / name, *trust, "--at", DECADE)
        told = json.loads(result.stdout)
        assert (told["at_outcome"], told["proven_at"]) == ([outcome], [proven])
        assert (told["same"], result.exit_code) == (True, exit_code)
    logged = run(
        "--json", "signature", "revalidate", files / "bare", *trust, "--at", DECADE,
        "--logged-at", NOW.isoformat(),
    )  # fmt: skip
    assert json.loads(logged.stdout)["at_outcome"] == ["TOTAL_PASSED/signature.passed"]
    alone = run("signature", "revalidate", files / "bare", "--logged-at", NOW.isoformat())
    assert (alone.exit_code, "--at" in alone.stderr) == (3, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_pack_is_worth_is_said_in_words_with_what_to_do(files, language):
    texts = Texts(language)
    verify(files, *lists(files, "root.crl", "ca.crl"), "--keep", files / "pack")
    trust = ("--trust", files / "trust", "--moment", MOMENT)

    def said(*options):
        given = ("--language", language, "signature", "revalidate", files / "pack", *options)
        shown = run(*given).stdout
        assert max(map(len, shown.splitlines())) <= 100
        plain = re.sub(r"`[^`]*`|--\w+|evidence-lists", "", shown)
        assert not re.search(r"\b[a-z]+_[a-z_]+\b|\bTOTAL|\bTrue\b|\bFalse\b", plain)
        return " ".join(shown.split())

    assert texts.tr("revalidate_next.good") in said(*trust)
    assert texts.tr("revalidate_next.trust") in said()
    assert texts.tr("revalidate_next.extend") in said(*trust, "--at", DECADE)
    revoked = lists(files, "root.crl", "revoked.crl")
    assert texts.tr("revalidate_next.revoked") in said(*trust, *revoked)
    listed = hashlib.sha256((files / "root.crl").read_bytes()).hexdigest()
    (files / "pack" / "blobs" / listed).unlink()
    assert texts.tr("revalidate_next.lists") in said(*trust)


def test_a_pack_that_was_touched_is_told(files):
    verify(files, *lists(files, "root.crl", "ca.crl"), "--keep", files / "pack")
    listed = hashlib.sha256((files / "root.crl").read_bytes()).hexdigest()
    (files / "pack" / "blobs" / listed).write_bytes(b"else")
    told = json.loads(revalidate(files, "--trust", files / "trust").stdout)
    assert (told["same"], told["missing"]) == (False, [listed])


def test_lists_may_lie_in_an_archive_of_their_own(files):
    verify(files, *lists(files, "root.crl", "ca.crl"), "--keep", files / "pack")
    (files / "lists").mkdir()
    listed = hashlib.sha256((files / "root.crl").read_bytes()).hexdigest()
    (files / "pack" / "blobs" / listed).rename(files / "lists" / listed)
    trust = ("--trust", files / "trust")
    assert revalidate(files, *trust).exit_code == 1
    assert revalidate(files, *trust, "--lists", files / "lists").exit_code == 0


def test_a_pack_is_never_written_over_anything(files):
    (files / "pack").mkdir()
    (files / "pack" / "mine.txt").write_text("mine")
    result = verify(files, "--keep", files / "pack")
    assert result.exit_code == 1
    assert [each.name for each in (files / "pack").iterdir()] == ["mine.txt"]


def test_a_document_signed_by_two_is_judged_and_kept_signature_by_signature(files):
    (files / "s.cms").write_bytes(signed_by(W.cms(), spoilt(W.cms(holder=SECOND))))
    given = lists(files, "root.crl", "ca.crl")
    result = verify(files, *given, "--keep", files / "pack")
    indications = [each["indication"] for each in json.loads(result.stdout)["signatures"]]
    assert result.exit_code == 1
    assert sorted(indications) == ["TOTAL_FAILED", "TOTAL_PASSED"]
    told = json.loads(revalidate(files, "--trust", files / "trust").stdout)
    assert told["same"] is True
    assert len(told["repeated"]) == 2
    alone = verify(files, *given, "--iin", IIN)
    assert only(alone)["reason"] == "signature.not_one_signer"
    lines = run(
        "signature", "verify", files / "s.cms", "--trust", files / "trust", "--environment", "test"
    ).stdout
    assert "--- 2 / 2" in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_signature_is_named_with_what_to_bring(files, language):
    texts = Texts(language)
    for name, kind in (("person.cer", "certificate"), ("ca.crl", "crl"), ("content.txt", "text")):
        result = run("--language", language, "signature", "verify", files / name, "--trust", files)
        assert result.exit_code == 3
        assert texts.tr(f"file_kind.{kind}") in result.stderr
        assert texts.tr("bring.signature") in result.stderr


def test_a_wrong_file_given_as_evidence_is_named(files):
    result = run(
        "signature", "verify", files / "s.cms", "--trust", files / "trust", "--environment", "test",
        "--crl", files / "good.ocsp",
    )  # fmt: skip
    assert result.exit_code == 3
    assert "OCSP" in result.stderr


def test_a_list_that_is_too_old_says_when_its_successor_was_due(files):
    later = (NOW + timedelta(days=5)).isoformat()
    given = lists(files, "root.crl", "ca.crl")
    result = run(
        "signature", "verify", files / "s.cms", "--trust", files / "trust", "--environment", "test",
        "--moment", later, *given,
    )  # fmt: skip
    assert "the next one is due by 2026-09-02T11:00:00+00:00" in result.stdout


def test_a_certificate_is_shown_in_words_with_both_fingerprints(files):
    result = run("certificate", "show", files / "person.cer", "--moment", MOMENT)
    assert result.exit_code == 0
    assert W.person.parsed.sha256 in result.stdout
    assert re.search(r"sha1: [0-9a-f]{40}", result.stdout)
    assert "holder: Individual" in result.stdout
    assert "warning: The carrier of the key is not stated" in result.stdout


def test_the_certificates_of_a_signature_are_shown(files):
    told = json.loads(run("--json", "certificate", "show", files / "s.cms").stdout)
    assert told["sha256"] == W.person.parsed.sha256
    assert told["subject"]["iin"] == IIN
    assert told["purpose"] == "signing"


@pytest.mark.parametrize("years", [-2, 2])
def test_a_certificate_outside_its_validity_is_warned_about(files, years):
    moment = (NOW + timedelta(days=366 * years)).isoformat()
    told = json.loads(
        run("--json", "certificate", "show", files / "person.cer", "--moment", moment).stdout
    )
    assert ("expired" if years > 0 else "not_yet_valid") in told["warnings"]


def test_what_is_no_certificate_is_named(files, samples):
    key_store = next((samples / "eds" / "p12").glob("gost2015*.p12"))
    for path, word in ((key_store, "key store"), (files / "ca.crl", "CRL")):
        result = run("certificate", "show", path)
        assert result.exit_code == 3
        assert word in result.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sub_indication_has_a_next_step(language):
    texts = Texts(language)
    general = {texts.tr("next_step.passed"), texts.tr("next_step.ask")}
    for sub in SubIndication:
        assert next_step(texts, sub, "signature.anything") not in general, sub
    own = next_step(texts, SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.iin_mismatch")
    assert own != next_step(texts, SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.anything")
    assert next_step(texts, None, "signature.passed") == texts.tr("next_step.passed")


def test_a_next_step_belongs_to_a_reason_or_a_sub_indication_that_exists():
    prefix = "next_step."
    known_codes = (
        {each.value for each in SubIndication} | {"passed", "ask"} | set(reason_literals())
    )
    stated = {code.removeprefix(prefix) for code in entries("en") if code.startswith(prefix)}
    documented = ROOT.joinpath("docs", "formats", "signature-report.md").read_text(encoding="utf-8")
    dynamic = set(re.findall(r"`(signature\.[a-z_]+)`", documented))  # some are put together
    assert stated - known_codes <= dynamic
    assert len(stated) > 30


def test_the_environments_of_the_option_are_the_two_worlds():
    help_text = run("signature", "verify", "--help").stdout
    assert all(each.value in help_text for each in Environment)


def test_a_warning_is_marked_once_where_a_person_reads(files):
    shown = run(
        "signature",
        "verify",
        files / "s.cms",
        *("--trust", files / "trust", "--environment", "test", "--moment", MOMENT),
    ).output
    assert "warning: " in shown
    assert "(warning:" not in shown


def test_a_signed_pdf_is_judged_as_a_document(files):
    octets = Document().sign(lambda content: W.cms(content, detached=True))
    (files / "s.cms").write_bytes(octets)
    given = lists(files, "root.crl", "ca.crl")
    result = verify(files, *given)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["container"] == {"kind": "pdf", "pages": 1, "files": []}
    refused = verify(files, *given, "--iin", IIN)
    assert (refused.exit_code, "PDF" in refused.output) == (3, True)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_document_card_names_its_files_and_what_is_signed(files, language):
    (files / "card.pdf").write_bytes(card(CONTENT, W.cms(detached=True), names=[b"(doc)", b"(s)"]))
    trust = ("--trust", files / "trust", "--environment", "test", "--moment", MOMENT)
    given = lists(files, "root.crl", "ca.crl")
    result = run("--language", language, "signature", "verify", files / "card.pdf", *trust, *given)
    assert result.exit_code == 1
    first, second, *rest = result.output.splitlines()
    assert "1" in first
    assert "doc" in second
    assert Texts(language).tr("signature.pages_not_signed") in "\n".join(rest)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bag_of_certificates_is_named_with_what_it_holds(files, language):
    (files / "bag.p7b").write_bytes(bag(W.person, W.authority))
    given = ("signature", "verify", files / "bag.p7b", "--trust", files / "trust")
    result = run("--language", language, *given)
    texts = Texts(language)
    assert result.exit_code == 3
    assert texts.tr("file_kind.certificate_bag", certificates=2, lists=0) in result.stderr
    shown = run("certificate", "show", files / "bag.p7b").stdout
    assert shown.count("---") == 1
