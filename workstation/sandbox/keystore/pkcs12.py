"""PKCS#12 files (RFC 7292) of customers' keys, as НУЦ РК issues them: RSA, GOST and Tumar CSP.

For the sandbox and for tests alone. The workstation takes no customer's key file and no password
to one: it recognises such a file and says so (`crypto.carrier.armour`).
"""

import hmac
from dataclasses import dataclass

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.ber import definite, joined_octets
from crypto.asn1.der import (
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    DerError,
    Limits,
    Node,
    context,
    parse,
)
from crypto.x509.certificate import Certificate
from workstation.sandbox.keystore.pkcs12_encryption import Password, compute_mac, decrypt
from workstation.sandbox.pki.key_store_errors import (
    KeyStoreDamaged,
    KeyStorePassword,
    KeyStoreRefused,
    KeyStoreUnsupported,
)
from workstation.sandbox.pki.private_keys import SigningKey, belongs_to, read_private_key

__all__ = ["open_pkcs12"]

_LIMITS = Limits(octets=256 * 1024, depth=24, elements=4000)
_VERSION = 3
_MAX_STATED = (1 << 31) - 1
_MAX_SAFES, _MAX_BAGS = 8, 16
_ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
_BAG = "1.2.840.113549.1.12.10.1"
_KEY_BAG, _SHROUDED_KEY_BAG, _CERTIFICATE_BAG = f"{_BAG}.1", f"{_BAG}.2", f"{_BAG}.3"
_X509_CERTIFICATE = "1.2.840.113549.1.9.22.1"


@dataclass(frozen=True, slots=True)
class _Mac:
    """MacData: the check sum of the whole file under the password."""

    digest: AlgorithmIdentifier
    value: bytes
    salt: bytes
    rounds: int

    @classmethod
    def read(cls, node: Node) -> "_Mac":
        fields = node.fields()
        info = fields.take(SEQUENCE).fields()
        digest = AlgorithmIdentifier.read(info.take(SEQUENCE))
        value = v.octets(info.take(OCTET_STRING))
        info.end()
        salt = v.octets(fields.take(OCTET_STRING))
        rounds = fields.optional(INTEGER)
        fields.end()
        count = 1 if rounds is None else v.small_integer(rounds, maximum=_MAX_STATED)
        return cls(digest, value, salt, count)

    def verify(self, password: Password, content: bytes) -> bool:
        own = compute_mac(self.digest, password, self.salt, self.rounds, content)
        return hmac.compare_digest(own, self.value)


@dataclass(frozen=True, slots=True)
class _Encrypted:
    """Encrypted octets and what they were encrypted with."""

    algorithm: AlgorithmIdentifier
    data: bytes

    def decrypt(self, password: Password) -> bytes:
        return decrypt(self.algorithm, password, self.data)


def open_pkcs12(untrusted: bytes, password: str) -> tuple[SigningKey, bytes]:
    """Return the one private key of the file and the DER of its certificate.

    KeyStoreDamaged      not PKCS#12, not whole, or the key is another than the certificate's
    KeyStorePassword     whole, and the password opens nothing
    KeyStoreUnsupported  signed or unauthenticated files, several keys, other algorithms, more
                         than 256 KiB, more than a million iterations
    """
    try:
        return _open(untrusted, Password(password))
    except DerError as malformed:
        if malformed.detail == "too_large":
            raise KeyStoreUnsupported("size") from None
        raise KeyStoreDamaged(malformed.detail) from None


def _open(untrusted: bytes, password: Password) -> tuple[SigningKey, bytes]:
    fields = parse(definite(untrusted, _LIMITS).der, _LIMITS).fields()
    if v.small_integer(fields.take(INTEGER)) != _VERSION:
        raise KeyStoreUnsupported("version")
    kind, content = _content_info(fields.take(SEQUENCE))
    if kind != oids.DATA:
        raise KeyStoreUnsupported(kind)
    # Without a MAC (optional in RFC 7292, 4) a wrong password cannot be told from damage.
    stated = fields.optional(SEQUENCE)
    fields.end()
    if stated is None:
        raise KeyStoreUnsupported("no_mac")
    safe = v.octets(content.expect(OCTET_STRING))
    mac = _Mac.read(stated)
    if not mac.verify(password, safe):
        raise _explain_mac_failure(safe, password)
    key, certificates = _read_contents(safe, password)
    for der in certificates:
        if belongs_to(key, Certificate.parse(der).key):
            return key, der
    raise KeyStoreDamaged("key_of_another_certificate" if certificates else "no_certificate")


