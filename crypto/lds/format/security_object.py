"""LDSSecurityObject (Doc 9303-10 4.6.2.3): the hashes of data groups that the state signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import INTEGER, OCTET_STRING, SEQUENCE, DerError, Limits, parse
from crypto.cms.signed_data import SignedData
from crypto.lds.format.tlv import MalformedData, Tlv

__all__ = ["MAX_SOD_OCTETS", "SecurityObject", "read_sod"]

MAX_SOD_OCTETS: Final = 128 * 1024
"""Of EF.SOD; those of BSI and ETSI have two thousand."""

_SOD_TAG = 0x77
_LIMITS = Limits(octets=16 * 1024, depth=6, elements=128)
_LAST_GROUP = 16
_SIGNED_DATA_VERSION = 3
_VERSIONS = (0, 1)


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """Hashes by data group number, and the algorithm that made them."""

    version: int
    algorithm: AlgorithmIdentifier
    hashes: Mapping[int, bytes]

    @classmethod
    def parse(cls, untrusted_der: bytes) -> Self:
        """Read the signed content of EF.SOD; DerError."""
        fields = parse(untrusted_der, _LIMITS).fields()
        version = v.small_integer(fields.take(INTEGER))
        if version not in _VERSIONS:
            raise DerError("security_object_version")
        algorithm = AlgorithmIdentifier.read(fields.take(SEQUENCE))
        hashes: dict[int, bytes] = {}
        for node in fields.take(SEQUENCE).elements():
            inner = node.fields()
            number = v.small_integer(inner.take(INTEGER), maximum=_LAST_GROUP)
            value = v.octets(inner.take(OCTET_STRING))
            inner.end()
            if number in hashes or not number:
                raise DerError("data_group_number")
            hashes[number] = value
        versions = fields.optional(SEQUENCE)  # ldsVersionInfo, of version 1
        fields.end()
        if not hashes or (versions is not None and version == 0):
            raise DerError("security_object")
        return cls(version, algorithm, MappingProxyType(hashes))


def read_sod(untrusted: bytes) -> SignedData:
    """Read EF.SOD as Doc 9303-10 4.6.2.2 profiles it; DerError or MalformedData.

    DER, version 3, one signer by every rule of RFC 5652. What nobody signed has one form only, so
    that no octet of the file can change unseen.
    """
    content = Tlv.read(untrusted, maximum=MAX_SOD_OCTETS).expect(_SOD_TAG).value
    signed = SignedData.parse(content)
    if signed.ber:
        raise MalformedData("ber")
    if signed.version != _SIGNED_DATA_VERSION:
        raise MalformedData(f"signed_data_version_{signed.version}")
    if signed.irregular:
        raise MalformedData(signed.irregular[0])
    if len(signed.signers) != 1:
        raise MalformedData(f"signers:{len(signed.signers)}")
    if signed.unreadable:
        raise MalformedData(f"certificates_unreadable:{signed.unreadable}")
    if signed.lists or signed.signers[0].unsigned or signed.signers[0].unsigned_unreadable:
        raise MalformedData("unsigned_parts")
    if signed.content_type != oids.LDS_SECURITY_OBJECT:
        raise MalformedData("content_type")
    if signed.content is None:
        raise MalformedData("content_missing")
    return signed
