"""An enveloped XML signature over its whole document, read strictly (W3C XMLDSig 1.0, C14N 1.0).

Signature wrapping lives on references that mean a part of the document, and on transforms that
choose one. So there is exactly one Signature, with exactly one Reference, to URI="", through
enveloped-signature and C14N 1.0 and nothing else; anything more is "not supported". Inside the
Signature no comment, processing instruction or stray text is borne: canonical forms leave comments
out, so a value split by one would be read differently from how it was signed.

UTF-8 only, no document type, no entity, no network; octets, elements, attributes and namespace
declarations are bounded before and after the parser (its own depth limit is 256).
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from crypto.xmldsig.errors import XmlFormUnsupported, XmlNotInstalled, XmlSignatureMalformed
from crypto.xmldsig.uris import C14N, C14N_COMMENTS, DSIG, ENVELOPED

__all__ = ["SignedXml", "read_signed_xml"]

_MAX_OCTETS = 16 * 1024 * 1024
_MAX_TAGS = 200_000
# Canonical XML looks every namespace in force up among all of them, for every element: the cost
# grows with elements times declarations squared, minutes for a file of two megabytes.
_MAX_NAMESPACE_WORK = 300_000_000
_MAX_ATTRIBUTES = 256
_MAX_CERTIFICATES = 16
_MAX_SIGNED_INFO = 64 * 1024
_ENCODING = re.compile(rb"""\A<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = {b"utf-8", b"us-ascii", b"ascii"}
_XML = "{http://www.w3.org/XML/1998/namespace}"
_BLANK = " \t\r\n"


@dataclass(frozen=True, slots=True, repr=False)
class SignedXml:
    """A signed document as read.

    signed_info   canonical octets the signature value is over
    content       canonical octets of the document without its signature, which the digest is over
    certificates  DER from KeyInfo, the signer's first; hints like all certificates
    comments      the document holds comments, which URI="" leaves out of what is signed
    """

    signature_uri: str
    signed_info: bytes
    signature: bytes
    digest_uri: str
    digest: bytes
    content: bytes
    certificates: tuple[bytes, ...]
    comments: bool


def read_signed_xml(untrusted: bytes) -> SignedXml:
    """Read a document and its signature.

    XmlNotInstalled without lxml, XmlSignatureMalformed, XmlFormUnsupported.
    """
    etree = _load_library()
    root = _parse(etree, untrusted)
    found = list(root.iter(f"{{{DSIG}}}Signature"))
    if len(found) != 1:
        raise XmlFormUnsupported(f"signatures_{len(found)}")
    (signature,) = found
    if signature is root:
        raise XmlFormUnsupported("not_enveloped")
    signed_info, value, *key_info = _read_children(
        signature, "SignedInfo", "SignatureValue", "?KeyInfo"
    )
    method, signature_method, reference = _read_children(
        signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference"
    )
    digest_uri, digest = _read_reference(reference)
    certificates = _read_certificates(key_info[0]) if key_info else ()
    canonical = _canonicalize_signed_info(etree, signed_info, _read_canonicalization(method))
    if len(canonical) > _MAX_SIGNED_INFO:
        raise XmlSignatureMalformed("too_large")  # a digest value of megabytes, to be hashed
    comments = any(True for _ in root.getroottree().iter(etree.Comment))
    _remove(signature)
    return SignedXml(
        signature_uri=_read_algorithm(signature_method),
        signed_info=canonical,
        signature=_read_octets(value),
        digest_uri=digest_uri,
        digest=digest,
        content=_canonicalize(etree, root.getroottree(), False),
        certificates=certificates,
        comments=comments,
    )


def _load_library() -> Any:
    try:
        from lxml import etree
    except ImportError:
        raise XmlNotInstalled("lxml") from None
    return etree


def _parse(etree: Any, untrusted: bytes) -> Any:
    if len(untrusted) > _MAX_OCTETS:
        raise XmlSignatureMalformed("too_large")
    octets = untrusted.removeprefix(b"\xef\xbb\xbf")
    stated = _ENCODING.match(octets)
    if stated is not None and stated.group(1).lower() not in _ENCODINGS:
        raise XmlSignatureMalformed("encoding")
    tags, declarations = octets.count(b"<"), octets.count(b"xmlns")
    if tags > _MAX_TAGS or tags * declarations**2 > _MAX_NAMESPACE_WORK:
        raise XmlSignatureMalformed("too_many")
    if b"<!DOCTYPE" in octets or b"<!ENTITY" in octets:
        raise XmlSignatureMalformed("document_type")
    parser = etree.XMLParser(
        encoding="utf-8",  # overrides a declaration in disguise
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        strip_cdata=False,
    )
    try:
        octets.decode("utf-8")
        root = etree.fromstring(octets, parser)
    except (UnicodeDecodeError, ValueError, etree.LxmlError):
        raise XmlSignatureMalformed("xml") from None
    if root.getroottree().docinfo.doctype:
        raise XmlSignatureMalformed("document_type")
    if any(len(element.attrib) > _MAX_ATTRIBUTES for element in root.iter("*")):
        raise XmlSignatureMalformed("too_many")
    return root