def _explain_mac_failure(safe: bytes, password: Password) -> KeyStoreRefused:
    """Distinguish a wrong password from damage: the right one still opens some part of the file."""
    for encrypted in _find_encrypted(safe):
        try:
            parse(definite(encrypted.decrypt(password), _LIMITS).der, _LIMITS)
        except (DerError, KeyStoreDamaged):
            continue
        return KeyStoreDamaged("mac")
    return KeyStorePassword()


def _content_info(node: Node) -> tuple[str, Node]:
    fields = node.fields()
    kind = v.oid(fields.take(OID))
    content = fields.take(context(0)).only_child()
    fields.end()
    return kind, content


def _read_safes(safe: bytes) -> list[_Encrypted | Node]:
    """Return the contents of the authenticated safe: encrypted, or SafeContents in the clear."""
    found: list[_Encrypted | Node] = []
    for each in _open_der(safe).expect(SEQUENCE).children():
        kind, content = _content_info(each)
        if kind == oids.DATA:
            found.append(_open_der(v.octets(content.expect(OCTET_STRING))))
        elif kind == _ENCRYPTED_DATA:
            found.append(_read_encrypted_data(content))
        else:
            raise KeyStoreUnsupported(kind)
        if len(found) > _MAX_SAFES:
            raise KeyStoreUnsupported("safes")
    return found


def _read_encrypted_data(node: Node) -> _Encrypted:
    """EncryptedData (RFC 5652 section 8): version, EncryptedContentInfo, attributes."""
    fields = node.fields()
    fields.take(INTEGER)
    info = fields.take(SEQUENCE).fields()
    info.take(OID)
    algorithm = AlgorithmIdentifier.read(info.take(SEQUENCE))
    data = joined_octets(info.any(), context(0, constructed=False))
    info.end()
    return _Encrypted(algorithm, data)


def _read_bags(contents: Node) -> list[tuple[str, Node]]:
    """SafeContents (RFC 7292 4.2): identifier and value of each bag; names are not read."""
    found = []
    for bag in contents.expect(SEQUENCE).children():
        fields = bag.fields()
        kind = v.oid(fields.take(OID))
        found.append((kind, fields.take(context(0)).only_child()))
        fields.optional(SET)
        fields.end()
        if len(found) > _MAX_BAGS:
            raise KeyStoreUnsupported("bags")
    return found


def _read_shrouded(node: Node) -> _Encrypted:
    """EncryptedPrivateKeyInfo (RFC 5208 section 6)."""
    fields = node.fields()
    algorithm = AlgorithmIdentifier.read(fields.take(SEQUENCE))
    data = v.octets(fields.take(OCTET_STRING))
    fields.end()
    return _Encrypted(algorithm, data)


def _find_encrypted(safe: bytes) -> list[_Encrypted]:
    """Everything that is encrypted and can be seen without the password; [] when unreadable."""
    parts: list[_Encrypted] = []
    try:
        for each in _read_safes(safe):
            if isinstance(each, _Encrypted):
                parts.append(each)
            else:
                parts += [
                    _read_shrouded(node)
                    for kind, node in _read_bags(each)
                    if kind == _SHROUDED_KEY_BAG
                ]
    except DerError:
        return parts
    return parts


def _read_contents(safe: bytes, password: Password) -> tuple[SigningKey, list[bytes]]:
    keys: list[bytes] = []
    certificates: list[bytes] = []
    for each in _read_safes(safe):
        contents = _open_der(each.decrypt(password)) if isinstance(each, _Encrypted) else each
        for kind, node in _read_bags(contents):
            if kind == _KEY_BAG:
                keys.append(node.raw)
            elif kind == _SHROUDED_KEY_BAG:
                keys.append(_open_der(_read_shrouded(node).decrypt(password)).raw)
            elif kind == _CERTIFICATE_BAG:
                certificates.append(_read_certificate(node))
    if len(keys) != 1:
        raise KeyStoreUnsupported(f"keys:{len(keys)}")
    return read_private_key(keys[0]), certificates


def _read_certificate(node: Node) -> bytes:
    fields = node.fields()
    kind = v.oid(fields.take(OID))
    if kind != _X509_CERTIFICATE:
        raise KeyStoreUnsupported(kind)
    der = v.octets(fields.take(context(0)).only_child().expect(OCTET_STRING))
    fields.end()
    return der


def _open_der(octets: bytes) -> Node:
    return parse(definite(octets, _LIMITS).der, _LIMITS)
