"""NIST PKITS: its objects from the package `cryptography-vectors`, its expectations from our table.

Policies are numbered as PKITS numbers them: NIST-test-policy-n is 2.16.840.1.101.3.2.1.48.n.
"""

import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

ANY_POLICY = "2.5.29.32.0"
MOMENT = datetime(2020, 1, 1, tzinfo=UTC)  # inside every validity that is meant to be good
TABLE = Path(__file__).parents[2] / "conformance" / "pkits.json"
ANCHOR, ANCHOR_LIST = "TrustAnchorRootCertificate", "TrustAnchorRootCRL"
UNUSED_LIST = ("4.4.7", 2)  # broken as NIST made it; the path does not need it


@dataclass(frozen=True)
class PkitsCase:
    """One path, as an adapter takes it, and what must come of it."""

    id: str
    trust_anchor: bytes
    target: bytes
    intermediates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    initial_policies: frozenset[str]
    explicit_policy: bool
    inhibit_mapping: bool
    inhibit_any: bool
    valid: bool
    policies: frozenset[str] | None
    at: datetime = field(default=MOMENT)


def rows() -> list[dict]:
    return json.loads(TABLE.read_text(encoding="utf-8"))["tests"]


@cache
def folder() -> Path:
    """Find the data; skips the test where the package is not installed."""
    found = importlib.util.find_spec("cryptography_vectors")
    if found is None or not found.submodule_search_locations:
        pytest.skip("cryptography-vectors is not installed: there is no PKITS to run")
    return Path(found.submodule_search_locations[0]) / "x509" / "PKITS_data"


@cache
def objects(kind: str, suffix: str) -> Mapping[str, bytes]:
    return {p.stem: p.read_bytes() for p in sorted((folder() / kind).glob(f"*{suffix}"))}


def _policies(numbers: list[int | str]) -> frozenset[str]:
    return frozenset(ANY_POLICY if n == "any" else f"2.16.840.1.101.3.2.1.48.{n}" for n in numbers)


def case(row: dict) -> PkitsCase:
    certificates, lists = objects("certs", ".crt"), objects("crls", ".crl")
    *between, target = row["path"]
    return PkitsCase(
        id=row["id"],
        trust_anchor=certificates[ANCHOR],
        target=certificates[target],
        intermediates=tuple(certificates[name] for name in between),
        crls=tuple(lists[name] for name in (ANCHOR_LIST, *row["lists"])),
        initial_policies=_policies(row.get("initial_policies", ["any"])),
        explicit_policy=row.get("explicit_policy", False),
        inhibit_mapping=row.get("inhibit_mapping", False),
        inhibit_any=row.get("inhibit_any", False),
        valid=row["valid"],
        policies=_policies(row["policies"]) if "policies" in row else None,
    )


def among_all(one: PkitsCase) -> PkitsCase:
    """Hand over every certificate and list of PKITS instead of those the test needs."""
    certificates = objects("certs", ".crt").values()
    others = tuple(c for c in certificates if c not in (one.target, one.trust_anchor))
    return replace(one, intermediates=others, crls=tuple(objects("crls", ".crl").values()))


def forged(one: PkitsCase) -> Iterator[PkitsCase]:
    """Turn one bit in the signature of one list after the other; every list is needed."""
    for index, der in enumerate(one.crls):
        if (one.id, index) != UNUSED_LIST:
            bad = bytearray(der)
            bad[-20] ^= 4
            crls = (*one.crls[:index], bytes(bad), *one.crls[index + 1 :])
            yield replace(one, id=f"{one.id}~{index}", crls=crls, valid=False, policies=None)
