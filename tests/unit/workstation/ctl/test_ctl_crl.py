"""`crl` and `ocsp`: lists fetched, imported and shown with their age; one certificate judged."""

import base64
import hashlib
import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

import resources
from crypto.crl_store.health import HealthCode
from resources import LANGUAGES
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    GOOD,
    NOW,
    UNKNOWN,
    OcspAnswer,
    ca_name,
    issue,
    make_crl,
    revoked_status,
    world,
)
from tests.support.station.settings import changed, demo_tables, toml_of
from tests.support.system.http_server import serving
from workstation.ctl import program
from workstation.ctl.crl_text import advise_on_list, advise_on_outcome
from workstation.documents.texts import Texts
from workstation.records.alarms import AlarmRegister
from workstation.trust.crl_coverage import CrlState

W = world()
NONCE = b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x02"
ROOT_LIST = make_crl(W.root, next_update=NOW + timedelta(days=90))


class Station:
    """A data folder with settings, trust and policy; `run` answers with click's result."""

    def __init__(self, folder, host="127.0.0.1:9"):
        self.folder = folder
        folder.mkdir()
        for name, octets in (("root", W.root.der), ("ca", W.authority.der)):
            (folder / f"{name}.cer").write_bytes(octets)
        policy = resources.path("policies", "kz-2026-07-12.toml").read_bytes()
        (folder / "policy.toml").write_bytes(policy)
        self.listen(host)

    def listen(self, host):
        tables = demo_tables()
        for place, value in (
            ("trust.anchors", [{"path": "root.cer", "sha256": W.root.parsed.sha256}]),
            ("trust.intermediates", ["ca.cer"]),
            (
                "policy.sha256",
                hashlib.sha256((self.folder / "policy.toml").read_bytes()).hexdigest(),
            ),
            ("revocation.ocsp_url", f"http://{host}/ocsp"),
            ("revocation.crl_urls", [f"http://{host}/root.crl", f"http://{host}/ca.crl"]),
        ):
            changed(tables, place, value)
        (self.folder / "workstation.toml").write_bytes(toml_of(tables))

    def empty(self, *members):
        """Leave these members of the settings to be filled in, as `init` does."""
        path = self.folder / "workstation.toml"
        text = path.read_text("utf-8")
        for each in members:
            text, made = re.subn(
                rf"^{each} = (.)(?:.|\n(?=[ \]]))*$",
                lambda found, each=each: f"{each} = " + ("[]" if found[1] == "[" else '""'),
                text,
                flags=re.MULTILINE,
            )
            assert made == 1, each
        path.write_text(text, "utf-8")

    def run(self, *arguments, moment=NOW):
        given = ["--data", self.folder, "--json", *arguments, "--moment", moment.isoformat()]
        return CliRunner().invoke(program, [str(each) for each in given])

    def read(self, language, *arguments, moment=NOW):
        given = ["--data", self.folder, "--language", language, *arguments]
        given += ["--moment", moment.isoformat()]
        return CliRunner().invoke(program, [str(each) for each in given])

    def rows(self, *arguments, moment=NOW):
        result = self.run(*arguments, moment=moment)
        return [json.loads(line) for line in result.stdout.splitlines()], result.exit_code


@pytest.fixture
def station(tmp_path):
    return Station(tmp_path / "station")


@pytest.fixture
def file(tmp_path):
    def write(name, octets):
        path = tmp_path / name
        path.write_bytes(octets)
        return path

    return write


# -- import -------------------------------------------------------------------------------------


def test_a_crl_is_imported_under_the_ca_that_issued_it(station, file):
    root, ca = (
        file("root.crl", ROOT_LIST),
        file("ca.crl", make_crl(W.authority, [(5, None)])),
    )
    rows, code = station.rows("crl", "import", root, ca)
    assert code == 0
    assert [(r["code"], r["issuer"], r["kind"], r["entries"]) for r in rows] == [
        ("stored", "ROOT TEST", "full", 0),
        ("stored", "NCA TEST", "full", 1),
    ]


def test_a_crl_in_pem_or_base64_is_imported_too(station, file):
    text = base64.encodebytes(make_crl(W.authority))
    pem = b"-----BEGIN X509 CRL-----\n" + text + b"-----END X509 CRL-----\n"
    rows, code = station.rows("crl", "import", file("a.pem", pem), file("b.txt", text))
    assert (code, [r["code"] for r in rows]) == (0, ["stored", "stored"])


