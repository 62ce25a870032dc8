"""`trust list` and `trust import` on a real station folder."""

import json
import re
import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from crypto.path.known_authorities import AuthorityCatalogue, AuthorityRole
from crypto.report.policy import Environment
from resources import LANGUAGES
from tests.support.pki.certificates import CA_EXTENSIONS, ca_name, issue, make_crl, world
from tests.support.station.command_line import CommandLine
from tests.support.station.settings import changed, demo_tables, toml_of
from tests.unit.crypto.path.test_trust_import import known
from workstation.ctl.doctor_trust import check_issuers, check_trust_validity
from workstation.errors import SettingsRefused
from workstation.settings.settings import AnchorTable, load_settings
from workstation.settings.trust import read_trust, replace_trust

W = world()


def know(monkeypatch, catalogue):
    """Let both who imports and who shows go by this catalogue."""
    for room in ("ctl.trust", "first_start.authorities"):
        monkeypatch.setattr(f"workstation.{room}.known_authorities", lambda: catalogue)


@pytest.fixture
def station(tmp_path, monkeypatch):
    made = CommandLine(tmp_path, monkeypatch)
    assert made.init().exit_code == 0
    return made


@pytest.fixture
def nuc(monkeypatch):
    """The catalogue knows the root and the authority of the test world."""
    catalogue = AuthorityCatalogue(
        (known(W.root, AuthorityRole.ROOT), known(W.authority, AuthorityRole.ISSUING)), (), ("x",)
    )
    know(monkeypatch, catalogue)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "root.cer").write_bytes(W.root.der)
    (tmp_path / "ca.cer").write_bytes(W.authority.der + b"\r\n")
    return [str(tmp_path / "root.cer"), str(tmp_path / "ca.cer")]


def settings(station):
    return tomllib.loads((station.data / "workstation.toml").read_text("utf-8"))


def listed(station, *options):
    """Return the certificates that `trust list` shows a program."""
    lines = station.run("--json", "trust", "list", *options).stdout.splitlines()
    rows = [json.loads(each) for each in lines]
    return [each for each in rows if each["type"] == "certificate"]


def last_entry(station):
    rows = station.run("--json", "log", "show").stdout.splitlines()
    return station.json("log", "show", "--seq", str(json.loads(rows[-1])["seq"]))


def test_an_import_is_in_the_settings_and_in_the_signed_log(station, nuc, files):
    before = settings(station)
    done = station.json("trust", "import", *files)
    after = settings(station)
    assert sorted(done["added"]) == sorted([W.root.parsed.sha256, W.authority.parsed.sha256])
    assert [each["sha256"] for each in after["trust"]["anchors"]] == [W.root.parsed.sha256]
    (intermediate,) = after["trust"]["intermediates"]
    assert (station.data / intermediate).read_bytes() == W.authority.der
    assert {k: v for k, v in after.items() if k != "trust"} == {
        k: v for k, v in before.items() if k != "trust"
    }
    entry = last_entry(station)
    assert entry["kind"] == "trust.import"
    assert entry["seq"] == done["log_entry"]
    assert entry["data"]["anchors"] == [W.root.parsed.sha256]
    assert entry["data"]["settings_after"] == done["settings_sha256"]
    assert station.run("log", "verify").exit_code == 0


def test_comments_and_other_places_of_the_settings_stay(station, nuc, files):
    text = (station.data / "workstation.toml").read_text("utf-8")
    station.run("trust", "import", *files)
    kept = (station.data / "workstation.toml").read_text("utf-8")
    wanted = [line for line in text.splitlines() if "#" in line]
    assert [line for line in kept.splitlines() if "#" in line] == wanted


def test_importing_again_changes_nothing(station, nuc, files):
    station.run("trust", "import", *files)
    before = (station.data / "workstation.toml").read_bytes()
    again = station.json("trust", "import", *files)
    assert (again["added"], again["already_trusted"], again["log_entry"]) == ([], 2, None)
    assert (station.data / "workstation.toml").read_bytes() == before


def test_a_refused_import_writes_nothing(station, nuc, files, tmp_path):
    own = issue(ca_name("OWN"), "own_root", None, CA_EXTENSIONS, serial=9)
    (tmp_path / "own.cer").write_bytes(own.der)
    before = {p: p.read_bytes() for p in station.data.rglob("*") if p.is_file()}
    result = station.run("trust", "import", *files, str(tmp_path / "own.cer"))
    assert result.exit_code == 3
    assert "fingerprint_unknown" in result.stderr
    assert {p: p.read_bytes() for p in station.data.rglob("*") if p.is_file()} == before


