"""Files given to commands: read within limits, and told apart when they are something else."""

from pathlib import Path

from crypto.carrier.armour import kind_of, unarmoured
from crypto.carrier.errors import FileKind
from crypto.errors import CryptoError
from crypto.pki.certificate import Certificate
from crypto.pki.crl import CertificateList
from crypto.pki.der import DerError, Node
from crypto.pki.ocsp import OcspResponse
from workstation.ctl.console import Console
from workstation.ctl.failures import FileOfAnotherKind, NothingFound
from workstation.texts import Texts
from workstation.toml_file import read_limited

__all__ = ["MAX_CERTIFICATE", "MAX_CMS", "certificate_in", "certificates_in", "told_kind"]

MAX_CERTIFICATE = 65_536
MAX_CMS = 32 << 20
_MAX_FILES = 200
_SUFFIXES = {".cer", ".crt", ".pem", ".der"}
_LISTS = (("crl", CertificateList.parse), ("ocsp", OcspResponse.parse))


def told_kind(untrusted: bytes) -> str:
    """Tell what a file is: a `FileKind`, or `crl` and `ocsp`, which are no carrier's business."""
    kind = kind_of(untrusted)
    if kind is not FileKind.UNKNOWN:
        return kind.value
    for name, parse in _LISTS:
        try:
            parse(unarmoured(untrusted))
        except CryptoError:
            continue
        return name
    return kind.value


def refuse_kind(console: Console, kind: str, wanted: str) -> FileOfAnotherKind:
    """Return the refusal in the language asked for; `wanted`: certificate, signature, list."""
    texts = Texts(console.language)
    return FileOfAnotherKind(texts.tr(f"file_kind.{kind}"), texts.tr(f"bring.{wanted}"))


def certificate_in(console: Console, path: Path) -> Certificate:
    """Read one certificate, DER or PEM; FileOfAnotherKind says what else it is.

    White space after the DER is passed over: editors and mail programs add it.
    """
    untrusted = read_limited(path, MAX_CMS, NothingFound)
    kind = told_kind(untrusted.rstrip(b"\r\n"))
    if kind != FileKind.CERTIFICATE.value:
        raise refuse_kind(console, kind, "certificate")
    return Certificate.parse(_without_line_end(unarmoured(untrusted)))


def _without_line_end(der: bytes) -> bytes:
    try:
        end = Node.at(der, 0, len(der)).end
    except DerError:
        return der
    return der if der[end:].strip(b"\r\n") else der[:end]


def certificates_in(console: Console, place: Path) -> tuple[Certificate, ...]:
    """Read the certificates of a folder (.cer, .crt, .pem, .der), or the one of a file."""
    if place.is_file():
        return (certificate_in(console, place),)
    if not place.is_dir():
        raise NothingFound(str(place))
    files = sorted(each for each in place.iterdir() if each.suffix.lower() in _SUFFIXES)
    if not files or len(files) > _MAX_FILES:
        raise NothingFound(f"{place.name}: 1 to {_MAX_FILES} certificate files")
    return tuple(certificate_in(console, each) for each in files)
