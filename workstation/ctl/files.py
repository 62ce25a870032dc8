"""Files given to commands: read within limits, and named when they are something else."""

from pathlib import Path

from crypto.asn1.der import DerError
from crypto.cms.signature_file import FileKind, count_bag, identify
from crypto.x509.certificate import Certificate
from workstation.ctl.console import Console
from workstation.ctl.failures import FileOfAnotherKind, NothingFound
from workstation.documents.texts import Texts
from workstation.settings.toml_file import read_limited

__all__ = [
    "MAX_CERTIFICATE",
    "MAX_CMS",
    "read_certificate",
    "read_certificates",
    "read_object",
    "refuse_kind",
]

MAX_CERTIFICATE = 65_536
MAX_CMS = 32 << 20
_MAX_FILES = 200
_SUFFIXES = {".cer", ".crt", ".pem", ".der"}
_BRING = {
    FileKind.CERTIFICATE: "certificate",
    FileKind.SIGNED_CMS: "signature",
    FileKind.CRL: "crl",
    FileKind.OCSP_RESPONSE: "ocsp",
}


def refuse_kind(
    console: Console, kind: FileKind, wanted: FileKind, binary: bytes = b""
) -> FileOfAnotherKind:
    """Return the refusal in the language asked for: what the file is, and what to bring.

    binary  of a bag of certificates, whose contents are counted
    """
    texts = Texts(console.language)
    named = texts.tr(f"file_kind.{kind.value}", **_count(kind, binary))
    if kind is FileKind.CERTIFICATE:
        named = f"{named}, {texts.tr(f'not_a.{_BRING[wanted]}')}"
    return FileOfAnotherKind(named, texts.tr(f"bring.{_BRING[wanted]}"))


def _count(kind: FileKind, binary: bytes) -> dict[str, int]:
    if kind is not FileKind.CERTIFICATE_BAG:
        return {}
    try:
        return count_bag(binary)._asdict()
    except DerError:
        return {"certificates": 0, "lists": 0}


def read_object(
    console: Console,
    path: Path,
    wanted: FileKind,
    limit: int,
    also: frozenset[FileKind] = frozenset(),
) -> bytes:
    """Read one object out of DER, PEM or base64; FileOfAnotherKind says what else it is.

    also  further kinds that are taken
    """
    kind, binary = identify(read_limited(path, limit, NothingFound))
    if kind is not wanted and kind not in also:
        raise refuse_kind(console, kind, wanted, binary)
    return binary


def read_certificate(console: Console, path: Path) -> Certificate:
    """Read one certificate, DER or PEM; FileOfAnotherKind, DerError.

    White space after the DER is passed over: editors and mail programs add it.
    """
    untrusted = read_limited(path, MAX_CMS, NothingFound)
    kind, binary = identify(untrusted)
    if kind is not FileKind.CERTIFICATE:
        raise refuse_kind(console, kind, FileKind.CERTIFICATE, binary)
    return Certificate.parse(binary)


def read_certificates(console: Console, place: Path) -> tuple[Certificate, ...]:
    """Read the certificates of a folder (.cer, .crt, .pem, .der), or the one of a file."""
    if place.is_file():
        return (read_certificate(console, place),)
    if not place.is_dir():
        raise NothingFound(str(place))
    files = sorted(each for each in place.iterdir() if each.suffix.lower() in _SUFFIXES)
    if not files or len(files) > _MAX_FILES:
        raise NothingFound(f"{place.name}: 1 to {_MAX_FILES} certificate files")
    return tuple(_read_one_of(console, each) for each in files)


def _read_one_of(console: Console, path: Path) -> Certificate:
    """Read a certificate of a folder; what is wrong with it is said with its name."""
    try:
        return read_certificate(console, path)
    except FileOfAnotherKind as other:
        raise FileOfAnotherKind(f"{path.name}: {other.detail}", other.advice) from None
    except DerError as broken:
        raise DerError(f"{path.name}: {broken.detail}") from None