def test_a_banks_own_root_is_imported_by_its_typed_fingerprint(station, tmp_path):
    own = issue(ca_name("OWN"), "own_root", None, CA_EXTENSIONS, serial=9)
    (tmp_path / "own.cer").write_bytes(own.der)
    done = station.json(
        "trust", "import", str(tmp_path / "own.cer"), "--fingerprint", own.parsed.sha256.upper()
    )
    assert done["added"] == [own.parsed.sha256]
    assert last_entry(station)["data"]["typed"] == [own.parsed.sha256]


def test_a_production_station_refuses_a_test_root(tmp_path, monkeypatch, nuc, files):
    made = CommandLine(tmp_path, monkeypatch)
    made.init(profile="production")
    result = made.run("trust", "import", files[0], "--fingerprint", W.root.parsed.sha256)
    assert result.exit_code == 3
    assert "of_the_other_environment" in result.stderr


@pytest.mark.parametrize(
    ("language", "word"), [("kk", "қолтаңба"), ("ru", "подпис"), ("en", "signature")]
)
def test_a_wrong_kind_of_file_is_named_in_the_language_asked_for(station, tmp_path, language, word):
    (tmp_path / "a.cer").write_bytes(W.cms())
    result = station.run("--language", language, "trust", "import", str(tmp_path / "a.cer"))
    assert result.exit_code == 3
    assert "wrong_file_kind" in result.stderr
    assert word in result.stderr.lower() or "cms" in result.stderr.lower()
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_revocation_list_is_no_certificate(station, tmp_path):
    (tmp_path / "a.cer").write_bytes(make_crl(W.root))
    result = station.run("trust", "import", str(tmp_path / "a.cer"))
    assert "CRL" in result.stderr


def test_the_list_shows_what_is_configured_and_when_it_ends(station, nuc, files):
    station.run("trust", "import", *files)
    rows = listed(station, "--moment", "2026-12-01T00:00:00Z")
    assert [(each["role"], each["state"], each["environment"]) for each in rows] == [
        ("root", "expires_soon", "test"),
        ("issuing", "expires_soon", "test"),
    ]
    late = station.run("trust", "list", "--moment", "2030-01-01T00:00:00Z").stdout
    assert late.count("expired") == 2
    assert "Import the one that follows" in late


def test_roots_of_time_stamps_are_listed_and_may_be_of_the_other_world(
    station, nuc, files, monkeypatch
):
    station.run("trust", "import", *files)
    (station.data / "tsa.cer").write_bytes(W.root.der)
    path = station.data / "workstation.toml"
    pin = f'[{{ path = "tsa.cer", sha256 = "{W.root.parsed.sha256}" }}]'
    text = path.read_text("utf-8").replace("[trust]", f"[trust]\ntimestamp_anchors = {pin}", 1)
    path.write_text(text, "utf-8")
    other = AuthorityCatalogue((known(W.root, AuthorityRole.ROOT, Environment.PROD),), (), ("x",))
    know(monkeypatch, other)
    rows = listed(station)
    states = {each["role"]: each["state"] for each in rows}
    assert states["root"] == "of_the_other_environment"
    assert states["timestamp_root"] != "of_the_other_environment"


def test_roots_of_time_stamps_are_imported_for_time_stamps_alone(station, nuc, files):
    done = station.json("trust", "import", "--timestamp", *files)
    trust = settings(station)["trust"]
    assert [each["sha256"] for each in trust["timestamp_anchors"]] == [W.root.parsed.sha256]
    assert len(trust["timestamp_intermediates"]) == 1
    assert (trust["anchors"], trust["intermediates"]) == ([], [])
    entry = last_entry(station)
    assert (entry["kind"], entry["seq"]) == ("trust.import", done["log_entry"])
    assert entry["data"]["timestamp_anchors"] == [W.root.parsed.sha256]
    # The same certificates may serve signers too, by an import of their own.
    assert len(station.json("trust", "import", *files)["added"]) == 2
    assert [each["role"] for each in listed(station)] == [
        *("root", "issuing", "timestamp_root", "timestamp_issuing")
    ]


def test_that_stamps_are_judged_by_their_own_roots_from_now_on_is_said(station, nuc, files):
    said = station.run("trust", "import", "--timestamp", files[0]).stderr
    assert "no longer by those of the signers" in " ".join(said.split())
    again = station.run("trust", "import", "--timestamp", files[1]).stderr
    assert "from now on" not in again.lower()


def test_a_test_station_may_believe_the_production_authoritys_stamps(
    station, nuc, files, monkeypatch
):
    other = AuthorityCatalogue((known(W.root, AuthorityRole.ROOT, Environment.PROD),), (), ("x",))
    know(monkeypatch, other)
    assert station.run("trust", "import", files[0]).exit_code == 3
    assert station.run("trust", "import", "--timestamp", files[0]).exit_code == 0


