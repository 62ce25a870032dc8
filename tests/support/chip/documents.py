"""Documents of a state that exists in the tests only, for a virtual chip."""

import functools
import random

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.chip.access_keys import AccessKey
from crypto.chip.ciphers import CipherSuite
from tests.support.chip.security_infos import (
    encode_active_authentication,
    encode_chip_authentication,
    encode_chip_key,
    write_key_file,
    write_security_infos_file,
)
from workstation.sandbox.pki.data_group_writer import (
    FacialImageType,
    write_common_data,
    write_facial_record,
    write_mrz_file,
    write_portrait_file,
)
from workstation.sandbox.pki.travel_documents import (
    issue_csca,
    issue_document_signer,
    sign_security_object,
)
from workstation.sandbox.services.virtual_chip import ChipContents

KEY = AccessKey.from_mrz("012345678", "900101", "340314")
LINES = (
    "IDKAZ0123456784900101300017<<<",
    "9001011M3403140KAZ<<<<<<<<<<<4",
    "AKHMETOV<<DANIYAR<<<<<<<<<<<<<",
)


@functools.cache
def document_signer():
    return issue_document_signer(issue_csca())


@functools.cache
def rsa_key(bits=2048):
    return rsa.generate_private_key(65537, bits)


@functools.cache
def curve_key(curve=ec.SECP256R1):
    return ec.generate_private_key(curve())


def contents(
    *,
    portrait=20_000,
    card_access=b"",
    active_key=None,
    digest=None,
    chip_key=None,
    suite=CipherSuite.AES128,
    named=True,
):
    """Return a chip with a portrait of so many octets, which no decoder would take.

    digest  what DG14 names for active authentication
    named   whether DG14 names the protocol of chip authentication
    """
    record = write_facial_record(
        b"\xff\xd8" + random.Random(portrait).randbytes(portrait), FacialImageType.JPEG, 320, 400
    )
    groups = {1: write_mrz_file(LINES), 2: write_portrait_file(record)}
    infos = []
    if active_key is not None:
        public = active_key.public_key()
        groups[15] = write_key_file(
            public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )
    if digest is not None:
        infos.append(encode_active_authentication(digest))
    if chip_key is not None:
        infos.append(encode_chip_key(chip_key))
        if named:
            infos.append(encode_chip_authentication(chip_key, suite))
    if infos:
        groups[14] = write_security_infos_file(infos)
    return ChipContents(
        key=KEY,
        security_object=sign_security_object(groups, document_signer()),
        data_groups=groups,
        com=write_common_data(groups),
        card_access=card_access,
        active_key=active_key,
        chip_key=chip_key,
    )
