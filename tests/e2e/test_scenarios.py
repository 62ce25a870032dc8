"""Every scenario of the demo, played through to what it leaves: log, permit, receipt, payload.

All scenarios: WORKSTATION_ALL_SCENARIOS=1. Without it those are left out whose end another one
reaches by the same way.
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pypdf import PdfReader

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import SET
from crypto.cms.additions import select_signed_fields
from crypto.cms.signed_data import SignedData
from crypto.gost.kinds import GostKind, facts
from crypto.log.format.entry import LogEntry
from crypto.signatures.revalidation import revalidate
from crypto.vault.payload import open_payload
from crypto.vault.payload_store import PayloadStore
from resources import LANGUAGES
from tests.support.station.operations import definition
from tests.support.vision.attempts import frames_missed
from tests.support.vision.repeated_analysis import RepeatedAnalysis
from vision.camera.simulated import SimulatedPerson, reference_photo
from vision.errors import CameraUnavailable
from vision.worker import FaceAnalysis, InlineAnalysis
from workstation.bootstrap import build, close
from workstation.ctl import program
from workstation.documents.permit import Acceptance, verify
from workstation.documents.texts import Texts
from workstation.log_export.kind import ExportKind
from workstation.log_index.query import LogQuery
from workstation.log_index.read_entry import read_row
from workstation.log_index.row import LogRow
from workstation.records.keys import (
    ENROLMENT_FOLDER,
    LOG_VKEY_NAME,
    PERMIT_KEY_NAME,
    TRUSTED_NAME,
    read_vkeys,
)
from workstation.records.pack_folder import StoredPack
from workstation.records.validation_data_archive import LISTS_FOLDER
from workstation.rules.catalogue.words import Words
from workstation.sandbox.demo import DemoWorld
from workstation.sandbox.demo_folder import AUDITOR, DEMO_SECRET
from workstation.sandbox.keystore.sample_key import SampleKey
from workstation.sandbox.people import PEOPLE, Family
from workstation.sandbox.scenarios.catalogue import SAMPLE, SCENARIOS, scenario
from workstation.sandbox.scenarios.driver import InlineDriver
from workstation.sandbox.scenarios.play import Played, play
from workstation.sandbox.scenarios.scenario import REFUSED, Scenario, Script, form_for, person
from workstation.station import commands
from workstation.station.log_view import LogExport
from workstation.verification.case import Case, case_from_form

ROOT = Path(__file__).resolve().parents[2]

SIGNATURES = {
    Family.GOST2015: facts(GostKind.GOST3410_2015_512).signature_oid,
    Family.GOST2004: facts(GostKind.GOST34310_2004).signature_oid,
    Family.RSA: oids.SHA256_WITH_RSA,
}

_REPEATED = frozenset(
    {
        "approve_registration",
        "approve_loan",
        "frozen",
        "swap",
        "helper_still",
        "cut",
        "bent_print",
        "spectacles",
        "too_far",
        "back_light",
        "blur",
        "low_rate",
        "no_face",
        "two_faces",
        "too_dark",
        "ocsp_down_fresh_crl",
        "phone_of_another",
        "loan_refused_by_customer",
        "park_and_return",
        "held",
        "revoked_in_delta_only",
        "approve_rsa",
        "approve_by_file",
        "revoked_rsa",
        "retired_gost_2004",
        "short_key",
        "old_ncalayer",
        "authority_no_match",
        "authority_other_iin",
        "authority_malformed",
        "registration_without_authority",
        "portrait_of_two",
        "portrait_too_old",
        "chip_of_a_passport",
        "passport_by_camera",
        "document_of_another_person",
        "device_bound",
        "device_of_another",
        "card_issued",
        "limit_changed",
        "payment_to_a_new_payee",
        "deposit_withdrawn",
        "deposit_for_a_stranger",
        "account_opened",
        "account_for_a_known_fraud",
        "power_given",
        "power_with_a_revoked_key",
        "cooling_off_refused",
        "cannot_blink_refused",
        "palm_without_the_face",
        "palm_back_to_the_face",
        "ocsp_replayed",
        "tsa_silent",
        "tsa_silent_required",
        "tsa_forged",
    }
)
_CHOSEN = tuple(
    each
    for each in SCENARIOS
    if os.environ.get("WORKSTATION_ALL_SCENARIOS") or each.name not in _REPEATED
)
_REFUSED = tuple(each for each in _CHOSEN if each.expected.outcome == REFUSED)
_HELD = tuple(
    each
    for each in _CHOSEN
    if each not in _REFUSED and each.script is not Script.REPLAY_THE_AUTHORITY
)
"""Those of one session."""

_ANY_NUMBER = {"foreign_number"}
"""Scenarios whose policy takes numbers that the shipped one does not."""

_ALARMS = {
    "ocsp_forged": "answer_forged",
    "ocsp_replayed": "answer_replayed",
    "tsa_replays": "token_replayed",
    "tsa_forged": "token_forged",
}
"""What the station tells the security service of."""

_SILENT = {
    "teller_is_customer": ("not_staff", "not_staff.teller"),
    "same_face_two_iin": ("one_identity", "one_identity.other_iin"),
}
"""What is approved all the same and stands in the record for a later review."""


def _photographs_missing() -> str:
    try:
        reference_photo(SimulatedPerson.ASTRONAUT)
    except CameraUnavailable as error:
        return f"the simulated customer's photographs are not installed ({error.code})"
    return ""


_MISSING = _photographs_missing()
pytestmark = [
    pytest.mark.skipif(bool(_MISSING), reason=_MISSING or "-"),
    pytest.mark.skipif(sys.platform == "win32", reason="a full disk is imitated by POSIX limits"),
]

_NO_QT = """
import atexit, sys