def test_a_production_station_believes_no_stamps_of_the_test_world(
    tmp_path, monkeypatch, nuc, files
):
    made = CommandLine(tmp_path, monkeypatch)
    made.init(profile="production")
    result = made.run("trust", "import", "--timestamp", files[0])
    assert result.exit_code == 3
    assert "of_the_other_environment" in result.stderr


def test_a_root_that_has_expired_is_said_at_import(station, tmp_path):
    ended = datetime(2026, 1, 1, tzinfo=UTC)
    old = issue(
        ca_name("OLD"),
        "old_root",
        None,
        CA_EXTENSIONS,
        serial=9,
        not_before=ended - timedelta(days=900),
        not_after=ended,
    )
    (tmp_path / "old.cer").write_bytes(old.der)
    given = ["trust", "import", str(tmp_path / "old.cer"), "--fingerprint", old.parsed.sha256]
    assert "OLD: expired (2026-01-01)" in station.run(*given).stderr
    assert station.json(*given)["expired"] == [old.parsed.sha256]


def test_the_doctor_says_what_of_the_trust_has_ended(tmp_path):
    (tmp_path / "root.cer").write_bytes(W.root.der)
    (tmp_path / "ca.cer").write_bytes(W.authority.der)
    tables = demo_tables()
    pin = {"path": "root.cer", "sha256": W.root.parsed.sha256}
    changed(tables, "trust", {"environment": "test", "anchors": [pin], "intermediates": ["ca.cer"]})
    (tmp_path / "workstation.toml").write_bytes(toml_of(tables))
    loaded = load_settings(tmp_path)
    late = W.root.parsed.not_after + timedelta(days=1)
    rows = list(check_trust_validity(loaded, late))
    assert [state for _, state, _ in rows] == ["bad", "warning", "warning"]
    soon = W.root.parsed.not_after - timedelta(days=30)
    assert [state for _, state, _ in check_trust_validity(loaded, soon)] == ["warning"] * 2
    assert list(check_trust_validity(loaded, W.root.parsed.not_after - timedelta(days=90))) == []


