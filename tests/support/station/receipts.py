"""Receipts' facts as a recorded session would give them."""

from dataclasses import replace
from functools import reduce
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.log.audit.anchors import Anchor
from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint
from crypto.log.format.merkle import node_hash
from crypto.log.format.note import NoteSigner
from tests.support.station.operations import operation, shipped_policy
from workstation.documents.receipt import ReceiptFacts, ReceiptPhoto
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.rules.reference import ReferenceSource

__all__ = ["LOG_SIGNER", "SILENT", "receipt_facts"]

SILENT = frozenset({CheckId.NOT_STAFF, CheckId.NOT_STAFF_FACE, CheckId.ONE_IDENTITY})
"""Of the shipped policy."""

_ORIGIN = "bank.kz/branch-12/ws-07/1"
LOG_SIGNER = NoteSigner(_ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def receipt_facts(**changes: Any) -> ReceiptFacts:
    """Return facts of an approved loan with every check a policy can demand."""
    leaf = sha256(b"leaf").digest()
    path = tuple(sha256(bytes([level])).digest() for level in range(20))
    # The last of 2**20 entries: every sibling stands to the left.
    root = reduce(lambda found, sibling: node_hash(sibling, found), path, leaf)
    head = Checkpoint(_ORIGIN, 1_048_576, root)
    checks = tuple(
        CheckResult(
            check,
            CheckStatus.PASSED,
            f"{check}.passed",
            Hardness.SILENT if check in SILENT else Hardness.HARD,
            "B-01.match",
        )
        for check in CheckId
    )
    facts = ReceiptFacts(
        bank="АО «Қазына Банкі»",
        branch="Өскемен, Әуезов көшесі, 12",
        station="ws-07",
        session="20261122-203015-0007",
        number=1_048_561,
        policy=shipped_policy(),
        operation=operation(
            "loan_issue", new_phone="+77011234567", amount="900000 KZT", term_months="12"
        ),
        iin_masked="••••••••0017",
        others=(),
        language="kk",
        outcome="approved",
        reason="decision.approved",
        checks=checks,
        decided_ms=1_795_379_415_250,
        log_index=1_048_575,
        leaf=leaf,
        path=path,
        checkpoint=SignedCheckpoint(head, (LOG_SIGNER.sign_line(head.body()),)),
        anchor=Anchor(1_048_570, 1_795_379_400, "bank.kz/witness/oskemen-ws08"),
        simulated=False,
        photo=ReceiptPhoto(ReferenceSource.REGISTRY, "2024-03-01", "gbdfl.gov.kz"),
        authority="IDEC-000731",
        reviewer="",
        review_reason="",
        timestamps=(1_795_379_412_000,),
        not_before_ms=1_795_379_415_250 + 8 * 3_600_000,
        second_confirmation=False,
    )
    return replace(facts, **changes)
