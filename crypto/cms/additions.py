"""What is added to a signed message afterwards, written without touching what was signed.

Certificates, lists and unsigned attributes are nobody's signed octets, so they may be added
(RFC 5652 5.1, 5.3). Everything that was there is copied octet for octet, in its order: only the
lengths around it, and the version where RFC 5652 5.1 demands another, are written anew.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import SEQUENCE, SET, Node, context
from crypto.cms.signed_data import SignedData, SignerInfo

__all__ = ["Additions", "encode_ocsp_choice", "select_signed_fields", "write_additions"]

_OPTIONAL = (context(0), context(1))
_VERSION_WITH_OTHER_REVOCATION = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What to add; whole encodings, none of them twice where it is there already.

    digests       AlgorithmIdentifiers for SignedData.digestAlgorithms
    certificates  CertificateChoices for SignedData.certificates
    revocation    RevocationInfoChoices for SignedData.crls
    unsigned      Attributes by the position of their SignerInfo
    alone         positions whose other unsigned attributes are left out
    """

    digests: Sequence[bytes] = ()
    certificates: Sequence[bytes] = ()
    revocation: Sequence[bytes] = ()
    unsigned: Mapping[int, Sequence[bytes]] = field(default_factory=dict)
    alone: Collection[int] = ()


def encode_ocsp_choice(response: bytes) -> bytes:
    """Encode an OCSPResponse as a RevocationInfoChoice (RFC 5940 2, EN 319 122-1 5.4.2.2)."""
    return w.tlv(context(1), w.oid(oids.RI_OCSP_RESPONSE), response)


def write_additions(signed: SignedData, additions: Additions) -> bytes:
    """Return the ContentInfo with the additions behind what is there.

    A message that came in BER comes back in definite form, as it was read.
    """
    if not any((additions.certificates, additions.revocation, additions.unsigned)):
        return signed.node.data
    version, digests, content, *others = signed.node.elements()
    parts = {node.tag: node for node in others if node.tag in _OPTIONAL}
    lists = [*(node.raw for node in signed.lists), *additions.revocation]
    stated = version.raw
    if any(each[0] != SEQUENCE for each in lists):
        stated = w.integer(_VERSION_WITH_OTHER_REVOCATION)
    signers = (
        _write_signer(
            signer, additions.unsigned.get(position, ()), alone=position in additions.alone
        )
        for position, signer in enumerate(signed.signers)
    )
    body = w.sequence(
        stated,
        _extend(SET, digests, additions.digests),
        content.raw,
        _extend(context(0), parts.get(context(0)), additions.certificates),
        _extend(context(1), parts.get(context(1)), additions.revocation),
        w.tlv(SET, *signers),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))


def select_signed_fields(signer: SignerInfo) -> bytes:
    """Return the fields of a SignerInfo from version to signature, as found."""
    node = signer.node
    unsigned = _find_unsigned(signer)
    return node.data[node.body : node.end if unsigned is None else unsigned.start]


def _find_unsigned(signer: SignerInfo) -> Node | None:
    *_, last = signer.node.children()
    return last if last.tag == context(1) else None


def _extend(tag: int, found: Node | None, added: Sequence[bytes]) -> bytes:
    present = {each.raw for each in found.children()} if found is not None and added else set()
    wanted = [each for each in dict.fromkeys(added) if each not in present]
    if not wanted:
        return found.raw if found is not None else b""
    return w.tlv(tag, found.content if found is not None else b"", *wanted)


def _write_signer(signer: SignerInfo, attributes: Sequence[bytes], *, alone: bool) -> bytes:
    if not attributes:
        return signer.node.raw
    unsigned = None if alone else _find_unsigned(signer)
    present = unsigned.content if unsigned is not None else b""
    return w.sequence(select_signed_fields(signer), w.tlv(context(1), present, *attributes))
