"""Adapter of the NIST PKITS runner over the public interface of crypto/cms: signed messages.

    pkits_runner.py DATA --cms --adapter tests/conformance/adapters.py:pkits_cms

A message brings its own certificates and lists. The product lists those lists as evidence it did
not use; PKITS means them to be the sources, so the adapter hands them over as such, and they are
verified like any other.
"""

from datetime import datetime
from typing import Protocol

from crypto.cms.embedded import Embedded
from crypto.cms.signed_data import SignedData
from crypto.errors import CryptoError
from crypto.path.trust import TrustStore
from crypto.report.policy import Environment
from crypto.report.report import Indication
from crypto.revocation.sources import OfflineSources
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from tests.conformance.adapters import POLICY, Verdict, lists, registry


class MessageCase(Protocol):
    """What this adapter reads of a case."""

    trust_anchor: bytes
    at: datetime
    message: bytes
    content: bytes


def pkits_cms(case: MessageCase) -> Verdict:
    """Validate signature, path and revocation of one detached message together."""
    try:
        carried = SignedData.parse(case.message)
        ders = Embedded.collect(carried, carried.signers[0]).lists
        anchor = Certificate.parse(case.trust_anchor)
    except (CryptoError, IndexError) as refused:
        return Verdict(accept=False, why=str(refused))
    validator = SignatureValidator(
        trust=TrustStore(Environment.TEST, (anchor,), ()),
        policy=POLICY,
        revocation=OfflineSources((), lists(ders)),
        registry=registry(),
    )
    report = validator.validate(
        case.message, expected_content=case.content, expected_iin=None, moment=case.at
    )
    why = ",".join(f"{f.code}:{f.detail}" for f in report.findings if f.status.value != "passed")
    return Verdict(accept=report.indication is Indication.TOTAL_PASSED, why=why)
