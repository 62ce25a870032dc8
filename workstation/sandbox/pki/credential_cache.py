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

__all__ = ["MINIMUM_AGE", "CredentialCache", "Issue"]

Issue = Callable[[Credential, datetime], Credential]

MINIMUM_AGE = timedelta(days=10)
"""A cached leaf is at least this old, so that it can have been revoked meanwhile."""

_MARGIN = timedelta(days=1)
_LABELS = ("CERTIFICATE", "PRIVATE KEY")
_CHECK_SUM = b"SHA-256 "
_OBJECT = re.compile(rb"-----BEGIN ([A-Z ]+)-----\n([A-Za-z0-9+/=\n]+)-----END \1-----\n")
_LINE = 64


class CredentialCache:
    """A folder of credentials, at one moment."""

    def __init__(self, folder: Path, moment: datetime) -> None:
        self._folder = folder
        self._moment = moment

    def get_root(self, name: str, issue: Callable[[datetime], Credential]) -> Credential:
        """Return the self-signed credential of that name, made anew unless the cached one fits."""
        cached = self._load(name)
        if cached is not None and self._fits(cached) and _is_issued_by(cached, cached):
            return cached
        return self._store(name, issue(self._moment))

    def get_issued(
        self, name: str, issuer: Credential, issue: Issue, *, expired: bool = False
    ) -> Credential:
        """Return the credential of that name under `issuer`; `expired` wants one that is."""
        cached = self._load(name)
        if cached is not None and _is_issued_by(cached, issuer):
            over = cached.parsed.not_after < self._moment
            if over if expired else self._fits(cached):
                return cached
        return self._store(name, issue(issuer, self._moment))

    def _fits(self, cached: Credential) -> bool:
        certificate = cached.parsed
        since = certificate.not_before + MINIMUM_AGE
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

    def _store(self, name: str, made: Credential) -> Credential:
        objects = zip(_LABELS, (made.der, write_private_key(made.key)), strict=True)
        body = b"".join(_pem(label, der) for label, der in objects)
        check_sum = _CHECK_SUM + hashlib.sha256(body).hexdigest().encode() + b"\n"
        write_durably(self._folder / f"{name}.pem", body + check_sum)
        return made


def _pem(label: str, der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def _is_issued_by(cached: Credential, issuer: Credential) -> bool:
    certificate, above = cached.parsed, issuer.parsed
    # A self-signed certificate may leave authorityKeyIdentifier out (RFC 5280, 4.2.1.1).
    authority = certificate.authority_key_id
    identifier = certificate.subject_key_id if authority is None else authority.key_id
    return certificate.issuer == above.subject and identifier == above.subject_key_id
