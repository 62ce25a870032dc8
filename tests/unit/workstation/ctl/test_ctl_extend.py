"""`signature extend`, as an auditor uses it: from a file over a service to a new file."""

import base64
import json
import tomllib
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from crypto.asn1 import oids
from crypto.cms.signed_data import SignedData
from tests.support.pki.certificates import CONTENT, GOOD, NOW, OcspAnswer, make_crl, world
from tests.support.pki.time_stamping import respond
from tests.support.station.settings import toml_of
from tests.unit.workstation.ctl.test_ctl_crl import Station as CrlStation
from workstation.ctl import program
from workstation.records.alarms import AlarmRegister
from workstation.sandbox.loopback import HttpAnswer, LoopbackServer

W = world()
REPLY = "application/timestamp-reply"


def run(*arguments):
    return CliRunner().invoke(program, [str(each) for each in arguments])


@contextmanager
def serving(answer):
    def reply(question):
        return HttpAnswer(200, REPLY, answer(question.body))

    server = LoopbackServer(reply, "test-tsa")
    server.start()
    try:
        yield server.url
    finally:
        server.close()


@pytest.fixture
def service():
    with serving(respond) as url:
        yield url


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("workstation.ctl.extend.now", lambda: NOW)


@pytest.fixture
def files(tmp_path):
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.cer").write_bytes(W.root.der)
    (trust / "ca.cer").write_bytes(W.authority.der)
    (tmp_path / "s.cms").write_bytes(W.cms(detached=True))
    (tmp_path / "content.txt").write_bytes(CONTENT)
    (tmp_path / "root.crl").write_bytes(W.root_crl().raw)
    (tmp_path / "ca.crl").write_bytes(make_crl(W.authority))
    (tmp_path / "revoked.crl").write_bytes(make_crl(W.authority, [(W.person.parsed.serial, None)]))
    answer = OcspAnswer([(W.identifier(), GOOD)])
    (tmp_path / "good.ocsp").write_bytes(answer.encode(W.responder))
    return tmp_path


def common(files, *lists):
    given = [each for name in lists for each in ("--crl", files / name)]
    return ["--trust", files / "trust", "--environment", "test", *given]


def extend(files, service, level, *extra, lists=("root.crl", "ca.crl"), language="en", json_=True):
    options = ["--to", level, "--out", files / "out.cms", "--tsp", service, *extra]
    content = ["--content", files / "content.txt"]
    head = ["--language", language, *(["--json"] if json_ else [])]
    return run(
        *head, "signature", "extend", files / "s.cms", *options, *content, *common(files, *lists)
    )


def attributes(files):
    signed = SignedData.parse((files / "out.cms").read_bytes())
    return [each.oid for each in signed.signers[0].unsigned]


def test_a_signature_file_is_extended_and_verifies(files, service):
    result = extend(files, service, "lta", "--ocsp", files / "good.ocsp")
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert (shown["level"], shown["indication"]) == ("lta", "TOTAL_PASSED")
    assert shown["renew_before"] == W.stamper.parsed.not_after.isoformat()
    assert attributes(files) == [oids.SIGNATURE_TIME_STAMP, oids.ARCHIVE_TIME_STAMP_V3]
    verified = run(
        *("--json", "signature", "verify", files / "out.cms"),
        *("--content", files / "content.txt", "--moment", NOW.isoformat()),
        *common(files, "root.crl", "ca.crl"),
    )
    assert verified.exit_code == 0, verified.output
    (signature,) = json.loads(verified.stdout)["signatures"]
    (step,) = [each for each in signature["findings"] if each["code"] == "archive_timestamp"]
    assert step["status"] == "passed"


def test_each_step_can_be_taken_by_itself(files, service):
    for level, last in (("t", oids.SIGNATURE_TIME_STAMP), ("lta", oids.ARCHIVE_TIME_STAMP_V3)):
        assert extend(files, service, level).exit_code == 0
        assert attributes(files)[-1] == last
        (files / "out.cms").replace(files / "s.cms")


def test_a_line_end_behind_the_signature_is_not_carried_on(files, service):
    signed = (files / "s.cms").read_bytes()
    (files / "s.cms").write_bytes(signed + b"\r\n")
    assert extend(files, service, "t").exit_code == 0
    assert attributes(files) == [oids.SIGNATURE_TIME_STAMP]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_what_does_not_validate_is_not_stamped_and_why_is_shown(files, service, language):
    lists = ("root.crl", "revoked.crl")
    result = extend(files, service, "t", lists=lists, language=language, json_=False)
    assert result.exit_code == 1
    assert "TOTAL_FAILED" in result.output
    assert "signature_extension_refused: not_passed:1" in result.output
    assert not (files / "out.cms").exists()


