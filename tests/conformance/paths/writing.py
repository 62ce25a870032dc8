"""Certificates and lists of any shape, well formed or not: every field is an encoding of its own.

Keys follow from their labels and ECDSA is deterministic (RFC 6979), so the octets are the same in
every run. What is not said is as a conforming authority writes it (RFC 5280 4 and 5).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import BIT_STRING, ENUMERATED, IA5_STRING, SET, UTF8_STRING, context
from crypto.x509.extensions import KeyUsage

MOMENT = datetime(2026, 9, 1, 12, tzinfo=UTC)
START, END = (
    w.utc_time(datetime(2026, 1, 1, tzinfo=UTC)),
    w.utc_time(datetime(2027, 1, 1, tzinfo=UTC)),
)
ISSUED = w.utc_time(datetime(2026, 9, 1, 11, tzinfo=UTC))
DUE = w.utc_time(datetime(2026, 9, 2, tzinfo=UTC))
REVOKED_AT = w.utc_time(datetime(2026, 8, 1, tzinfo=UTC))
V2, V3 = w.explicit(0, w.integer(1)), w.explicit(0, w.integer(2))
ECDSA = w.algorithm(oids.ECDSA_WITH_SHA256, with_null=False)
ECDSA_SHA384 = w.algorithm(oids.ECDSA_WITH_SHA384, with_null=False)
UNKNOWN = "1.3.6.1.4.1.55555.1"
SIGN = (KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN)
HAND = (KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION)
Changes = Mapping[str, bytes | None]


@cache
def private_key(label):
    seed = int.from_bytes(hashlib.sha256(label.encode()).digest(), "big")
    return ec.derive_private_key(seed >> 1, ec.SECP256R1())


@cache
def public_key(label):
    return (
        private_key(label)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


@cache
def sign(label, octets):
    return private_key(label).sign(octets, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


@cache
def key_id(label):
    return hashlib.sha256(public_key(label)).digest()[:20]


# Names


def attribute(oid, value, tag=UTF8_STRING):
    return w.sequence(w.oid(oid), w.tlv(tag, value if isinstance(value, bytes) else value.encode()))


def name(*attributes):
    """Encode a Name of one attribute per RDN."""
    return w.sequence(*(w.tlv(SET, each) for each in attributes))


def common_name(text, tag=UTF8_STRING):
    return name(attribute(oids.COMMON_NAME, text, tag))


def in_bank(text):
    return name(attribute(oids.ORGANIZATION, "Bank"), attribute(oids.COMMON_NAME, text))


EMPTY = w.sequence()


def general(number, octets, *, constructed=False):
    return w.tlv(context(number, constructed=constructed), octets)


def mail(text):
    return general(1, text.encode())


def dns(text):
    return general(2, text.encode())


def directory(encoded):
    return general(4, encoded, constructed=True)


def uri(text):
    return general(6, text.encode())


def ip(dotted):
    """Encode an address, or an address and its mask after a slash."""
    parts = [part for half in dotted.split("/") for part in half.split(".")]
    return general(7, bytes(map(int, parts)))


def other_name(oid=UNKNOWN):
    return general(0, w.oid(oid) + w.explicit(0, w.tlv(UTF8_STRING, b"x")), constructed=True)


def registered_id(oid):
    return general(8, w.oid(oid)[2:])


# Extensions


def extension(oid, value, *, critical=False):
    return w.sequence(w.oid(oid), w.boolean(True) if critical else b"", w.octet_string(value))


def basic(*, ca=True, length=None, critical=True):
    held = w.integer(length) if isinstance(length, int) else length or b""
    flag = w.boolean(True) if ca else b""
    return extension(oids.BASIC_CONSTRAINTS, w.sequence(flag, held), critical=critical)


def usage(*usages, critical=True):
    bits = sum(0x80 >> each for each in usages)
    unused = (bits & -bits).bit_length() - 1
    return extension(oids.KEY_USAGE, w.tlv(BIT_STRING, bytes((unused, bits))), critical=critical)


def subject_key(identifier, *, critical=False):
    return extension(oids.SUBJECT_KEY_IDENTIFIER, w.octet_string(identifier), critical=critical)


def authority_key(identifier=None, issuer=None, serial=None, *, critical=False):
    value = w.sequence(
        general(0, identifier) if identifier is not None else b"",
        general(1, directory(issuer), constructed=True) if issuer is not None else b"",
        w.integer(serial, context(2, constructed=False)) if serial is not None else b"",
    )
    return extension(oids.AUTHORITY_KEY_IDENTIFIER, value, critical=critical)


def alternative(*names, critical=False):
    return extension(oids.SUBJECT_ALT_NAME, w.sequence(*names), critical=critical)


def constrain(permitted=None, excluded=None, *, critical=True):
    """Encode nameConstraints; a base is a GeneralName, or the content of a whole subtree."""
    trees = [
        general(n, b"".join(map(subtree, bases)), constructed=True) if bases is not None else b""
        for n, bases in enumerate((permitted, excluded))
    ]
    return extension(oids.NAME_CONSTRAINTS, w.sequence(*trees), critical=critical)


def subtree(base):
    return w.sequence(*base) if isinstance(base, tuple) else w.sequence(base)


def policies(*stated, critical=False):
    held = w.sequence(*(w.sequence(w.oid(each)) for each in stated))
    return extension(oids.CERTIFICATE_POLICIES, held, critical=critical)


def mappings(*pairs, critical=True):
    held = w.sequence(*(w.sequence(w.oid(a), w.oid(b)) for a, b in pairs))
    return extension(oids.POLICY_MAPPINGS, held, critical=critical)


def demand(explicit=None, mapping=None, *, critical=True):
    held = [
        w.integer(skip, context(n, constructed=False)) if skip is not None else b""
        for n, skip in enumerate((explicit, mapping))
    ]
    return extension(oids.POLICY_CONSTRAINTS, w.sequence(*held), critical=critical)


def inhibit_any(skip, *, critical=True):
    return extension(oids.INHIBIT_ANY_POLICY, w.integer(skip), critical=critical)


def purposes(*stated, critical=False):
    return extension(oids.EXTENDED_KEY_USAGE, w.sequence(*map(w.oid, stated)), critical=critical)


def unknown(*, critical=True):
    return extension(UNKNOWN, w.null(), critical=critical)


# Certificates


@dataclass(frozen=True)
class Written:
    """A certificate by the encodings of its fields.

    extensions  by a label, in order; None leaves one out, and no extension at all leaves the field
    inner       the algorithm identifier inside the signed part, `outer` the one behind it
    """

    subject: bytes
    key: str
    issuer: bytes
    signer: str
    serial: bytes
    version: bytes = V3
    validity: tuple[bytes, bytes] = (START, END)
    extensions: Changes = field(default_factory=dict)
    inner: bytes = ECDSA
    outer: bytes = ECDSA
    unique_ids: bytes = b""
    tail: bytes = b""

    @property
    def number(self):
        return int.from_bytes(self.serial[2:], "big", signed=True)

    def encode(self):
        stated = [each for each in self.extensions.values() if each is not None]
        signed = w.sequence(
            self.version,
            self.serial,
            self.inner,
            self.issuer,
            w.sequence(*self.validity),
            self.subject,
            public_key(self.key),
            self.unique_ids,
            w.explicit(3, w.sequence(*stated)) if stated else b"",
            self.tail,
        )
        return w.sequence(signed, self.outer, w.bit_string(sign(self.signer, signed)))


def root(label="root", *, ext=None, **changes):
    """Write an anchor: self-signed, as a conforming root is."""
    subject = changes.pop("subject", common_name(label))
    stated = {"bc": basic(), "ku": usage(*SIGN), "ski": subject_key(key_id(label)), **(ext or {})}
    made = {"issuer": subject, "signer": label, "serial": w.integer(1), "extensions": stated}
    return Written(subject, label, **{**made, **changes})


def authority(above, label="ca", *, ext=None, **changes):
    """Write the certificate of an authority below another."""
    changes = {"key": label, "subject": common_name(label), **changes}
    own = {"ski": subject_key(key_id(changes["key"]))}
    return issue(above, {"bc": basic(), "ku": usage(*SIGN), **own, **(ext or {})}, changes)


def leaf(above, *, ext=None, **changes):
    """Write a signer's certificate."""
    changes = {"key": "leaf", "subject": common_name("Signer"), **changes}
    own = {"ku": usage(*HAND), "ski": subject_key(key_id("leaf"))}
    return issue(above, {**own, **(ext or {})}, changes)


