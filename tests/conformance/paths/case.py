"""One generated path: what RFC 5280 says of it, and what the engine says."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from crypto.algorithms.registry import default_registry
from crypto.errors import CryptoError
from crypto.path.anchors import find_anchor_fault
from crypto.path.inputs import PathInputs
from crypto.path.trust import TrustStore
from crypto.report.policy import Environment, RevocationRule
from crypto.revocation.context import ValidationContext
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import OfflineSources
from crypto.validation.certificate import validate_certificate
from crypto.x509.certificate import Certificate
from tests.conformance.paths.writing import MOMENT, Written, authority, crl, leaf, root
from tests.support.pki.policies import policy

POLICY = policy(
    require_non_repudiation=False, revocation=RevocationRule.CRL_ONLY, clock_tolerance_s=0
)
REGISTRY = default_registry()


@dataclass(frozen=True)
class PathCase:
    """A signer's certificate, the authorities above it, and the anchor that is trusted.

    clause     of RFC 5280, unless another is named, from which `valid` follows
    valid      what follows from it; issuing rules of clauses 4 and 5 count
    departure  row of docs/conformance.md that says why the engine says the opposite
    lists      None: a list of every authority that names nobody
    """

    name: str
    clause: str
    valid: bool
    signer: Written | bytes
    above: tuple[Written | bytes, ...]
    anchor: Written
    departure: str = ""
    lists: tuple[bytes, ...] | None = None
    inputs: PathInputs = field(default_factory=PathInputs)
    moment: datetime = MOMENT

    @property
    def accepted(self):
        """Whether the engine has to accept it."""
        return self.valid is not bool(self.departure)


def path(
    name, clause, valid, departure="", *, anchor=None, ca=None, signer=None, above=None, **rest
):
    """Return a case of three certificates.

    anchor, ca, signer  what differs from conforming ones, or certificates made before
    above               authorities, the signer's issuer last, in place of `ca`
    """
    top = anchor if isinstance(anchor, Written) else root(**(anchor or {}))
    chain = (authority(top, **(ca or {})),) if above is None else above
    made = (
        leaf(chain[-1], **(signer or {})) if signer is None or isinstance(signer, dict) else signer
    )
    return PathCase(name, clause, valid, made, chain, top, departure, **rest)


def judge(case):
    """Return whether the engine accepts a case, and what it says against it."""
    try:
        anchor = Certificate.parse(case.anchor.encode())
        if fault := find_anchor_fault(anchor):  # a station with such an anchor does not start
            return False, fault
        signer = Certificate.parse(encode(case.signer))
        found = validate_certificate(
            signer, read_all(case.above), context_of(case, anchor), expected_iin=None
        )
    except CryptoError as refused:
        return False, f"{refused.code}:{refused.detail}"
    against = [step.finding for step in found.steps if step.indication is not None]  # no warnings
    return not against, ",".join(f"{each.code}:{each.detail}" for each in against)


def context_of(case, anchor):
    made = ValidationContext.create(
        POLICY,
        trust=TrustStore.pinned(
            Environment.TEST, anchors=[anchor.raw], pins=[anchor.sha256], intermediates=[]
        ),
        sources=OfflineSources((), read_lists(case)),
        registry=REGISTRY,
        moment=case.moment,
    )
    return replace(made, inputs=case.inputs)


def read_lists(case):
    written = case.lists
    if written is None:
        issuers = [case.anchor, *(c for c in case.above if isinstance(c, Written))]
        written = tuple(dict.fromkeys(crl(each) for each in issuers))
    found = []
    for der in written:
        try:
            found.append(ParsedCrl.parse(der))
        except CryptoError:
            continue  # what cannot be read is a list that is missing
    return tuple(found)


def read_all(certificates):
    """Read those that can be read: what cannot is no help."""
    found = []
    for each in certificates:
        try:
            found.append(Certificate.parse(encode(each)))
        except CryptoError:
            continue
    return tuple(found)


def encode(certificate):
    return certificate if isinstance(certificate, bytes) else certificate.encode()
