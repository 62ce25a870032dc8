"""A state, its document signer and one signed document, made once per process."""

from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from crypto.lds.csca import CscaTrust
from crypto.lds.files import ChipFiles
from crypto.report.policy import Environment
from workstation.sandbox.pki.credential import Credential
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

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CARD_LINES = (
    "IDKAZ1234567897900101300123<<<",
    "9001011M3403149KAZ<<<<<<<<<<<8",
    "IVANOV<<IVAN<<<<<<<<<<<<<<<<<<",
)
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) + b"\xff\xd9"


class SignedDocument(NamedTuple):
    """The state's authority, its signer, and what the chip holds."""

    csca: Credential
    signer: Credential
    files: ChipFiles

    def trust(self) -> CscaTrust:
        return trust_of(self.csca)


def trust_of(*authorities: Credential) -> CscaTrust:
    return CscaTrust.pinned(
        Environment.TEST,
        anchors=[each.der for each in authorities],
        pins=[each.parsed.sha256 for each in authorities],
    )


def make_files(signer: Credential, lines=CARD_LINES, image=JPEG, more=None) -> ChipFiles:
    record = write_facial_record(image, FacialImageType.JPEG, 480, 640)
    groups = {1: write_mrz_file(lines), 2: write_portrait_file(record), **(more or {})}
    return ChipFiles(
        com=write_common_data(groups),
        security_object=sign_security_object(groups, signer),
        data_groups=groups,
        access="bac",
    )


@cache
def document() -> SignedDocument:
    csca = issue_csca()
    signer = issue_document_signer(csca)
    return SignedDocument(csca, signer, make_files(signer))
