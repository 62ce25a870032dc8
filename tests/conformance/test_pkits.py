"""NIST PKITS: certification paths and revocation lists, every test of it, no deviation."""

import importlib.util
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conformance.adapters import pkits
from tests.support.pkits import among_all, case, forged, objects, rows

ROWS = {row["id"]: row for row in rows()}
VALID = sorted(name for name, row in ROWS.items() if row["valid"])
RUNNER = Path(
    os.environ.get("WORKSTATION_PKITS_RUNNER")
    or Path(__file__).parents[3] / "shared" / "tools" / "pkits_runner.py"
)


@pytest.mark.parametrize("name", ROWS)
def test_a_path_comes_out_as_nist_says(name):
    one = case(ROWS[name])
    verdict = pkits(one)
    assert verdict.accept is one.valid, verdict.why
    if one.valid and one.policies is not None:
        assert verdict.policies == one.policies


@pytest.mark.parametrize("name", ROWS)
def test_a_path_comes_out_the_same_among_every_certificate_and_list_there_is(name):
    one = case(ROWS[name])
    verdict = pkits(among_all(one))
    assert verdict.accept is one.valid, verdict.why
    if one.valid and one.policies is not None:
        assert verdict.policies == one.policies


@pytest.mark.parametrize("name", VALID)
def test_a_path_falls_with_the_signature_of_any_of_its_lists(name):
    accepted = [bad.id for bad in forged(case(ROWS[name])) if pkits(bad).accept]
    assert accepted == []


@pytest.mark.parametrize("name", VALID)
def test_a_path_falls_without_its_lists(name):
    assert not pkits(replace(case(ROWS[name]), crls=())).accept


def test_the_table_is_whole():
    numbered = {name.partition("/")[0] for name in ROWS}
    assert (len(ROWS), len(numbered), len(VALID)) == (249, 224, 114)
    assert sum(len(list(forged(case(ROWS[name])))) for name in VALID) == 273
    assert (len(objects("certs", ".crt")), len(objects("crls", ".crl"))) == (405, 173)


@pytest.mark.skipif(not RUNNER.exists(), reason="the shared PKITS runner is not beside the tree")
def test_our_table_says_what_the_shared_runner_says():
    spec = importlib.util.spec_from_file_location("shared_pkits_runner", RUNNER)
    runner = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = runner
    spec.loader.exec_module(runner)
    ours = [case(row) for row in ROWS.values()]
    theirs = runner.build_cases(objects("certs", ".crt"), objects("crls", ".crl"), "chain")
    fields = [f for f in runner.Case._fields if f not in ("message", "content")]
    for mine, (their, expected) in zip(ours, theirs, strict=True):
        assert [getattr(mine, f) for f in fields] == [getattr(their, f) for f in fields]
        assert (mine.valid, mine.policies) == tuple(expected)