def issue(above, extensions, changes):
    stated = {"aki": authority_key(key_id(above.key)), **extensions}
    serial = int.from_bytes(hashlib.sha256(changes["subject"]).digest()[:8], "big") | 1
    made = {"serial": w.integer(serial), "extensions": stated}
    return Written(**{"issuer": above.subject, "signer": above.key, **made, **changes})


# Lists


def entry(serial, *, at=REVOKED_AT, reason=None, extensions=()):
    """Encode one entry; `serial` a number or a whole encoding."""
    stated = list(extensions)
    if reason is not None:
        stated.append(extension(oids.REASON_CODE, w.integer(reason, ENUMERATED)))
    number = w.integer(serial) if isinstance(serial, int) else serial
    return w.sequence(number, at, w.sequence(*stated) if stated else b"")


def crl(above, *entries, ext=None, **changes):
    """Write a list of an authority; `revoked` replaces the whole field of its entries."""
    stated = {
        "aki": authority_key(key_id(above.key)),
        "number": extension(oids.CRL_NUMBER, w.integer(7)),
        **(ext or {}),
    }
    held = [each for each in stated.values() if each is not None]
    signed = w.sequence(
        changes.get("version", w.integer(1)),
        changes.get("inner", ECDSA),
        changes.get("issuer", above.subject),
        changes.get("issued", ISSUED),
        changes.get("due", DUE),
        changes.get("revoked", w.sequence(*entries) if entries else b""),
        w.explicit(0, w.sequence(*held)) if held else b"",
    )
    signature = sign(changes.get("sealed", above.key), signed)
    return w.sequence(signed, changes.get("outer", ECDSA), w.bit_string(signature))


def scope(*fields, critical=True):
    """Encode issuingDistributionPoint."""
    return extension(oids.ISSUING_DISTRIBUTION_POINT, w.sequence(*fields), critical=critical)


def address(text):
    """Encode a DistributionPointName of one URI."""
    return w.tlv(context(0), w.tlv(context(0), uri(text)))


def points(*texts):
    """Encode cRLDistributionPoints."""
    held = w.sequence(*(w.sequence(address(each)) for each in texts))
    return extension(oids.CRL_DISTRIBUTION_POINTS, held)


def ia5(text):
    return w.tlv(IA5_STRING, text.encode())
