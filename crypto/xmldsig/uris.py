"""Algorithm identifiers of XML signatures: those of НУЦ РК, and the RSA ones (RFC 9231)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from crypto.asn1 import oids
from crypto.gost.kinds import GostKind, facts

__all__ = ["C14N", "C14N_COMMENTS", "DIGESTS", "DSIG", "ENVELOPED", "SIGNATURES"]

DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
ENVELOPED: Final = f"{DSIG}enveloped-signature"
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N_COMMENTS: Final = f"{C14N}#WithComments"

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_XMLENC = "http://www.w3.org/2001/04/xmlenc#"
_KZ = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:"
_512 = facts(GostKind.GOST3410_2015_512)
_256 = facts(GostKind.GOST3410_2015_256)
_2004 = facts(GostKind.GOST34310_2004)

SIGNATURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{_KZ}gostr34102015-gostr34112015-512": _512.signature_oid,
        f"{_KZ}gostr34102015-gostr34112015-256": _256.signature_oid,
        f"{_MORE}gost34310-gost34311": _2004.signature_oid,
        f"{_MORE}rsa-sha256": oids.SHA256_WITH_RSA,
        f"{_MORE}rsa-sha384": oids.SHA384_WITH_RSA,
        f"{_MORE}rsa-sha512": oids.SHA512_WITH_RSA,
        f"{DSIG}rsa-sha1": oids.SHA1_WITH_RSA,
    }
)
"""SignatureMethod to the identifier the registry knows it by. Nothing else verifies: no HMAC."""

DIGESTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{_KZ}gostr34112015-512": _512.digest_oid,
        f"{_KZ}gostr34112015-256": _256.digest_oid,
        f"{_MORE}gost34311": _2004.digest_oid,
        f"{_XMLENC}sha256": oids.SHA256,
        f"{_MORE}sha384": oids.SHA384,
        f"{_XMLENC}sha512": oids.SHA512,
        f"{DSIG}sha1": oids.SHA1,
    }
)
"""DigestMethod to the identifier the registry knows it by."""