class NoQt:
    def find_spec(self, fullname, path, target=None):
        if fullname.split(".", 1)[0] in {"PySide6", "shiboken6"}:
            tried.append(fullname)
            raise ImportError(fullname)

tried = []
sys.meta_path.insert(0, NoQt())
atexit.register(lambda: print("tried", tried, file=sys.stderr))
from workstation.ctl import main
main()
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder above all stations: the sandbox's keys and head office are made once."""
    return tmp_path_factory.mktemp("scenarios")


@pytest.fixture(scope="module")
def analysis() -> Iterator[FaceAnalysis]:
    loaded = RepeatedAnalysis(InlineAnalysis())
    loaded.start()
    # Ten images a second, as on a slow machine.
    with frames_missed(every=3):
        yield loaded
    loaded.close()


@dataclass(frozen=True)
class Left:
    """What a played scenario left behind, read by the next start of its station."""

    scenario: Scenario
    played: Played
    folder: Path
    origin: str
    now: datetime
    entries: tuple[LogEntry, ...]
    words: Mapping[str, Words]

    def of_kind(self, kind: str) -> list[LogEntry]:
        return [entry for entry in self.entries if entry.kind == kind]

    @property
    def result(self) -> LogEntry:
        (only,) = self.of_kind("verify.result")
        return only


@pytest.fixture(scope="module", params=_HELD, ids=lambda each: each.name)
def left(request: pytest.FixtureRequest, base: Path, analysis: FaceAnalysis) -> Left:
    scenario: Scenario = request.param
    folder = base / scenario.name
    played = play_one(scenario, folder, analysis)
    services = build(folder)
    try:
        entries = tuple(services.journal.log.entries())
        origin, words = services.facts.origin, services.policy.words()
        return Left(scenario, played, folder, origin, services.now(), entries, words)
    finally:
        close(services)


def play_one(scenario: Scenario, folder: Path, analysis: FaceAnalysis) -> Played:
    # Only a child process can be killed.
    inline = None if scenario.script is Script.KILL_ANALYSIS else analysis
    # The same challenges every time: a test that fails once in fifty runs is no test. And the same
    # ones for whoever shows the camera the same, so that their faces are measured once.
    first = next(each for each in SCENARIOS if each.camera is scenario.camera)
    rng = Random(first.name)
    return play(scenario, folder, analysis=inline, language="ru", rng=rng)