@pytest.mark.parametrize(
    ("named", "states"), [([], ["bad", "warning"]), ([W.root], ["warning"]), ([W.authority], [])]
)
def test_the_doctor_says_whose_keys_do_not_count(tmp_path, named, states):
    (tmp_path / "root.cer").write_bytes(W.root.der)
    (tmp_path / "ca.cer").write_bytes(W.authority.der)
    trust = {
        "environment": "test",
        "anchors": [{"path": "root.cer", "sha256": W.root.parsed.sha256}],
        "intermediates": ["ca.cer"],
        "signer_issuers": [each.parsed.sha256 for each in named],
    }
    (tmp_path / "workstation.toml").write_bytes(toml_of(changed(demo_tables(), "trust", trust)))
    rows = list(check_issuers(load_settings(tmp_path)))
    assert [state for _, state, _ in rows] == states
    assert all("--issues signers" in seen for _, _, seen in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_has_no_raw_word_and_fits_a_hundred_columns(station, nuc, files, language):
    station.run("trust", "import", *files)
    station.run("trust", "import", "--timestamp", *files)
    for moment in ("2026-12-01T00:00:00Z", "2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z"):
        shown = station.run("--language", language, "trust", "list", "--moment", moment)
        known = station.run("--language", language, "trust", "list", "--known", "--moment", moment)
        for text in (shown.output, known.output):
            assert max(map(len, text.splitlines())) <= 100
            assert "_of_" not in text
            assert not re.search(r"\b(expires_soon|not_yet_valid|timestamp_root)\b", text)


def test_a_certificate_of_the_other_world_shows_in_the_list(station, nuc, files, monkeypatch):
    station.run("trust", "import", *files)
    other = AuthorityCatalogue((known(W.root, AuthorityRole.ROOT, Environment.PROD),), (), ("x",))
    know(monkeypatch, other)
    assert {each["state"] for each in listed(station)} >= {"of_the_other_environment"}
    assert "of the other world" in station.run("trust", "list").stdout


def test_a_changed_or_missing_anchor_file_shows_in_the_list(station, nuc, files):
    station.run("trust", "import", *files)
    (anchor,) = settings(station)["trust"]["anchors"]
    (station.data / anchor["path"]).write_bytes(W.authority.der)
    assert listed(station)[0]["state"] == "not_what_was_pinned"
    assert "the file was exchanged" in station.run("trust", "list").stdout
    (station.data / anchor["path"]).unlink()
    assert listed(station)[0]["state"] == "unusable:settings_refused"
    assert "cannot be read" in station.run("trust", "list").stdout


def test_the_catalogue_is_shown_without_a_station(station):
    rows = station.run("--json", "trust", "list", "--known", data=False).stdout.splitlines()
    *found, summary = [json.loads(each) for each in rows]
    assert summary["type"] == "summary"
    assert summary["accredited"]
    assert summary["confirm_at"]
    assert {each["environment"] for each in found} == {each.value for each in Environment}
    assert any(each["policy"] == "not_accepted" for each in found)


def test_settings_in_a_form_that_cannot_be_replaced_safely_are_left_alone(station):
    path = station.data / "workstation.toml"
    text = (
        path.read_text("utf-8")
        .replace("\nanchors = []\n", "\n")
        .replace(
            "[revocation]",
            f'[[trust.anchors]]\npath = "a.cer"\nsha256 = "{"ab" * 32}"\n\n[revocation]',
        )
    )
    path.write_text(text, "utf-8")
    stated = read_trust(station.data)
    with pytest.raises(SettingsRefused):
        replace_trust(stated.text, [*stated.anchors, AnchorTable("b.cer", "cd" * 32)], [])


def test_arrays_over_many_lines_are_replaced_whole():
    text = '[trust]\nenvironment = "test"\nanchors = [ # one "]"\n  { path = "a]", sha256 = "' + (
        "ab" * 32 + '" },\n]\nintermediates = [\n "x",\n]\n# end\n[log]\na = 1\n'
    )
    after = tomllib.loads(replace_trust(text, [AnchorTable("b.cer", "cd" * 32)], ["y", "z"]))
    assert after["trust"]["intermediates"] == ["y", "z"]
    assert after["trust"]["anchors"] == [{"path": "b.cer", "sha256": "cd" * 32}]
    assert after["log"] == {"a": 1}


WORDS = st.text("abc[]={}#\"'\\\n ,.é", max_size=40)


@hypothesis_settings(max_examples=150, deadline=None)
@given(WORDS, WORDS, WORDS)
def test_a_foreign_settings_file_changes_in_its_trust_only_or_not_at_all(before, between, after):
    text = (
        f'{before}\n[trust]\nenvironment = "test"\n{between}\nanchors = []\n'
        f"intermediates = []\n{after}\n"
    )
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    anchor = AnchorTable("b.cer", "cd" * 32)
    try:
        changed = tomllib.loads(replace_trust(text, [anchor], ["y"]))
    except SettingsRefused:
        return
    assert changed["trust"].pop("anchors") == [{"path": "b.cer", "sha256": "cd" * 32}]
    assert changed["trust"].pop("intermediates") == ["y"]
    stated["trust"].pop("anchors")
    stated["trust"].pop("intermediates")
    assert changed == stated


# What an authority may issue


def typed(files):
    given = ["trust", "import", *files]
    return given + [
        each for holder in (W.root, W.authority) for each in ("--fingerprint", holder.parsed.sha256)
    ]


def test_a_banks_own_authority_issues_what_the_import_says_and_nothing_without_it(station, files):
    station.json(*typed(files))
    assert "signer_issuers" not in settings(station)["trust"]
    (shown,) = [each for each in listed(station) if each["role"] == "issuing"]
    assert shown["issues"] == ""

    # The same files again: nothing is new but what they may issue.
    done = station.json(*typed(files), "--issues", "signers")
    assert done["added"] == []
    named = settings(station)["trust"]["signer_issuers"]
    assert set(named) == {W.root.parsed.sha256, W.authority.parsed.sha256}
    entry = last_entry(station)
    assert (entry["kind"], entry["data"]["signer_issuers"]) == ("trust.import", named)
    assert "timestamp_issuers" not in entry["data"]
    (shown,) = [each for each in listed(station) if each["role"] == "issuing"]
    assert shown["issues"] == "signers"

    station.json(*typed(files), "--issues", "timestamps", "--issues", "signers")
    assert set(settings(station)["trust"]["timestamp_issuers"]) == set(named)
    assert settings(station)["trust"]["signer_issuers"] == named


@pytest.mark.parametrize("more", [[], ["--timestamp", "--fingerprint", "ab" * 32]])
def test_what_may_be_issued_is_said_of_typed_authorities_alone(station, nuc, files, more):
    refused = station.run("trust", "import", *files, "--issues", "signers", *more)
    assert refused.exit_code != 0
    assert "--issues goes with --fingerprint alone" in refused.output


def test_the_catalogue_says_who_may_issue(station):
    rows = [
        json.loads(each)
        for each in station.run("--json", "trust", "list", "--known").stdout.splitlines()
    ]
    issues = {each["name"]: each["issues"] for each in rows if each["type"] == "known"}
    assert issues["nca_gost_2022"] == "signers,timestamps"
    assert issues["root_gost_2022"] == issues["ucgo_gost"] == issues["tsa_gost2022_2025"] == ""
