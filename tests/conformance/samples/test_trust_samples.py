"""The commands on НУЦ's published files: roots imported, certificates shown, packs repeated."""

import json

import pytest
from click.testing import CliRunner

from crypto.path.known_authorities import AuthorityRole, known_authorities
from crypto.report.policy import Environment
from tests.support.station.command_line import CommandLine
from workstation.ctl import program

MOMENT = "2026-09-01T00:00:00Z"


@pytest.fixture
def eds(samples):
    return samples / "eds"


def run(*arguments):
    return CliRunner().invoke(program, [str(each) for each in arguments])


def authorities(eds, environment, *, roles, accepted=True):
    """Return the sample files of the catalogue's certificates."""
    names = {
        each.name
        for each in known_authorities().select(environment)
        if each.role in roles and each.accepted is accepted
    }
    folder = eds / "ca" / environment.value
    return [str(each) for each in sorted(folder.iterdir()) if each.stem in names]


@pytest.mark.parametrize(("profile", "world"), [("production", "prod"), ("demo", "test")])
def test_a_station_imports_the_roots_and_authorities_of_its_own_world(
    eds, tmp_path, monkeypatch, profile, world
):
    station = CommandLine(tmp_path, monkeypatch)
    station.init(profile=profile)
    roles = {AuthorityRole.ROOT, AuthorityRole.ISSUING}
    files = authorities(eds, Environment(world), roles=roles)
    done = station.json("trust", "import", *files)
    assert len(done["added"]) == len(files) >= 9
    rows = station.run("--json", "trust", "list").stdout.splitlines()
    *listed, summary = [json.loads(each) for each in rows]
    assert (summary["type"], summary["environment"]) == ("summary", world)
    assert {each["environment"] for each in listed} == {world}
    assert all(each["known"] for each in listed)
    assert station.run("log", "verify").exit_code == 0


def test_a_production_station_imports_nothing_of_the_test_world(eds, tmp_path, monkeypatch):
    station = CommandLine(tmp_path, monkeypatch)
    station.init(profile="production")
    roles = set(AuthorityRole)
    for file in authorities(eds, Environment.TEST, roles=roles):
        assert "of_the_other_environment" in station.run("trust", "import", file).stderr
    for file in authorities(eds, Environment.PROD, roles=roles, accepted=False):
        assert "not_accepted_by_policy" in station.run("trust", "import", file).stderr
    for file in authorities(eds, Environment.PROD, roles={AuthorityRole.TSA}):
        assert "role_tsa" in station.run("trust", "import", file).stderr


def test_every_sample_certificate_is_shown_in_words_and_nothing_is_unworded(eds):
    shown = 0
    for folder in ("ca/prod", "ca/test", "certs"):
        for path in sorted((eds / folder).iterdir()):
            result = run("certificate", "show", path, "--moment", MOMENT)
            assert result.exit_code == 0, (path.name, result.output)
            assert "[" not in result.stdout, path.name
            shown += 1
    assert shown > 30


def test_no_key_store_is_taken_for_a_certificate_or_a_signature(eds):
    for path in sorted((eds / "p12").iterdir())[:10]:
        for command in (("certificate", "show"), ("signature", "verify")):
            result = run(*command, path, *(["--trust", eds] if command[1] == "verify" else []))
            assert result.exit_code == 3
            assert "key store" in result.stderr, path.name


def test_every_sample_signature_has_a_pack_that_repeats_it(eds, tmp_path):
    content = eds / "cms" / "individual_document.txt"
    for number, path in enumerate(sorted((eds / "cms").glob("*.[cdp]*"))):
        pack = tmp_path / str(number)
        detached = ["--content", content] if "detached" in path.name else []
        first = run(
            "--json", "signature", "verify", path, "--trust", "test", "--ca", eds / "ca" / "test",
            "--ca", eds / "ca" / "prod", "--moment", MOMENT, *detached, "--keep", pack,
            "--crl", eds / "crl" / "gost2015_test_20260811.crl",
        )  # fmt: skip
        told = json.loads(run("--json", "signature", "revalidate", pack).stdout)
        assert told["same"], path.name
        assert told["missing"] == []
        assert set(told["anchors"].values()) <= {"not_trusted"}, "a test root is nobody's anchor"
        assert len(told["repeated"]) == len(json.loads(first.stdout)["signatures"])
