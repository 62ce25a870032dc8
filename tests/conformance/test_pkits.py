"""NIST PKITS: certification paths and revocation lists, every test of it, no deviation."""

import importlib.util
import os
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conformance.adapters import pkits
from tests.support.pki.pkits import UNUSED_LIST, among_all, case, forged, objects, rows

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


def mutated(row, chance):
    """Turn one bit of one object that the path needs: its certificates and lists, whole.

    A delta is left alone. One that no longer says whose it is, or when, is no delta of this list,
    and nobody gains by that: who can change it could have withheld it.
    """
    one = case(row)
    index = chance.choice(
        [n for n, name in enumerate(row["lists"], 1) if (one.id, n) != UNUSED_LIST]
        + [0, -1, *(-2 - n for n in range(len(one.intermediates)))]
    )
    if index > 0 and row["lists"][index - 1].endswith("deltaCRL"):
        index = 0
    if index >= 0:
        crls = list(one.crls)
        crls[index] = flipped(crls[index], chance)
        return replace(one, crls=tuple(crls))
    if index == -1:
        return replace(one, target=flipped(one.target, chance))
    between = list(one.intermediates)
    between[-2 - index] = flipped(between[-2 - index], chance)
    return replace(one, intermediates=tuple(between))


def flipped(der, chance):
    changed = bytearray(der)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def test_no_bit_of_a_path_or_its_lists_can_be_turned():
    chance = random.Random(5280)
    rounds = 10_000 if os.environ.get("WORKSTATION_ALL_CONFORMANCE") else 1_000
    for _ in range(rounds):
        bad = mutated(ROWS[chance.choice(VALID)], chance)
        assert not pkits(bad).accept, bad


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