def test_one_file_that_is_refused_does_not_keep_the_others_out(station, file):
    stranger = issue(ca_name("STRANGER"), "stranger", None, CA_EXTENSIONS, serial=9)
    files = [
        file("empty.crl", b""),
        file("cut.crl", ROOT_LIST[:-20]),
        file("stranger.crl", make_crl(stranger)),
        file("certificate.cer", W.person.der),
        file("good.crl", ROOT_LIST),
    ]
    rows, code = station.rows("crl", "import", *files)
    assert code == 1
    assert [r["code"] for r in rows] == [
        "wrong_file_kind",
        "list_refused",
        "list_refused",
        "wrong_file_kind",
        "stored",
    ]
    assert [r["detail"] for r in rows[1:3]] == ["malformed:truncated", "other_issuer"]
    assert "certificate" in rows[3]["detail"]


def test_what_to_do_about_a_file_is_not_what_to_do_about_an_address(station, file):
    old = make_crl(W.authority, next_update=NOW - timedelta(hours=1))
    shown = station.read("en", "crl", "import", file("old.crl", old)).stdout
    assert "out of date already" in shown
    assert "Bring a newer file" in shown
    assert shown.count("out of date") == 1


def test_the_doctor_names_the_lists_that_are_missing_beside_open_places(station):
    station.empty("audience")
    given = ["--data", str(station.folder), "--json", "doctor", "--moment", NOW.isoformat()]
    result = CliRunner().invoke(program, given)
    rows = [json.loads(each) for each in result.stdout.splitlines()]
    assert any("$.permit.audience" in each["seen"] for each in rows)
    lists = {each["what"]: each["state"] for each in rows if each["what"].startswith("revocation")}
    assert lists == {"revocation lists": "warning", "revocation list": "warning"}
    (about,) = [each for each in rows if "whether it is revoked" in each["seen"]]
    assert (about["state"], "ROOT TEST" in about["seen"]) == ("bad", True)


def test_before_anybody_is_trusted_the_first_step_is_named(station):
    path = station.folder / "workstation.toml"
    text = re.sub(
        r"(?s)^anchors = .*?\n(?=\w)", "anchors = []\n", path.read_text("utf-8"), flags=re.MULTILINE
    )
    path.write_text(text, "utf-8")
    result = station.run("crl", "status")
    assert result.exit_code == 3
    assert "trust import" in json.loads(result.stdout)["error"]["advice"]


def test_an_older_crl_is_refused_and_the_newer_one_stays(station, file):
    station.rows("crl", "import", file("new.crl", make_crl(W.authority, number=11)))
    rows, code = station.rows("crl", "import", file("old.crl", make_crl(W.authority)))
    assert (code, rows[0]["detail"]) == (1, "older_than_stored")
    lists, _ = station.rows("crl", "status")
    assert lists[0]["number"] == "11"


def test_importing_again_heals_a_damaged_store(station, file):
    path = file("root.crl", ROOT_LIST)
    station.run("crl", "import", path)
    (station.folder / "revocation.sqlite").write_bytes(b"damaged, and long enough" * 100)
    refused = station.run("crl", "status")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (
        4,
        "evidence_unusable",
    )
    assert "crl import" in json.loads(refused.stdout)["error"]["advice"]
    ca = file("ca.crl", make_crl(W.authority))
    assert station.run("crl", "import", path, ca).exit_code == 0
    assert station.run("crl", "status").exit_code == 0


# -- update and status --------------------------------------------------------------------------


def published(method, path, _body, _headers):
    del method
    return {
        "/root.crl": (200, {}, ROOT_LIST),
        "/ca.crl": (200, {}, make_crl(W.authority, [(5, None)])),
    }[path]


def test_every_configured_crl_is_fetched_and_its_address_shown(station):
    with serving(published) as host:
        station.listen(host)
        rows, code = station.rows("crl", "update")
    assert code == 0
    assert [(r["code"], r["number"], r["failures"]) for r in rows] == [("updated", "10", 0)] * 2
    shown, code = station.rows("crl", "status")
    assert code == 0
    assert [r["state"] for r in shown if "state" in r] == ["in_force", "in_force"]
    responder, *addresses = [r for r in shown if "address" in r]
    assert responder["code"] == "never"
    assert all(each["next_attempt"] > NOW.isoformat() for each in addresses)


