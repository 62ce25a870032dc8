"""ASiC containers made by hand: files, a manifest of their digests, a message over it."""

import base64
import hashlib
import io
import zipfile

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.signed_data import SignedData
from crypto.xmldsig.uris import DSIG
from tests.support.pki.certificates import world

W = world()
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ASIC = "http://uri.etsi.org/02918/v1.2.1#"
EXTENDED, SIMPLE = "application/vnd.etsi.asic-e+zip", "application/vnd.etsi.asic-s+zip"
SIGNATURE, MANIFEST = "META-INF/signature001.p7s", "META-INF/ASiCManifest001.xml"
FILES = {"договор.txt": b"pay 100 tenge", "folder/annex.txt": b"annex"}


def manifest(files, *, signature=SIGNATURE, digest_uri=SHA256, more=""):
    objects = "".join(
        f'<a:DataObjectReference URI="{name}"><d:DigestMethod Algorithm="{digest_uri}"/>'
        f"<d:DigestValue>{base64.b64encode(hashlib.sha256(octets).digest()).decode()}"
        "</d:DigestValue></a:DataObjectReference>"
        for name, octets in files.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><a:ASiCManifest xmlns:a="{ASIC}" '
        f'xmlns:d="{DSIG}"><a:SigReference URI="{signature}" MimeType="x"/>{objects}{more}'
        "</a:ASiCManifest>"
    ).encode()


def pack(files, *, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as package:
        for name, octets in files.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else method
            package.writestr(zipfile.ZipInfo(name), octets, stored)
    return buffer.getvalue()


def extended(files=FILES, *, signed=None, stated=None, more=None):
    listing = stated or manifest(files if signed is None else signed)
    return {
        "mimetype": EXTENDED.encode(),
        **files,
        MANIFEST: listing,
        SIGNATURE: W.cms(listing, detached=True),
        **(more or {}),
    }


def repeat_signer(message, count):
    """Return the message with its signer so many times."""
    *before, signers = SignedData.parse(message).node.elements()
    body = w.sequence(*(each.raw for each in before), w.tlv(0x31, signers.content * count))
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))