def test_a_file_that_is_there_is_not_overwritten(files, service):
    (files / "out.cms").write_bytes(b"kept")
    assert extend(files, service, "t").exit_code != 0
    assert (files / "out.cms").read_bytes() == b"kept"


def test_another_services_answer_is_refused_by_what_it_is(files):
    with serving(lambda query: respond(query, imprint=b"x" * 32)) as url:
        result = extend(files, url, "t")
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["detail"]) == ("timestamp_failed", "imprint_differs")
    assert error["advice"]


def test_without_a_service_it_says_what_to_give(files):
    arguments = ["--to", "t", "--out", files / "out.cms", *common(files, "root.crl")]
    result = run("--json", "signature", "extend", files / "s.cms", *arguments)
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (3, "usage")


def test_lists_about_the_authority_are_needed(files, service):
    (files / "s.cms").write_bytes(W.cms(detached=True))
    given = ("--ocsp", files / "good.ocsp")
    result = extend(files, service, "t", *given, lists=("root.crl",))
    assert json.loads(result.stdout)["error"]["detail"].startswith("no_list")


def as_payload(pack):
    """Return the pack as the opened payload of a session holds it."""
    blobs = [base64.b64encode(each.read_bytes()).decode() for each in (pack / "blobs").iterdir()]
    manifest = json.loads((pack / "manifest.json").read_bytes())
    return json.dumps({"evidence": {"manifest": manifest, "blobs": blobs, "lists_unkept": []}})


@pytest.mark.parametrize("form", ["pack", "opened.json"])
def test_what_was_kept_is_extended_with_what_was_signed(files, service, form):
    kept = ("--keep", files / "pack", "--moment", NOW.isoformat())
    content = ("--content", files / "content.txt")
    lists = common(files, "root.crl", "ca.crl")
    assert run("signature", "verify", files / "s.cms", *content, *lists, *kept).exit_code == 0
    (files / "opened.json").write_text(as_payload(files / "pack"), "utf-8")
    options = ["--to", "lta", "--out", files / "out.cms", "--tsp", service]
    result = run("signature", "extend", files / form, *options, *lists)
    assert result.exit_code == 0, result.output
    assert attributes(files) == [oids.SIGNATURE_TIME_STAMP, oids.ARCHIVE_TIME_STAMP_V3]


@pytest.fixture
def station(tmp_path, files):
    station = CrlStation(tmp_path / "station")
    rows, code = station.rows("crl", "import", files / "root.crl", files / "ca.crl")
    assert code == 0, rows
    return station


def stamp_at(station, url):
    tables = tomllib.loads((station.folder / "workstation.toml").read_text("utf-8"))
    for role in ("signer_issuers", "timestamp_issuers"):
        tables["trust"][role] = [W.authority.parsed.sha256]
    tables["timestamps"] = {"url": url, "digest": "sha256", "timeout_s": 3}
    (station.folder / "workstation.toml").write_bytes(toml_of(tables))


def at_station(station, files, *extra):
    options = ["--to", "lta", "--out", files / "out.cms", "--content", files / "content.txt"]
    head = ["--data", station.folder, "--json"]
    return run(*head, "signature", "extend", files / "s.cms", *options, *extra)


def test_at_a_station_its_own_trust_lists_and_service_are_used(station, files, service):
    stamp_at(station, service)
    result = at_station(station, files)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["indication"] == "TOTAL_PASSED"
    lists = SignedData.parse((files / "out.cms").read_bytes()).lists
    assert {each.raw for each in lists} == {
        (files / name).read_bytes() for name in ("root.crl", "ca.crl")
    }


def test_a_station_without_lists_stamps_nothing(tmp_path, files, service):
    result = at_station(CrlStation(tmp_path / "station"), files, "--tsp", service)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["detail"] == "not_passed:1"


def test_another_answer_at_the_stations_own_service_is_an_alarm(station, files):
    with serving(lambda query: respond(query, imprint=b"x" * 32)) as url:
        stamp_at(station, url)
        result = at_station(station, files)
    assert json.loads(result.stdout)["error"]["detail"] == "imprint_differs"
    found = AlarmRegister(station.folder)
    found.collect()
    assert "token_misdirected" in [each.code for each in found.defer()]