def test_an_address_that_fails_is_named_with_its_code(station):
    replies = iter([(200, {}, b"<html>sign in</html>"), (404, {}, b"")])
    with serving(lambda *_: next(replies)) as host:
        station.listen(host)
        rows, code = station.rows("crl", "update")
    assert (code, [r["code"] for r in rows]) == (1, ["captive_portal", "not_found"])


def test_a_crl_whose_time_has_passed_cannot_be_relied_on(station, file):
    station.run("crl", "import", file("ca.crl", make_crl(W.authority)))
    rows, code = station.rows("crl", "status", moment=NOW + timedelta(hours=24))
    assert (code, rows[0]["state"]) == (1, "stale")


def test_a_crl_older_than_the_policy_allows_is_named_so(station, file):
    long_lived = make_crl(W.authority, next_update=NOW + timedelta(days=30))
    station.run("crl", "import", file("ca.crl", long_lived))
    rows, code = station.rows("crl", "status", moment=NOW + timedelta(days=2))
    assert (code, rows[0]["state"], rows[0]["age_h"], rows[0]["limit_h"]) == (1, "too_old", 49, 27)


def test_a_list_of_the_national_centre_may_be_used_for_as_long_as_it_lives(station, file):
    """It is published once a day and lives 27 hours: who carries it in daily has no gap."""
    issued = NOW - timedelta(minutes=5)
    daily = make_crl(W.authority, this_update=issued, next_update=issued + timedelta(hours=27))
    station.run("crl", "import", file("root.crl", ROOT_LIST), file("ca.crl", daily))
    last = issued + timedelta(hours=27)
    assert station.rows("crl", "status", moment=last - timedelta(minutes=1))[1] == 0
    rows, code = station.rows("crl", "status", moment=last + timedelta(minutes=1))
    ours = next(each for each in rows if each.get("issuer") == "NCA TEST")
    assert (code, ours["state"], ours["usable_until"]) == (1, "stale", last.isoformat())


def test_a_ca_without_a_crl_is_named(station):
    rows, code = station.rows("crl", "status")
    assert code == 1
    assert [(r["issuer"], r["state"]) for r in rows if "state" in r] == [
        ("ROOT TEST", "missing"),
        ("NCA TEST", "missing"),
    ]


@pytest.mark.parametrize(("base", "state"), [(10, "in_force"), (14, "no_base_list")])
def test_a_delta_that_amends_no_crl_at_hand_is_named_and_does_no_harm(station, file, base, state):
    delta = make_crl(W.authority, [(5, None)], number=15, base=base)
    paths = [file("root.crl", ROOT_LIST), file("ca.crl", make_crl(W.authority))]
    station.run("crl", "import", *paths, file("delta.crl", delta))
    rows, code = station.rows("crl", "status")
    assert code == 0
    assert [(r["base"], r["state"]) for r in rows if r.get("kind") == "delta"] == [
        (str(base), state)
    ]


def test_the_doctor_counts_the_crls_and_reads_them_again(station, file):
    station.run("crl", "import", file("root.crl", ROOT_LIST))

    def line():
        result = CliRunner().invoke(program, ["--data", str(station.folder), "--json", "doctor"])
        rows = [json.loads(each) for each in result.stdout.splitlines()]
        return next(r for r in rows if r["what"] == "revocation lists")

    assert line()["state"] == "good"
    (segment,) = (station.folder / "revocation-lists").glob("*.list")
    segment.write_bytes(segment.read_bytes()[:-1])
    assert (line()["state"], line()["seen"].split()[0]) == ("bad", "evidence_unusable")


def test_a_station_that_is_not_complete_yet_keeps_its_lists(station, file):
    station.empty("antifraud_url", "audience")
    paths = [file("root.crl", ROOT_LIST), file("ca.crl", make_crl(W.authority))]
    *stored, places = station.rows("crl", "import", *paths)[0]
    assert [each["code"] for each in stored] == ["stored", "stored"]
    assert places["type"] == "settings"
    assert [each.split(":")[0] for each in places["open"]] == [
        "$.registries.antifraud_url",
        "$.permit.audience",
    ]
    rows, code = station.rows("crl", "status")
    assert (code, rows[-1]["type"]) == (0, "settings")


