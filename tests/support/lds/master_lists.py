"""Master lists signed by a signer that the first of the listed authorities issued."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.create import sign_cms
from crypto.x509.extensions import KeyUsage
from workstation.sandbox.pki import certificate_writer as c
from workstation.sandbox.pki.certificate_writer import SandboxExtension
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.private_keys import EcdsaSigningKey

SIGNED = datetime(2026, 7, 1, 12, tzinfo=UTC)


def issue_list_signer(csca: Credential, purpose: str = oids.CSCA_MASTER_LIST_SIGNING) -> Credential:
    key = EcdsaSigningKey.generate()
    public = key.public_key_info()
    der = c.write_certificate(
        subject=c.name(((oids.COUNTRY, "KZ"), (oids.COMMON_NAME, "Master List Signer"))),
        issuer=csca.parsed.subject.raw,
        public_key_info=public,
        validity=(SIGNED - timedelta(days=9), SIGNED + timedelta(days=400)),
        extensions=(
            c.subject_key_identifier(c.key_identifier(public)),
            c.authority_key_identifier(csca.key_identifier),
            c.key_usage(KeyUsage.DIGITAL_SIGNATURE),
            SandboxExtension(oids.EXTENDED_KEY_USAGE, w.sequence(w.oid(purpose)), critical=True),
        ),
        signer=csca.key,
    )
    return Credential(der, key)


def make_master_list(
    authorities: Sequence[Credential], signer: Credential | None = None, version: int = 0
) -> bytes:
    signer = signer or issue_list_signer(authorities[0])
    listed = w.set_of(each.der for each in authorities)
    return sign_cms(
        w.sequence(w.integer(version), listed),
        certificate=signer.der,
        sign=signer.key.sign,
        digest_oid=signer.key.digest_oid,
        signature_oid=signer.key.signature_oid,
        signing_time=SIGNED,
        content_type=oids.CSCA_MASTER_LIST,
    )