def test_it_ends_as_it_must(left: Left) -> None:
    assert_as_expected(left.played)


def test_every_code_that_the_list_of_the_log_shows_has_words(left: Left) -> None:
    codes = {code for entry in left.entries for code in shown_codes(read_row(entry))}

    for language in LANGUAGES:
        texts = Texts(language, left.words)
        # The draft of one scenario's policy words them; the station built here has another.
        own = {code for code in codes if code.startswith("employer.")}
        assert sorted(code for code in codes - own if not texts.has(code)) == []


def shown_codes(row: LogRow) -> Iterator[str]:
    yield f"entry.{row.kind}"
    if row.operation:
        yield f"operation.{row.operation}"
    if row.outcome:
        yield f"outcome.{row.outcome}"
    if row.reason:
        yield row.reason
    yield from row.findings


def assert_as_expected(played: Played) -> None:
    expected = played.expected
    assert played.as_expected, (
        f"expected {expected.outcome or 'no record'} {expected.reason} {expected.message}; "
        f"ended {played.outcome or 'no record'} {played.reason} {played.fault}, "
        f"told {played.messages}, {played.results_in_log} results, permit {played.permit}, "
        f"log {'whole' if played.log_ok else played.log_reason}"
    )


@pytest.mark.parametrize("scenario", _REFUSED, ids=lambda each: each.name)
def test_a_form_that_is_refused_troubles_nobody(
    scenario: Scenario, base: Path, analysis: FaceAnalysis
) -> None:
    played = play_one(scenario, base / scenario.name, analysis)

    assert_as_expected(played)
    assert (played.results_in_log, played.permit, played.receipt) == (0, None, None)
    assert list((base / scenario.name / "permits").glob("*.jws")) == []


def test_an_answer_that_the_station_has_had_approves_nothing_again(
    base: Path, analysis: FaceAnalysis
) -> None:
    (replayed,) = (each for each in _CHOSEN if each.script is Script.REPLAY_THE_AUTHORITY)
    played = play_one(replayed, base / replayed.name, analysis)

    assert_as_expected(played)
    # The first session's, with the answer that was given for it.
    assert len(list((base / replayed.name / "permits").glob("*.jws"))) == 1


def test_a_silent_finding_stands_in_the_record_and_on_no_receipt(left: Left) -> None:
    if left.scenario.name not in _SILENT:
        pytest.skip("nothing silent is found")
    check, reason = _SILENT[left.scenario.name]
    (found,) = (each for each in left.result.data["checks"] if each["check"] == check)

    assert (found["status"], found["reason"], found["hard"]) == ("failed", reason, "silent")
    assert left.played.receipt is not None
    text = "".join(page.extract_text() for page in PdfReader(left.played.receipt).pages)
    assert Texts("ru").tr(f"check.{check}") not in text


def test_an_answer_of_whoever_is_in_the_way_is_an_alarm_in_the_log(left: Left) -> None:
    alarms = left.of_kind("security.alarm")
    begun = left.of_kind("verify.begin")[0].data["case"]

    expected = _ALARMS.get(left.scenario.name)
    assert [each.data["code"] for each in alarms] == ([expected] if expected else [])
    # An answer of OCSP names the customer's key: it lies in the sealed payload of the case.
    kept = "file" if left.scenario.name.startswith("tsa_") else begun
    assert all(each.data["kept"] == kept and each.data["sha256"] for each in alarms)


def test_it_has_exactly_one_result(left: Left) -> None:
    (begun,) = left.of_kind("verify.begin")

    assert left.result.data["case"] == begun.data["case"]
    if left.played.outcome:
        assert left.result.seq == left.played.log_index
        assert left.result.data["outcome"] == left.played.outcome
        assert left.result.data["reason"] == left.played.reason
    else:
        # What could not be written is closed by the next start.
        assert left.result.data["reason"] == "interrupted"


