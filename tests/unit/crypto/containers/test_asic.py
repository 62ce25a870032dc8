"""ASiC containers: CAdES judged, XAdES named, and the tricks of ZIP refused."""

import io
import struct
import time
import zipfile
from dataclasses import replace

import pytest

from crypto.algorithms.registry import default_registry
from crypto.cms.signature_file import FileKind, identify
from crypto.containers.asic.manifest import read_manifest
from crypto.containers.asic.package import open_package
from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.report.report import Indication
from crypto.signatures.validator import SignatureValidator
from crypto.xmldsig.uris import DIGESTS, DSIG
from tests.support.containers.asic_containers import (
    ASIC,
    EXTENDED,
    FILES,
    SIGNATURE,
    SIMPLE,
    extended,
    manifest,
    pack,
    repeat_signer,
)
from tests.support.pki.certificates import NOW, world

W = world()
PASSED = [("TOTAL_PASSED", "signature.passed")]


def judge(octets):
    return W.validator().validate_document(octets, content=None, moment=NOW)


def outcome(files):
    return [(r.indication.value, r.reason) for r in judge(pack(files)).signatures]


def details(report, code):
    return [f.detail for f in report.findings if f.code == code]


def test_a_container_with_a_manifest_passes_when_every_file_is_signed():
    document = judge(pack(extended()))
    (report,) = document.signatures
    assert [(report.indication.value, report.reason)] == PASSED
    assert details(report, "manifest") == ["files:2"]
    assert details(report, "coverage") == ["files:2/2"]
    assert document.container.kind == "asic"
    assert [(f.name, f.signatures) for f in document.container.files][:2] == [
        ("договор.txt", 1),
        ("folder/annex.txt", 1),
    ]


def test_a_simple_container_passes_over_its_only_file():
    files = {
        "mimetype": SIMPLE.encode(),
        "a.txt": b"content",
        "META-INF/signature.p7s": W.cms(b"content", detached=True),
    }
    assert outcome(files) == PASSED
    assert outcome(files | {"a.txt": b"other"}) == [("TOTAL_FAILED", "signature.content_mismatch")]
    assert outcome(files | {"b.txt": b"second"}) == [("TOTAL_FAILED", "signature.malformed")]


def test_the_type_may_be_left_out():
    files = extended()
    del files["mimetype"]
    assert identify(pack(files))[0] is FileKind.ASIC
    assert outcome(files) == PASSED


def test_a_file_that_was_changed_fails_its_digest():
    files = extended() | {"договор.txt": b"pay 900 tenge"}
    assert outcome(files) == [("TOTAL_FAILED", "signature.content_mismatch")]


def test_a_file_that_nobody_signed_leaves_the_container_open():
    files = extended(more={"evil.txt": b"pay 900 tenge"})
    assert outcome(files) == [("INDETERMINATE", "signature.files_not_signed")]
    assert outcome(extended(more={"META-INF/evil.txt": b"x"}))[0][1] == "signature.files_not_signed"


def test_files_of_another_signature_are_only_said():
    second, name = "META-INF/signature002.p7s", "META-INF/ASiCManifest002.xml"
    listing = manifest({"b.txt": b"b"}, signature=second)
    more = {"b.txt": b"b", name: listing, second: W.cms(listing, detached=True)}
    reports = judge(pack(extended(more=more))).signatures
    assert [(r.indication.value, r.reason) for r in reports] == PASSED * 2
    assert details(reports[0], "coverage") == ["warning:files:2/3"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (extended(signed=FILES | {"gone.txt": b"x"}), "signature.malformed"),
        (extended(stated=manifest(FILES, signature="META-INF/other.p7s")), "signature.malformed"),
        (extended(more={"META-INF/ASiCManifest2.xml": manifest(FILES)}), "signature.malformed"),
        (
            extended(stated=manifest(FILES, digest_uri=f"{DSIG}sha1")),
            "signature.container_not_supported",
        ),
        (
            extended(stated=manifest(FILES, digest_uri="urn:none")),
            "signature.container_not_supported",
        ),
        (extended() | {SIGNATURE: W.cms(manifest(FILES))}, "signature.malformed"),
        (extended() | {SIGNATURE: b"junk"}, "signature.malformed"),
    ],
)
def test_a_manifest_that_does_not_fit_does_not_pass(files, reason):
    assert [each for _, each in outcome(files)] == [reason]


def test_xades_is_named_with_what_is_inside():
    files = {
        "mimetype": EXTENDED.encode(),
        **FILES,
        "META-INF/signatures0.xml": f'<s xmlns="{DSIG}"/>'.encode(),
        "META-INF/manifest.xml": b"<m/>",
    }
    document = judge(pack(files))
    (report,) = document.signatures
    assert (report.indication, report.reason) == (
        Indication.INDETERMINATE,
        "signature.asic_xades_not_supported",
    )
    assert details(report, "format") == ["signatures:1,files:2"]
    assert [f.kind for f in document.container.files][2:] == ["xml_signature", "xml"]


