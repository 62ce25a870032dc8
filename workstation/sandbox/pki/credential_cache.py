"""A folder of credentials, each renewed when it no longer fits the moment or its issuer.

One file per credential, `<name>.pem`: certificate, then key, unencrypted, readable by the owner
only, and a last line with the SHA-256 of what is before it. The check sum stands for checking
signatures and keys anew: a dozen GOST operations would delay every start by a third of a second.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from crypto.errors import CryptoError
from crypto.files.durable import write_durably
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.private_keys import read_private_key, write_private_key

__all__ = ["USED_SINCE", "Issue", "Shelf"]

Issue = Callable[[Credential, datetime], Credential]

USED_SINCE = timedelta(days=10)
"""A kept leaf is at least this old, so that it can have been revoked meanwhile."""

_MARGIN = timedelta(days=1)
_LABELS = ("CERTIFICATE", "PRIVATE KEY")
_CHECK_SUM = b"SHA-256 "
_OBJECT = re.compile(rb"-----BEGIN ([A-Z ]+)-----\n([A-Za-z0-9+/=\n]+)-----END \1-----\n")
_LINE = 64


class Shelf:
    """The folder of credentials, at one moment."""

    def __init__(self, folder: Path, moment: datetime) -> None:
        self._folder = folder
        self._moment = moment

    def root(self, name: str, issue: Callable[[datetime], Credential]) -> Credential:
        """Return the self-signed credential of that name, made anew unless the kept one fits."""
        kept = self._load(name)
        if kept is not None and self._valid(kept) and _issued_by(kept, kept):
            return kept
        return self._keep(name, issue(self._moment))

    def below(
        self, name: str, issuer: Credential, issue: Issue, *, expired: bool = False
    ) -> Credential:
        """Return the credential of that name under `issuer`; `expired` wants one that is."""
        kept = self._load(name)
        if kept is not None and _issued_by(kept, issuer):
            over = kept.parsed.not_after < self._moment
            if over if expired else self._valid(kept):
                return kept
        return self._keep(name, issue(issuer, self._moment))

    def _valid(self, kept: Credential) -> bool:
        certificate = kept.parsed
        since = certificate.not_before + USED_SINCE
        return since <= self._moment < certificate.not_after - _MARGIN

    def _load(self, name: str) -> Credential | None:
        try:
            text = (self._folder / f"{name}.pem").read_bytes()
            body, mark, stated = text.rpartition(_CHECK_SUM)
            if not mark or stated.decode() != hashlib.sha256(body).hexdigest() + "\n":
                return None
            (_, certificate), (_, key) = _OBJECT.findall(body)
            private = read_private_key(base64.b64decode(key), own=True)
            made = Credential(base64.b64decode(certificate), private)
            made.parsed  # noqa: B018 - a certificate that does not parse is as good as none
        except (OSError, ValueError, CryptoError):
            return None
        return made

    def _keep(self, name: str, made: Credential) -> Credential:
        objects = zip(_LABELS, (made.der, write_private_key(made.key)), strict=True)
        body = b"".join(_pem(label, der) for label, der in objects)
        check_sum = _CHECK_SUM + hashlib.sha256(body).hexdigest().encode() + b"\n"
        write_durably(self._folder / f"{name}.pem", body + check_sum)
        return made


def _pem(label: str, der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def _issued_by(kept: Credential, issuer: Credential) -> bool:
    certificate, above = kept.parsed, issuer.parsed
    # A root names no authority key; its own is the one it is found by.
    named = certificate.authority_key_id
    identifier = certificate.subject_key_id if named is None else named.key_id
    return certificate.issuer == above.subject and identifier == above.subject_key_id