def test_every_place_that_the_lists_need_is_named_at_once(station):
    station.empty("ocsp_url", "crl_urls", "audience")
    result = station.run("crl", "status")
    places = json.loads(result.stdout)["error"]["places"]
    assert [each.split(":")[0] for each in places] == [
        "$.revocation.ocsp_url",
        "$.revocation.crl_urls",
    ]
    shown = station.read("en", "crl", "status")
    assert all(each in shown.stderr for each in places)


RAW = re.compile(r"\b(?:[a-z]+_[a-z_]+|[a-z]+error|[A-Z]\w+Error|None|True|False)\b")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_words_and_what_to_do_next(language):
    texts = Texts(language)
    for code in (*HealthCode, "stored", "not_needed", "wrong_file_kind", "nothing_found"):
        assert texts.has(f"crl_outcome.{code}"), code
        done = code in {"updated", "unchanged", "answered", "stored", "not_needed"}
        assert bool(advise_on_outcome(texts, code, "")) is not done, code
    for state in CrlState:
        assert texts.has(f"crl_state.{state.value}")
        told = advise_on_list(texts, state)
        assert bool(told) is (state not in {CrlState.IN_FORCE, CrlState.MISSING}), state


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_read_has_no_raw_word_and_fits_a_hundred_columns(station, file, language):
    paths = [file("ca.crl", make_crl(W.authority)), file("cut.crl", ROOT_LIST[:-20])]
    stranger = issue(ca_name("STRANGER"), "stranger", None, CA_EXTENSIONS, serial=9)
    paths += [file("stranger.crl", make_crl(stranger)), file("none.crl", b"")]
    shown = station.read(language, "crl", "import", *paths).stdout
    shown += station.read(language, "crl", "update").stdout
    shown += station.read(language, "crl", "status").stdout
    plain = re.sub(r"`[^`]*`|http\S+|crl_urls", "", shown)
    assert RAW.findall(plain) == []
    assert max(map(len, shown.splitlines())) <= 100


def test_what_to_do_about_several_addresses_is_said_once(station):
    shown = station.read("en", "crl", "update").stdout
    assert shown.count("no connection") == 2
    assert shown.count("network's administrator") == 1


# -- ocsp ---------------------------------------------------------------------------------------


@pytest.fixture
def person(file):
    return file("person.cer", W.person.der)


def responder(status, *, nonce=True):
    def reply(_method, _path, body, _headers):
        at = body.index(NONCE) + 15
        asked = body[at : at + 16] if nonce else None
        return 200, {}, OcspAnswer([(W.identifier(), status)], nonce=asked).encode(W.responder)

    return reply


@pytest.mark.parametrize(
    ("reply", "status", "reason", "code"),
    [
        (responder(GOOD), "good", "good", 0),
        (responder(revoked_status()), "revoked", "revoked", 1),
        (responder(UNKNOWN), "not_established", "certificate_unknown", 1),
        (responder(GOOD, nonce=False), "not_established", "nonce_missing", 1),
        (lambda *_: (200, {}, bytes.fromhex("30030a0103")), "not_established", "ocsp_try_later", 1),
        (lambda *_: (200, {}, b"<html>"), "not_established", "ocsp_unreadable", 1),
    ],
)
def test_the_responder_is_asked_with_a_nonce(station, person, reply, status, reason, code):
    with serving(reply) as host:
        station.listen(host)
        (shown,), exit_code = station.rows("ocsp", "check", person)
    assert (shown["status"], shown["reason"], exit_code) == (status, reason, code)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "reply",
    [
        responder(GOOD),
        responder(revoked_status()),
        responder(UNKNOWN),
        responder(GOOD, nonce=False),
        *(lambda *_, n=n: (200, {}, bytes.fromhex(f"30030a010{n}")) for n in (1, 2, 3, 5, 6, 9)),
        lambda *_: (200, {}, b"<html>"),
        lambda *_: (503, {}, b""),
    ],
)
def test_every_status_has_words_and_what_to_do_next(station, person, reply, language):
    with serving(reply) as host:
        station.listen(host)
        shown = station.read(language, "ocsp", "check", person).stdout
    texts = Texts(language)
    assert f"{texts.tr('ocsp_label.next')}: " in shown
    plain = re.sub(r"`[^`]*`|http\S+|ocsp_url|[0-9a-f]{64}", "", shown)
    assert RAW.findall(plain) == []
    assert max(map(len, shown.splitlines())) <= 100