def test_a_container_without_a_signature_says_so():
    files = {"mimetype": EXTENDED.encode(), **FILES}
    assert outcome(files) == [("INDETERMINATE", "signature.container_not_signed")]


def test_a_package_of_another_type_is_named():
    files = extended() | {"mimetype": b"application/vnd.oasis.opendocument.text"}
    (report,) = judge(pack(files)).signatures
    assert report.reason == "signature.container_not_supported"
    assert details(report, "format") == ["mimetype"]


# --- the package


@pytest.mark.parametrize(
    "name",
    ["../a", "a/../b", "/a", "a//b", "C:/a", "a\\b", "./a", "a\x01b", "a /b", "a.", "x" * 600],
)
def test_names_that_lead_elsewhere_are_refused(name):
    with pytest.raises(ContainerMalformed, match="name"):
        open_package(pack({name: b"x"}))


@pytest.mark.parametrize(("one", "other"), [("a.txt", "A.TXT"), ("é", "e\u0301"), ("a/b", "a/B")])
def test_names_that_a_disk_takes_for_one_are_refused(one, other):
    with pytest.raises(ContainerMalformed, match="duplicate"):
        open_package(pack({one: b"x", other: b"y"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("a", b"x")
        package.writestr("a", b"y")
    with pytest.raises(ContainerMalformed, match="duplicate"):
        open_package(buffer.getvalue())


def spoil(octets, at, value):
    return octets[:at] + value + octets[at + len(value) :]


def test_what_lies_before_between_and_behind_is_refused():
    whole = pack({"a": b"x", "b": b"y"})
    for octets in (b"junk" + whole, whole + b"junk", whole + whole):
        with pytest.raises(ContainerMalformed):
            open_package(octets)


def test_headers_that_contradict_the_directory_are_refused():
    whole = pack({"a": b"x", "b": b"y"}, method=zipfile.ZIP_STORED)
    with pytest.raises(ContainerMalformed, match="header_differs"):
        open_package(spoil(whole, 30, b"z"))  # the name in the first local header
    with pytest.raises(ContainerMalformed, match="header_differs"):
        open_package(spoil(whole, 22, b"\x07"))  # its unpacked size


@pytest.mark.parametrize(
    ("kind", "error"), [(0x7075, ContainerMalformed), (0x0001, ContainerUnsupported)]
)
def test_a_second_name_or_size_in_the_extra_fields_is_refused(kind, error):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        entry = zipfile.ZipInfo("a.txt")
        entry.extra = struct.pack("<HH", 0x5455, 1) + b"x" + struct.pack("<HH", kind, 8) + bytes(8)
        package.writestr(entry, b"x")
    with pytest.raises((error, ContainerMalformed)):
        open_package(buffer.getvalue())


def test_a_wrong_checksum_is_refused():
    whole = pack({"a": b"xxxx"}, method=zipfile.ZIP_STORED)
    with pytest.raises(ContainerMalformed, match="checksum"):
        open_package(spoil(whole, 31, b"y"))


def test_bombs_are_refused():
    with pytest.raises(ContainerMalformed, match="too_large"):
        open_package(pack({"a": bytes(129 << 20)}))
    lying = pack({"a": bytes(1 << 20)})
    directory = lying.index(b"PK\x01\x02")
    for at in (22, directory + 24):
        lying = spoil(lying, at, struct.pack("<I", 10))
    with pytest.raises(ContainerMalformed):
        open_package(lying)
    with pytest.raises(ContainerMalformed, match="too_many_files"):
        open_package(pack({f"f{n}": b"" for n in range(1001)}))


def test_encrypted_files_and_other_methods_are_named():
    whole = pack({"a": b"x"}, method=zipfile.ZIP_STORED)
    directory = whole.index(b"PK\x01\x02")
    with pytest.raises(ContainerUnsupported, match="encrypted"):
        open_package(spoil(whole, directory + 8, b"\x01\x00"))
    with pytest.raises(ContainerUnsupported, match="compression"):
        open_package(pack({"a": b"x"}, method=zipfile.ZIP_BZIP2))


# --- the manifest


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<a/>",
        manifest(FILES)[:-5],
        manifest({}),
        manifest(FILES).replace(b"?>", b'?><!DOCTYPE a [<!ENTITY x "y">]>', 1),
        manifest(FILES).replace(b"UTF-8", b"UTF-7"),
        manifest(FILES, signature="../signature.p7s"),
        manifest(FILES, signature="http://a/b.p7s"),
        manifest({"/etc/a": b"x"}),
        manifest({"a#b": b"x"}),
        manifest({"%FF": b"x"}),
        manifest(FILES, more=f'<a:SigReference URI="{SIGNATURE}"/>'),
        manifest(FILES).replace(b"<d:DigestValue>", b"<d:DigestValue>!"),
        b"<x xmlns='" + ASIC.encode() + b"'>" * 20,
        b" " * (2 << 20),
    ],
)
def test_a_manifest_that_is_none_is_refused(octets):
    with pytest.raises(ContainerMalformed):
        read_manifest(octets)


def test_a_reference_is_percent_decoded():
    found = read_manifest(manifest({"%D0%B0.txt": b"x"}))
    assert [each.name for each in found.objects] == ["а.txt"]


def test_no_damaged_container_passes():
    import random

    octets, chance = pack(extended(), method=zipfile.ZIP_STORED), random.Random(14)
    assert judge(octets).indication is Indication.TOTAL_PASSED
    for _ in range(150):
        spoilt = bytearray(octets)
        at = chance.randrange(len(spoilt))
        spoilt[at] ^= chance.randrange(1, 256)
        report = judge(bytes(spoilt))
        assert report.to_json()
        if report.indication is Indication.TOTAL_PASSED:
            names = [(f.name, f.sha256) for f in report.container.files]
            assert names == [(f.name, f.sha256) for f in judge(octets).container.files]


# --- what a small package may cost


def many(count, *, listing, name="big.bin", size=1):
    """A container of so many signatures, each with a manifest of its own."""
    found = {"mimetype": EXTENDED.encode(), name: bytes(size)}
    message = W.cms(b"x", detached=True)
    for number in range(count):
        signature = f"META-INF/signature{number}.p7s"
        found |= {f"META-INF/ASiCManifest{number}.xml": listing(signature), signature: message}
    return pack(found)


def spent(octets):
    begun = time.process_time()
    found = judge(octets)
    return time.process_time() - begun, found


def test_a_file_is_hashed_once_however_many_signatures_name_it():
    uri = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512"

    def listing(signature):
        return manifest({"big.bin": b""}, signature=signature, digest_uri=uri)

    hashed = []
    validator = W.validator()
    registry = default_registry().with_digests(
        lambda each: replace(each, new=lambda: hashed.append(each.name) or each.new())
    )
    constraints = validator.constraints
    counting = SignatureValidator(
        trust=constraints.trust,
        policy=constraints.policy,
        revocation=W.sources(),
        registry=registry,
    )
    octets = many(32, listing=listing)
    document = counting.validate_document(octets, content=None, moment=NOW)
    assert {r.reason for r in document.signatures} == {"signature.content_mismatch"}
    assert hashed.count(registry.require_digest(DIGESTS[uri]).name) == 1


def test_manifests_are_read_once_and_never_a_hundred_thousand_elements():
    def listing(signature):
        return manifest({"big.bin": b""}, signature=signature, more="<x/>" * 200_000)

    seconds, document = spent(many(8, listing=listing))
    assert {r.reason for r in document.signatures} == {"signature.malformed"}
    assert seconds < 2


def test_more_manifests_than_signatures_are_read_of_is_refused():
    more = {f"META-INF/ASiCManifestX{n}.xml": b"<a/>" for n in range(33)}
    (report,) = judge(pack(extended(more=more))).signatures
    assert (report.reason, details(report, "format")) == (
        "signature.container_not_supported",
        ["too_many_signatures"],
    )


def test_one_large_file_is_not_hashed_for_thirty_signatures():
    message = W.cms(b"x", detached=True)
    files = {f"META-INF/signature{n}.p7s": message for n in range(3)}
    octets = pack({"mimetype": SIMPLE.encode(), "big.bin": bytes(100 << 20), **files})
    assert len(octets) < 200_000
    (report,) = judge(octets).signatures
    assert details(report, "format") == ["too_many_signatures"]


def test_signers_of_all_messages_are_counted_together():
    message = repeat_signer(W.cms(b"x", detached=True), 30)
    files = {f"META-INF/signature{n}.p7s": message for n in range(4)}
    reports = judge(pack({"mimetype": SIMPLE.encode(), "a.txt": b"x", **files})).signatures
    assert [r.reason for r in reports].count("signature.passed") == 60
    assert [details(r, "format") for r in reports[60:]] == [["too_many_signatures"]] * 2


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_file_that_is_a_package_itself_is_a_file(method):
    files = {"contract.docx": pack({"word/document.xml": b"<w/>"})}
    (report,) = judge(pack(extended(files), method=method)).signatures
    assert [(report.indication.value, report.reason)] == PASSED


def test_a_line_end_behind_a_message_is_a_finding():
    files = extended()
    files[SIGNATURE] += b"\n"
    (report,) = judge(pack(files)).signatures
    assert [(report.indication.value, report.reason)] == PASSED
    assert details(report, "format") == ["warning:line_end", ""]