def _case(left: Left, salt: bytes) -> Case:
    """Return the case as its form gives it."""
    form = form_for(left.scenario, "ru")
    asked = definition(form.kind)
    if left.scenario.name in _ANY_NUMBER:
        asked = replace(asked, fields=tuple(replace(each, countries=()) for each in asked.fields))
    return case_from_form(form, asked, case_id="-", salt=salt)


def test_a_permit_exists_exactly_when_approved_and_is_earned(left: Left) -> None:
    files = list((left.folder / "permits").glob("*.jws"))
    approved = left.result.data["outcome"] == "approved"
    assert len(files) == len(left.of_kind("verify.permit")) == int(approved)
    if not approved:
        assert left.played.permit is None
        return

    key = load_pem_public_key((left.folder / ENROLMENT_FOLDER / PERMIT_KEY_NAME).read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    case = _case(left, b"-")
    claims = verify(
        files[0].read_text(),
        key,
        audience="core-banking",
        operation_sha256=case.operation.sha256(),
        # Where the policy has an approval wait, core banking comes when the wait is over, which
        # is rounded up to a whole second.
        moment=left.now + timedelta(hours=left.played.wait_hours, seconds=1),
        accept=Acceptance.DEMO_TOO,
        log_keys=read_vkeys(left.folder / ENROLMENT_FOLDER / LOG_VKEY_NAME),
    )
    assert (claims.profile, claims.environment, claims.simulated) == ("demo", "test", True)
    assert left.played.permit == files[0]
    assert claims.log_index == left.result.seq
    assert claims.session == left.result.data["case"]
    (issued,) = left.of_kind("verify.permit")
    assert issued.data["jti"] == claims.jti
    assert issued.seq > left.result.seq


def test_a_court_gets_it_as_one_pack_that_verifies(left: Left, tmp_path: Path) -> None:
    key = left.folder.parent / "head-office" / "retention.key"
    (begun,) = left.of_kind("verify.begin")
    out = tmp_path / "case.zip"
    build_it = ["courtpack", "build", str(begun.seq), "--out", str(out), "--evidence-key", str(key)]
    built = CliRunner().invoke(program, ["--json", "--data", str(left.folder), *build_it])
    assert built.exit_code == 0, built.stdout
    # A receipt is missing where nothing could be recorded; nothing else ever is.
    assert [each.split(":")[0] for each in json.loads(built.stdout)["missing"]] == (
        [] if left.played.receipt else ["receipt.pdf"]
    )

    nothing = ["courtpack", "build", "0", "--out", str(tmp_path / "none.zip")]
    refused = CliRunner().invoke(program, ["--json", "--data", str(left.folder), *nothing])
    assert json.loads(refused.stdout)["error"]["code"] == "case_not_found"

    log_key = left.folder / ENROLMENT_FOLDER / LOG_VKEY_NAME
    trusted = left.folder / ENROLMENT_FOLDER / TRUSTED_NAME
    check_it = ["courtpack", "verify", str(out), "--key", str(log_key), "--trusted", str(trusted)]
    checked = CliRunner().invoke(program, ["--json", *check_it])
    assert checked.exit_code == 0, checked.stdout
    assert json.loads(checked.stdout)["case"] == left.result.data["case"]


@pytest.mark.parametrize("left", [scenario("approve")], indirect=True, ids=["approve"])
def test_an_auditor_takes_a_case_and_the_whole_log_out_of_the_station(
    left: Left, tmp_path: Path
) -> None:
    pack, tiles = tmp_path / "case.zip", tmp_path / "log.zip"
    (begun,) = left.of_kind("verify.begin")
    services = build(left.folder)
    try:
        driver = InlineDriver(services)
        driver.do(commands.SignIn(AUDITOR, DEMO_SECRET))
        asked = LogQuery(case=str(begun.seq))
        driver.do(commands.ExportLog(ExportKind.COURT, pack, asked))
        assert driver.station.status.export == replace(
            LogExport("court", "case.zip", running=False),
            rows=driver.station.status.export.rows,
            sha256=hashlib.sha256(pack.read_bytes()).hexdigest(),
        )
        driver.do(commands.ExportLog(ExportKind.TILES, tiles))
        assert driver.station.status.export.code == ""
        driver.close()
    finally:
        close(services)
    log_key = left.folder / ENROLMENT_FOLDER / LOG_VKEY_NAME
    trusted = left.folder / ENROLMENT_FOLDER / TRUSTED_NAME
    keys = ["--key", str(log_key), "--trusted", str(trusted)]
    for verify_it in (["courtpack", "verify", str(pack)], ["log", "verify-export", str(tiles)]):
        checked = CliRunner().invoke(program, ["--json", *verify_it, *keys])
        assert checked.exit_code == 0, checked.stdout


def test_a_receipt_exists_whenever_there_is_a_record(left: Left) -> None:
    receipts = list((left.folder / "outbox").glob("*.pdf"))
    if not left.played.outcome:
        assert receipts == []
        return
    assert receipts == [left.played.receipt]
    assert len(PdfReader(receipts[0]).pages) >= 1


def open_as_head_office(left: Left) -> dict[str, Any]:
    commitment = left.result.data["pl"]
    private = (left.folder.parent / "head-office" / "retention.key").read_bytes()
    with PayloadStore(left.folder / "vault") as store:
        sealed, wrapped = store.load(commitment["pid"], "head-office")
    opened: dict[str, Any] = json.loads(
        open_payload(
            sealed,
            wrapped,
            X25519PrivateKey.from_private_bytes(private),
            origin=left.origin,
            commitment=commitment,
        )
    )
    return opened


def without_time_stamp(cms: bytes) -> bytes:
    signed = SignedData.parse(cms)
    *before, _ = (each.raw for each in signed.node.elements())
    bare = w.tlv(SET, *(w.sequence(select_signed_fields(each)) for each in signed.signers))
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, w.sequence(*before, bare)))