def test_a_forged_answer_is_told_from_weather(station, person):
    with serving(responder(GOOD, nonce=False)) as host:
        station.listen(host)
        assert "tell security" in station.read("en", "ocsp", "check", person).stdout
    shown = " ".join(station.read("en", "ocsp", "check", person).stdout.split())
    assert "security" not in shown
    assert "no connection: the connection was refused" in shown


@pytest.mark.parametrize(("options", "left"), [((), 1), (("--response", "ANSWER"), 0)])
def test_an_answer_that_is_not_the_authoritys_is_left_to_the_station(
    station, person, file, options, left
):
    """A stored answer is whoever brought it's to explain."""
    answers = []

    def keep(*request):
        answers.append(responder(GOOD, nonce=False)(*request))
        return answers[-1]

    with serving(keep) as host:
        station.listen(host)
        station.run("ocsp", "check", person)
    for each in (station.folder / "alarms").iterdir():
        each.unlink()
    stored = file("answer.der", answers[0][2])
    with serving(keep) as host:
        station.listen(host)
        named = [stored if each == "ANSWER" else each for each in options]
        (shown,), code = station.rows("ocsp", "check", person, *named)
    assert code == (1 if left else 0)
    assert shown["alarm"] == ("answer_replayed" if left else None)
    found = AlarmRegister(station.folder)
    found.collect()
    assert [each.code for each in found.defer()] == ["answer_replayed"] * left


def test_a_forged_list_is_said_and_left_to_the_station(station, file):
    forged = bytearray(make_crl(W.authority))
    forged[-1] ^= 1
    said = station.read("ru", "crl", "import", file("forged.crl", bytes(forged)))
    found = AlarmRegister(station.folder)
    found.collect()
    (alarm,) = found.defer()
    assert (alarm.code, alarm.source) == ("list_forged", "file")
    assert (station.folder / "alarms" / f"{alarm.sha256}.bin").read_bytes() == bytes(forged)
    assert "Вызовите службу безопасности" in " ".join(said.stderr.split()).replace(
        "вызовите", "Вызовите"
    )


def test_how_the_responder_is_doing_is_remembered(station, person):
    with serving(lambda *_: (200, {}, bytes.fromhex("30030a0103"))) as host:
        station.listen(host)
        station.run("ocsp", "check", person)
        rows, _ = station.rows("crl", "status")
    assert next(r["code"] for r in rows if "address" in r) == "try_later"


def test_a_stored_answer_is_judged_without_a_station(file, person):
    answer = file("answer.ors", W.good(None))
    ca = file("ca.cer", W.authority.der)
    given = ["--json", "ocsp", "check", person, "--issuer", ca, "--response", answer]
    result = CliRunner().invoke(program, [*map(str, given), "--moment", NOW.isoformat()])
    assert (result.exit_code, json.loads(result.stdout)["status"]) == (0, "good")


def test_a_ca_that_did_not_issue_the_certificate_is_refused(file, person):
    other = issue(ca_name("NCA TEST"), "false-authority", None, CA_EXTENSIONS, serial=2)
    given = ["--json", "ocsp", "check", person, "--issuer", file("ca.cer", other.der)]
    result = CliRunner().invoke(program, [*map(str, given)])
    assert result.exit_code == 3
    assert "signature_wrong" in json.loads(result.stdout)["error"]["detail"]


@pytest.mark.parametrize("octets", [ROOT_LIST, W.person.der, b"", b"%PDF-1.7"])
def test_a_file_that_is_no_answer_is_named(file, person, octets):
    given = ["--json", "ocsp", "check", person, "--issuer", file("ca.cer", W.authority.der)]
    given += ["--response", file("answer", octets)]
    result = CliRunner().invoke(program, [*map(str, given)])
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["code"] == "wrong_file_kind"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_certificate_given_as_a_list_is_said_to_be_no_list(station, file, language):
    from workstation.documents.texts import Texts

    texts = Texts(language)
    given = ["--data", station.folder, "--language", language, "crl", "import"]
    result = CliRunner().invoke(program, [*map(str, given), str(file("ca.cer", W.authority.der))])
    shown = result.stdout + result.stderr
    assert texts.tr("not_a.crl") in shown
    assert texts.tr("not_a.signature") not in shown
