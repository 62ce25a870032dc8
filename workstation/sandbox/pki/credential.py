"""A certificate with its private key, and fresh keys of every family."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from crypto.cms.create import sign_cms
from crypto.gost.private_key import GostKind, GostPrivateKey
from crypto.x509.certificate import Certificate
from workstation.sandbox.people import Family
from workstation.sandbox.pki.private_keys import RsaSigningKey, SigningKey

__all__ = ["Credential", "new_key"]


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """A certificate and its key; the key is good for the sandbox only."""

    der: bytes
    key: SigningKey

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate as the `cryptography` package reads it, all but a GOST key."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def parsed(self) -> Certificate:
        """The certificate as the product reads it."""
        return Certificate.parse(self.der)

    @property
    def key_identifier(self) -> bytes:
        """The subject key identifier, 20 octets; all the sandbox's certificates have one."""
        return self.parsed.subject_key_id or b""

    def sign_cms(
        self,
        content: bytes,
        moment: datetime,
        unsigned: Callable[[bytes], Sequence[bytes]] | None = None,
    ) -> bytes:
        """Make a CMS with the content inside; `unsigned` as in `crypto.cms.create.sign_cms`."""
        return sign_cms(
            content,
            certificate=self.der,
            sign=self.key.sign,
            digest_oid=self.key.digest_oid,
            signature_oid=self.key.signature_oid,
            signing_time=moment,
            unsigned=unsigned,
        )


def new_key(family: Family) -> SigningKey:
    """Make a key of the family from the system's randomness."""
    if family is Family.RSA:
        return RsaSigningKey.generate()
    kind = GostKind.GOST3410_2015_512 if family is Family.GOST2015 else GostKind.GOST34310_2004
    return GostPrivateKey.generate(kind, secrets.token_bytes)