def test_in_ten_years_its_pack_proves_the_signature_by_the_time_stamp_alone(
    left: Left, tmp_path: Path
) -> None:
    if left.scenario.name != "approve":
        return
    payload = open_as_head_office(left)
    path = tmp_path / "payload.json"
    path.write_text(json.dumps(payload))
    stored = StoredPack(path, left.folder / LISTS_FOLDER)
    later = left.now + timedelta(days=3653)

    now = revalidate(stored.pack, stored.octets)
    assert now.same
    assert now.report.signatures[0].timestamp_ms is not None
    then = revalidate(stored.pack, stored.octets, moment=later)
    assert then.repeated == (("TOTAL_PASSED", None, "signature.passed"),)

    bare = without_time_stamp(base64.b64decode(payload["cms"]))
    name = hashlib.sha256(bare).hexdigest()
    unproven = revalidate(
        msgspec.structs.replace(stored.pack, cms=name),
        lambda digest: bare if digest == name else stored.octets(digest),
        moment=later,
    )
    assert unproven.repeated[0][0] == "INDETERMINATE"


def test_head_office_opens_the_payload_that_the_result_commits_to(left: Left) -> None:
    if not left.played.outcome:
        assert "pl" not in left.result.data
        return
    payload = open_as_head_office(left)

    salt = bytes.fromhex(payload["salt"])
    case = _case(left, salt)
    assert payload["case"] == left.result.data["case"]
    assert payload["iin"] == case.client.iin.digits
    assert case.client.iin_commitment(salt) == left.result.data["iin"]
    if left.played.outcome == "approved":
        (signer,) = SignedData.parse(base64.b64decode(payload["cms"])).signers
        family = person(left.scenario.customer).family
        assert signer.algorithm.oid == SIGNATURES[family]
        assert payload["frames"]
        statement = [e for e in left.entries if e.data.get("step") == "statement"][-1]
        digest = hashlib.sha256(payload["statement"].encode()).hexdigest()
        assert statement.data["sha256"] == digest


