"""CSCA master lists (Doc 9303-12 clause 8): read, and held against the state that signed them.

A list makes no authority trusted: it carries certificates whose fingerprints somebody confirms.
Its signature shows that they are those which the signing state collected.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from crypto.algorithms.key_policy import KeyPolicy
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import INTEGER, SEQUENCE, SET, DerError, Node
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.errors import CryptoError
from crypto.lds.algorithms import MINIMUM_BITS, document_registry
from crypto.path.context import PathContext
from crypto.path.trust import TrustStore
from crypto.path.validate import find_path
from crypto.report.policy import Environment
from crypto.report.report import FindingStatus
from crypto.x509.certificate import Certificate

__all__ = ["MAX_MASTER_LIST_OCTETS", "MasterList", "MasterListRefused", "read_master_list"]

MAX_MASTER_LIST_OCTETS: Final = 8 << 20
"""The Dutch list of 2026-07-22 has 0.6 MB, for 129 countries."""

_MAX_CERTIFICATE_OCTETS = 64 * 1024
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)


class MasterListRefused(CryptoError):
    """A file is no master list, or its signature does not verify; `detail` says why."""

    code = "master_list_refused"


@dataclass(frozen=True, slots=True)
class MasterList:
    """A master list whose signature verified.

    certificates  of authorities, in the order of the list
    unreadable    SHA-256 (hex) of those that do not follow DER or RFC 5280
    signer        of the list
    authority     whose key signed the signer's certificate; it stands in the list itself
    signed_at     signingTime; None when it states none
    """

    certificates: tuple[Certificate, ...]
    unreadable: tuple[str, ...]
    signer: Certificate
    authority: Certificate
    signed_at: datetime | None

    @property
    def size(self) -> int:
        """How many certificates the list holds, unreadable ones too."""
        return len(self.certificates) + len(self.unreadable)


def read_master_list(untrusted: bytes, moment: datetime) -> MasterList:
    """Read a list of at most 8 MiB and verify its signature; MasterListRefused.

    moment  aware; of the judgement, where the list does not state when it was signed

    The signer's certificate must be one for master lists, and lead to an authority that stands in
    the list or beside it. Whether that authority is to be believed is for who reads the list.
    """
    try:
        return _read(untrusted, moment)
    except DerError as malformed:
        raise MasterListRefused(f"malformed:{malformed.detail}") from None


def _read(untrusted: bytes, moment: datetime) -> MasterList:
    if len(untrusted) > MAX_MASTER_LIST_OCTETS:
        raise MasterListRefused("too_large")
    signed = SignedData.parse(untrusted)
    if signed.content_type != oids.CSCA_MASTER_LIST or signed.content is None:
        raise MasterListRefused("not_a_master_list")
    if len(signed.signers) != 1:
        raise MasterListRefused(f"signers:{len(signed.signers)}")
    (info,) = signed.signers
    signed_at = info.signing_time()
    signer = _find_signer(signed, info)
    paths = PathContext(
        registry=document_registry(),
        keys=KeyPolicy(MINIMUM_BITS).at(moment),
        moment=min(signed_at, moment) if signed_at is not None else moment,
        clock_tolerance=_CLOCK_TOLERANCE,
        trust=TrustStore(Environment.PROD, (), ()),
    )
    for step in verify_signer(
        SignatureSubject(signed, info, signer, signed.content, oids.CSCA_MASTER_LIST), paths
    ):
        if step.finding.status is not FindingStatus.PASSED and not step.finding.warning:
            raise MasterListRefused(f"{step.finding.code}:{step.finding.detail or step.reason}")
    # Hundreds of certificates, read only once it is shown that somebody signed them.
    certificates, unreadable = _read_certificates(signed.content)
    known = tuple(dict.fromkeys((*certificates, *signed.certificates)))
    authorities = TrustStore(Environment.PROD, _find_authorities(signer, known), ())
    found = find_path(signer, replace(paths, trust=authorities))
    if not found.valid:
        raise MasterListRefused(f"signer_path:{found.failures[0].code}")
    return MasterList(certificates, unreadable, signer, found.chain[-1], signed_at)


def _read_certificates(content: bytes) -> tuple[tuple[Certificate, ...], tuple[str, ...]]:
    """Read CscaMasterList; a certificate that cannot be read is named and left."""
    root = Node.at(content, 0, len(content))
    if root.end != len(content):
        raise DerError("trailing_bytes")
    fields = root.fields()
    if v.small_integer(fields.take(INTEGER)):
        raise DerError("master_list_version")
    nodes = fields.take(SET).elements()
    fields.end()
    found: list[Certificate] = []
    unreadable: list[str] = []
    for node in nodes:
        octets = node.expect(SEQUENCE).raw
        try:
            if len(octets) > _MAX_CERTIFICATE_OCTETS:
                raise DerError("too_large")
            found.append(Certificate.parse(octets))
        except CryptoError:
            unreadable.append(hashlib.sha256(octets).hexdigest())
    return tuple(found), tuple(unreadable)


def _find_signer(signed: SignedData, info: SignerInfo) -> Certificate:
    found = next((each for each in signed.certificates if info.names(each)), None)
    if found is None:
        raise MasterListRefused("signer_missing")
    if oids.CSCA_MASTER_LIST_SIGNING not in found.extended_key_usage:
        raise MasterListRefused("signer_not_for_master_lists")
    return found


def _find_authorities(signer: Certificate, known: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Return who may have issued the signer: by name, and by key where it names one."""
    stated = signer.authority_key_id
    wanted = stated.key_id if stated is not None else None
    return tuple(
        each
        for each in known
        if each.subject == signer.issuer
        and each != signer
        and (wanted is None or each.subject_key_id in {None, wanted})
    )
