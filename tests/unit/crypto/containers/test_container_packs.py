"""Documents in evidence packs: validated again, years later, with the same outcome."""

import json

import pytest

from crypto.cms.evidence_pack import EvidencePack, gather_pack
from crypto.cms.validation_request import ValidationRequest
from crypto.revocation.recording import RecordingSources
from crypto.signatures.revalidation import revalidate
from crypto.signatures.validator import SignatureValidator
from tests.support.containers.pdf_documents import Document, card, stream
from tests.support.pki.certificates import CONTENT, NOW, world

W = world()


def sign(content):
    return W.cms(content, detached=True)


def changed():
    document = Document()
    document.sign(sign)
    return document.update({4: stream(b"pay 900")})


@pytest.mark.parametrize(
    "octets",
    [Document().sign(sign), changed(), card(CONTENT, W.cms(detached=True))],
    ids=["whole", "changed", "card"],
)
def test_a_kept_document_gives_the_same_outcome_again(octets):
    request = ValidationRequest(octets, None, None, fresh=False, moment=NOW)
    constraints = W.validator().constraints
    recording = RecordingSources(W.sources(), lambda _sha256: None)
    report = SignatureValidator.under(constraints, recording).validate_request(request)
    pack, blobs = gather_pack(request, constraints, recording, report.to_json(), "test")
    read = EvidencePack.read(json.dumps(pack.to_json()).encode())
    again = revalidate(read, lambda digest: blobs.get(digest) or recording.octets(digest))
    assert again.same
    assert again.report.container == report.container