def _read_children(element: Any, *names: str) -> tuple[Any, ...]:
    """Return the children, which must have these names in order; a `?` name may be absent."""
    stated = [_read_name(child) for child in element]
    wanted = [name.lstrip("?") for name in names]
    least = sum(not name.startswith("?") for name in names)
    if any((text or "").strip(_BLANK) for text in (element.text, *(c.tail for c in element))):
        raise XmlSignatureMalformed("stray_text")
    if stated != wanted[: max(least, len(stated))]:
        raise XmlFormUnsupported(f"{_read_name(element)}:{','.join(stated)[:80]}")
    return tuple(element)


def _read_name(element: Any) -> str:
    if not isinstance(element.tag, str):  # a comment, processing instruction or entity
        raise XmlSignatureMalformed("stray_node")
    name: str = element.tag
    return name.removeprefix(f"{{{DSIG}}}") if name.startswith(f"{{{DSIG}}}") else "foreign"


def _read_algorithm(element: Any) -> str:
    """Return the Algorithm of an element that takes no parameters."""
    _read_children(element)
    return str(element.get("Algorithm", ""))


def _read_canonicalization(element: Any) -> bool:
    """Tell whether C14N 1.0 is wanted with comments; another method is not supported."""
    stated = _read_algorithm(element)
    if stated not in {C14N, C14N_COMMENTS}:
        raise XmlFormUnsupported("canonicalization")
    return stated == C14N_COMMENTS


def _read_reference(element: Any) -> tuple[str, bytes]:
    if element.get("URI") != "":
        raise XmlFormUnsupported("reference_to_a_part")
    transforms, method, value = _read_children(element, "Transforms", "DigestMethod", "DigestValue")
    chosen = [_read_algorithm(each) for each in transforms if _read_name(each) == "Transform"]
    _read_children(transforms, *["Transform"] * len(chosen))
    # The canonical form of URI="" has no comments whichever of the two is named (4.4.3.3).
    if chosen not in ([ENVELOPED], [ENVELOPED, C14N], [ENVELOPED, C14N_COMMENTS]):
        raise XmlFormUnsupported("transforms")
    return _read_algorithm(method), _read_octets(value)


def _read_certificates(key_info: Any) -> tuple[bytes, ...]:
    found = list(key_info.iterfind(f"{{{DSIG}}}X509Data/{{{DSIG}}}X509Certificate"))
    if len(found) > _MAX_CERTIFICATES:
        raise XmlSignatureMalformed("too_many")
    return tuple(_read_octets(element) for element in found)


def _read_octets(element: Any) -> bytes:
    if len(element):
        raise XmlSignatureMalformed("stray_node")
    try:
        return base64.b64decode(
            "".join((element.text or "").split()).encode("ascii"), validate=True
        )
    except (UnicodeEncodeError, binascii.Error):
        raise XmlSignatureMalformed("base64") from None


def _canonicalize_signed_info(etree: Any, element: Any, comments: bool) -> bytes:  # noqa: FBT001 - what the method says
    """Return SignedInfo canonically, with the namespaces in force where it stands.

    C14N 1.0 (2.4) also gives the apex the xml: attributes of its ancestors; the tree is ours and
    its Signature is about to be taken out.
    """
    for ancestor in element.iterancestors():
        for name, value in ancestor.attrib.items():
            if name.startswith(_XML) and element.get(name) is None:
                element.set(name, value)
    return _canonicalize(etree, element, comments)


def _canonicalize(etree: Any, what: Any, comments: bool) -> bytes:  # noqa: FBT001 - what the method says
    """Return an element or a tree in C14N 1.0, which has no form for relative namespaces."""
    try:
        octets: bytes = etree.tostring(what, method="c14n", with_comments=comments)
    except etree.LxmlError:
        raise XmlSignatureMalformed("canonical_form") from None
    return octets


def _remove(signature: Any) -> None:
    """Remove the Signature and nothing else: the text after it belongs to the document."""
    parent, before, tail = signature.getparent(), signature.getprevious(), signature.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    signature.tail = None
    parent.remove(signature)