def test_nothing_personal_stands_in_the_log(left: Left) -> None:
    personal: set[str] = set()
    for each in PEOPLE:
        personal |= {each.iin, each.surname, each.given_name, each.patronymic}
        personal |= {each.phone[1:], each.new_phone[1:]}
    # Not everybody has a number.
    personal.discard("")
    written = b"".join(path.read_bytes() for path in (left.folder / "log").iterdir())

    assert b"verify.begin" in written
    assert [each for each in sorted(personal) if each.encode() in written] == []


def test_three_failed_attempts_are_the_end_and_each_is_in_the_log(left: Left) -> None:
    attempts = [e.data for e in left.entries if e.data.get("step") == "liveness.attempt"]
    failed = [each for each in attempts if each["verdict"] == "undecided"]
    exhausted = left.result.data["reason"] == "liveness.attempts_exhausted"

    assert (len(failed) >= 3) is exhausted
    if exhausted:
        assert [each["attempt"] for each in attempts] == [1, 2, 3]
    if left.scenario.script is Script.THREE_FAILURES:
        broken = [e for e in left.entries if e.data.get("step") == "liveness.interrupted"]
        assert len(broken) == 1
        reasons = {each["reason"] for each in failed}
        assert reasons == {"liveness.no_blink", "liveness.wrong_action"}


def test_a_revoked_published_key_is_refused(
    samples: Path, base: Path, analysis: FaceAnalysis
) -> None:
    eds = samples / "eds"
    sample = SampleKey.read(
        eds / "p12" / "gost2015_individual_sign_revoked_20260508.p12",
        [eds / "ca/test/root_test_gost_2022.cer", eds / "ca/test/nca_gost2022_test.cer"],
        [eds / "crl/gost2015_test_20260811.crl"],
    )
    moment = datetime(2026, 9, 1, 9, tzinfo=UTC)
    world = DemoWorld(keys=base / "sampled", ahead=moment - datetime.now(UTC), sample=sample)
    played = play(
        SAMPLE,
        base / "sample",
        analysis=analysis,
        language="ru",
        rng=Random("approve"),
        world=world,
    )

    assert played.as_expected, (played.outcome, played.reason, played.messages)
    assert (played.outcome, played.permit) == ("rejected", None)
    # The signature itself holds, up to the pinned root of the test authorities.
    for step in ("signature_value", "path", "key_usage", "role"):
        assert played.findings[step] == "passed"
    assert played.findings["revocation"] == "failed"


def test_the_scenarios_left_out_are_scenarios() -> None:
    assert {each.name for each in SCENARIOS} >= _REPEATED


def test_workstation_ctl_plays_the_demo_without_qt(tmp_path: Path) -> None:
    arguments = ["--json", "--data", str(tmp_path), "demo", "--scenario", "approve"]
    done = subprocess.run(
        [sys.executable, "-c", _NO_QT, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "tried []" in done.stderr
    (line,) = done.stdout.splitlines()
    shown = json.loads(line)
    assert shown["scenario"] == "approve"
    assert shown["as_expected"] is True
    assert (shown["outcome"], shown["reason"]) == ("approved", "decision.approved")
    assert (shown["fault"], shown["records"], shown["log_verified"]) == ("", 1, True)
    assert 0 <= shown["log_index"] < shown["log_size"]
    assert Path(shown["permit"]).is_file()
    assert Path(shown["receipt"]).is_file()
    assert [each["step"] for each in shown["steps"]] == [
        "sign_in",
        "prechecks",
        "consent",
        "reference",
        "liveness",
        "authority",
        "signature",
        "review",
        "confirmation",
        "log_verify",
    ]
    assert all(each["ms"] >= 0 for each in shown["steps"])
