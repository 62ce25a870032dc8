"""Fields and extensions of signers' and authorities' certificates (RFC 5280 4.1, 4.2, 6.1)."""

from datetime import timedelta

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import GENERALIZED_TIME, UTC_TIME, context
from crypto.x509.extensions import KeyUsage
from tests.conformance.paths.case import path
from tests.conformance.paths.writing import (
    ECDSA_SHA384,
    EMPTY,
    END,
    HAND,
    MOMENT,
    SIGN,
    START,
    UNKNOWN,
    V2,
    V3,
    alternative,
    attribute,
    authority,
    authority_key,
    basic,
    common_name,
    constrain,
    directory,
    dns,
    extension,
    ia5,
    in_bank,
    inhibit_any,
    ip,
    key_id,
    leaf,
    mail,
    name,
    other_name,
    policies,
    purposes,
    registered_id,
    root,
    subject_key,
    unknown,
    uri,
    usage,
)

RULES, PROFILE, DATES = "issuing rules", "signer's profile", "fractions of a second"
TOP = root()
CA = authority(TOP)


def signed(name, clause, valid, departure="", **changes):
    return path(f"signer: {name}", clause, valid, departure, signer=changes)


def issuing(name, clause, valid, departure="", **changes):
    return path(f"authority: {name}", clause, valid, departure, ca=changes)


def dated(name, clause, valid, departure="", *, start=START, end=END, **rest):
    return path(
        f"validity: {name}", clause, valid, departure, signer={"validity": (start, end)}, **rest
    )


def utc(text):
    return w.tlv(UTC_TIME, text)


def long(text):
    return w.tlv(GENERALIZED_TIME, text)


def serial(octets):
    return w.tlv(0x02, octets)


def profiles():
    """Yield what a signer's certificate may and may not say."""
    yield signed("cA", "4.2.1.9", True, PROFILE, ext={"bc": basic(), "ku": usage(*HAND)})
    yield signed(
        "cA in an authority's certificate",
        "4.2.1.9",
        True,
        PROFILE,
        ext={"bc": basic(), "ku": usage(*SIGN)},
    )
    yield signed(
        "keyCertSign without cA", "4.2.1.3", False, ext={"ku": usage(*HAND, KeyUsage.KEY_CERT_SIGN)}
    )
    yield signed("cRLSign", "6.1", True, PROFILE, ext={"ku": usage(*HAND, KeyUsage.CRL_SIGN)})
    yield signed(
        "cA false written",
        "X.690 11.5",
        False,
        RULES,
        ext={"bc": extension(oids.BASIC_CONSTRAINTS, w.sequence(w.boolean(False)), critical=True)},
    )
    yield signed("cA absent", "4.2.1.9", True, ext={"bc": basic(ca=False)})
    yield signed(
        "path length without cA", "4.2.1.9", False, RULES, ext={"bc": basic(ca=False, length=0)}
    )
    yield signed("no keyUsage", "4.2.1.3", True, ext={"ku": None})
    yield signed(
        "keyUsage of no bit",
        "4.2.1.3",
        False,
        RULES,
        ext={"ku": extension(oids.KEY_USAGE, w.tlv(0x03, b"\x00"), critical=True)},
    )
    yield signed(
        "keyUsage with padding bits set",
        "X.690 11.2.1",
        False,
        ext={"ku": extension(oids.KEY_USAGE, w.tlv(0x03, b"\x06\xff"), critical=True)},
    )
    yield signed(
        "purpose of OCSP", "4.2.1.12", True, PROFILE, ext={"eku": purposes(oids.OCSP_SIGNING)}
    )
    yield signed("purposes empty", "4.2.1.12", False, ext={"eku": purposes()})
    yield signed("any purpose", "4.2.1.12", True, ext={"eku": purposes("2.5.29.37.0")})
    yield signed("name constraints", "4.2.1.10", False, RULES, ext={"nc": constrain([dns("a.kz")])})
    yield signed("inhibitAnyPolicy", "4.2.1.14", False, RULES, ext={"any": inhibit_any(0)})
    yield signed("unknown critical extension", "6.1.5 (f)", False, ext={"odd": unknown()})
    yield signed("unknown extension", "4.2", True, ext={"odd": unknown(critical=False)})
    yield signed(
        "critical FALSE written",
        "X.690 11.5",
        False,
        RULES,
        ext={"odd": w.sequence(w.oid(UNKNOWN), w.boolean(False), w.octet_string(w.null()))},
    )
    yield signed(
        "extension twice",
        "4.2",
        False,
        ext={"odd": unknown(critical=False), "again": unknown(critical=False)},
    )
    yield signed(
        "extension value is no DER",
        "4.2",
        False,
        ext={"ku": extension(oids.KEY_USAGE, b"\x03\x02", critical=True)},
    )
    yield signed("subjectAltName absent", "4.2.1.6", True)
    yield signed("subjectAltName empty", "4.2.1.6", False, ext={"san": alternative()})
    yield signed(
        "subjectAltName of every form",
        "4.2.1.6",
        True,
        ext={
            "san": alternative(
                mail("a@bank.kz"),
                dns("bank.kz"),
                uri("http://bank.kz/"),
                ip("10.0.0.1"),
                directory(in_bank("x")),
                other_name(),
                registered_id(UNKNOWN),
            )
        },
    )
    yield signed(
        "subjectAltName not ASCII", "4.2.1.6", False, ext={"san": alternative(dns("банк.kz"))}
    )
    yield signed(
        "subjectAltName of a blank DNS name",
        "4.2.1.6",
        False,
        RULES,
        ext={"san": alternative(dns(" "))},
    )
    yield signed(
        "subjectAltName of an address of 5 octets",
        "4.2.1.6",
        False,
        RULES,
        ext={"san": alternative(ip("1.2.3.4.5"))},
    )
    yield signed(
        "subjectAltName of an unknown choice",
        "4.2.1.6",
        False,
        ext={"san": alternative(w.tlv(context(9, constructed=False), b"x"))},
    )
    yield signed(
        "subjectAltName critical beside a subject",
        "4.2.1.6",
        True,
        ext={"san": alternative(mail("a@bank.kz"), critical=True)},
    )
    yield signed(
        "empty subject with critical subjectAltName",
        "4.1.2.6",
        True,
        subject=EMPTY,
        ext={"san": alternative(mail("a@bank.kz"), critical=True)},
    )
    yield signed(
        "empty subject with subjectAltName",
        "4.2.1.6",
        False,
        RULES,
        subject=EMPTY,
        ext={"san": alternative(mail("a@bank.kz"))},
    )
    yield signed("empty subject alone", "4.1.2.6", False, RULES, subject=EMPTY)
    yield signed(
        "certificate policy twice", "4.2.1.4", False, ext={"cp": policies("1.2.3", "1.2.3")}
    )
    yield signed("policies empty", "4.2.1.4", False, ext={"cp": policies()})
    yield signed(
        "authorityInfoAccess critical",
        "4.2.2.1",
        False,
        ext={"aia": extension("1.3.6.1.5.5.7.1.1", w.sequence(), critical=True)},
    )


def fields():
    """Yield the fixed fields: versions, serial numbers, names, algorithms."""
    yield signed("version 1", "4.1.2.1", True, version=b"", ext=dict.fromkeys(("aki", "ku", "ski")))
    yield signed("version 1 with extensions", "4.1.2.9", False, version=b"")
    yield signed(
        "version 1 written",
        "X.690 11.5",
        False,
        version=w.explicit(0, w.integer(0)),
        ext=dict.fromkeys(("aki", "ku", "ski")),
    )
    yield signed(
        "version 2 with a unique identifier",
        "4.1.2.8",
        False,
        RULES,
        version=V2,
        unique_ids=w.tlv(context(1, constructed=False), b"\x00\x01"),
        ext=dict.fromkeys(("aki", "ku", "ski")),
    )
    yield signed("version 2 with extensions", "4.1.2.1", False, version=V2)
    yield signed("version 4", "4.1", False, version=w.explicit(0, w.integer(3)))
    yield signed(
        "version 3 without extensions",
        "4.1.2.1",
        False,
        RULES,
        version=V3,
        ext=dict.fromkeys(("aki", "ku", "ski")),
    )
    yield signed("a field behind the extensions", "4.1", False, tail=w.null())
    yield signed("serial 0", "4.1.2.2", True, serial=w.integer(0))
    yield signed("serial negative", "4.1.2.2", True, serial=w.integer(-5))
    yield signed("serial of 20 octets", "4.1.2.2", True, serial=serial(b"\x7f" * 20))
    yield signed("serial of 21 octets", "4.1.2.2", False, RULES, serial=serial(b"\x7f" * 21))
    yield signed("serial of no octet", "X.690 8.3.1", False, serial=serial(b""))
    yield signed("serial not minimal", "X.690 8.3.2", False, serial=serial(b"\x00\x01"))
    yield signed("serial of 2,000 octets", "4.1.2.2", False, serial=serial(b"\x7f" * 2000))
    yield signed("algorithms differ", "4.1.1.2", False, outer=ECDSA_SHA384)
    yield signed(
        "algorithm is not that of the signature",
        "6.1.3 (a)(1)",
        False,
        inner=ECDSA_SHA384,
        outer=ECDSA_SHA384,
    )
    yield signed(
        "ECDSA with NULL",
        "RFC 5758 3.2",
        False,
        RULES,
        inner=w.algorithm(oids.ECDSA_WITH_SHA256),
        outer=w.algorithm(oids.ECDSA_WITH_SHA256),
    )
    yield signed("another key signed it", "6.1.3 (a)(1)", False, signer="other")
    yield signed("empty issuer", "4.1.2.4", False, issuer=EMPTY)
    yield signed("issuer differs in case and blanks", "7.1", True, issuer=common_name(" CA "))
    yield signed("issuer of another string type", "7.1", True, issuer=common_name("ca", tag=0x13))
    yield signed("issuer of another name", "6.1.3 (a)(4)", False, issuer=common_name("cb"))
    yield signed("an empty RDN in the subject", "4.1.2.4", False, subject=w.sequence(w.tlv(0x31)))
    yield signed(
        "e-mail in the subject",
        "4.1.2.6",
        True,
        subject=name(attribute(oids.EMAIL_ADDRESS, "a@bank.kz", 0x16)),
    )
    yield signed("subject not UTF-8", "4.1.2.4", False, subject=common_name(b"\xff\xfe"))
    yield signed("subject is the authority's", "4.1.2.6", True, subject=CA.subject)


def dates():
    """Yield periods of validity (4.1.2.5) in every spelling."""
    yield dated("ends before it begins", "4.1.2.5", False, start=END, end=START)
    second = timedelta(seconds=1)
    yield dated(
        "GeneralizedTime before 2050", "4.1.2.5", False, RULES, end=long(b"20270101000000Z")
    )
    yield dated("GeneralizedTime from 2050 on", "4.1.2.5", True, end=long(b"20500101000000Z"))
    yield dated("no end", "4.1.2.5", True, end=long(b"99991231235959Z"))
    yield dated("UTCTime of 1999", "4.1.2.5.1", True, start=utc(b"991231235959Z"))
    yield dated("UTCTime of 1950", "4.1.2.5.1", True, start=utc(b"500101000000Z"))
    yield dated("UTCTime of 1950 as an end", "4.1.2.5.1", False, end=utc(b"500101000000Z"))
    yield dated("UTCTime of 2049", "4.1.2.5.1", True, end=utc(b"491231235959Z"))
    yield dated("UTCTime without seconds", "4.1.2.5.1", False, start=utc(b"2601010000Z"))
    yield dated("UTCTime with a zone", "4.1.2.5.1", False, start=utc(b"260101000000+0500"))
    yield dated("UTCTime without Z", "4.1.2.5.1", False, start=utc(b"260101000000"))
    yield dated("UTCTime of a 13th month", "4.1.2.5.1", False, start=utc(b"261301000000Z"))
    yield dated("UTCTime of an hour 24", "4.1.2.5.1", False, start=utc(b"260101240000Z"))
    yield dated("UTCTime of a 30th of February", "4.1.2.5.1", False, start=utc(b"260230000000Z"))
    yield dated(
        "GeneralizedTime with a fraction", "4.1.2.5.2", False, DATES, end=long(b"20500101000000.5Z")
    )
    yield dated("GeneralizedTime without Z", "4.1.2.5.2", False, end=long(b"20500101000000"))
    yield dated("GeneralizedTime with a zone", "4.1.2.5.2", False, end=long(b"20500101000000+0500"))
    yield dated("neither of both times", "4.1", False, end=w.integer(2050))
    yield dated("ended a second ago", "6.1.3 (a)(2)", False, end=w.utc_time(MOMENT - second))
    yield dated("ends now", "4.1.2.5", True, end=w.utc_time(MOMENT))
    yield dated("begins now", "4.1.2.5", True, start=w.utc_time(MOMENT))
    yield dated("begins in a second", "6.1.3 (a)(2)", False, start=w.utc_time(MOMENT + second))


def authorities():
    """Yield what an authority between the anchor and the signer may be (6.1.4)."""
    yield issuing(
        "version 1", "6.1.4 (k)", False, version=b"", ext=dict.fromkeys(("aki", "bc", "ku", "ski"))
    )
    yield issuing("no basicConstraints", "6.1.4 (k)", False, ext={"bc": None})
    yield issuing("cA false", "6.1.4 (k)", False, ext={"bc": basic(ca=False)})
    yield issuing(
        "basicConstraints not critical", "4.2.1.9", False, RULES, ext={"bc": basic(critical=False)}
    )
    yield issuing(
        "basicConstraints empty of octets",
        "4.2.1.9",
        False,
        ext={"bc": extension(oids.BASIC_CONSTRAINTS, b"", critical=True)},
    )
    yield issuing(
        "cA is not FF",
        "X.690 11.1",
        False,
        ext={
            "bc": extension(oids.BASIC_CONSTRAINTS, w.sequence(w.tlv(0x01, b"\x01")), critical=True)
        },
    )
    yield issuing("path length 0", "6.1.4 (m)", True, ext={"bc": basic(length=0)})
    yield issuing("path length negative", "4.2.1.9", False, ext={"bc": basic(length=-1)})
    yield issuing(
        "path length without keyCertSign",
        "4.2.1.9",
        False,
        ext={"bc": basic(length=0), "ku": usage(KeyUsage.CRL_SIGN)},
    )
    yield issuing("no keyUsage", "4.2.1.3", False, RULES, ext={"ku": None})
    yield issuing(
        "keyUsage without keyCertSign", "6.1.4 (n)", False, ext={"ku": usage(KeyUsage.CRL_SIGN)}
    )
    yield issuing(
        "keyUsage not critical", "4.2.1.3", True, ext={"ku": usage(*SIGN, critical=False)}
    )
    yield issuing("unknown critical extension", "6.1.4 (o)", False, ext={"odd": unknown()})
    yield issuing("unknown extension", "4.2", True, ext={"odd": unknown(critical=False)})
    yield issuing("empty subject", "4.1.2.6", False, subject=EMPTY)
    yield issuing("serial 0", "4.1.2.2", True, serial=w.integer(0))
    yield issuing("serial of 21 octets", "4.1.2.2", False, RULES, serial=serial(b"\x7f" * 21))
    yield issuing(
        "expired", "6.1.3 (a)(2)", False, validity=(START, w.utc_time(MOMENT - timedelta(days=1)))
    )
    yield issuing(
        "not yet valid",
        "6.1.3 (a)(2)",
        False,
        validity=(w.utc_time(MOMENT + timedelta(days=1)), END),
    )
    yield issuing("another key signed it", "6.1.3 (a)(1)", False, signer="other")
    yield issuing(
        "purposes of another kind", "4.2.1.12", True, ext={"eku": purposes(oids.TIME_STAMPING)}
    )
    one = authority(TOP, "one", ext={"bc": basic(length=0)})
    two = authority(one, "two")
    yield path("authority: path length 0, another below", "6.1.4 (l)", False, above=(one, two))
    rolled = authority(one, "one", key="rolled")
    yield path(
        "authority: path length 0, a new key of its own below",
        "6.1.4 (l)",
        True,
        above=(one, rolled),
    )
    yield path(
        "authority: a signer issued a signer",
        "6.1.4 (k)",
        False,
        above=(CA, leaf(CA)),
        signer=leaf(leaf(CA), subject=common_name("Second")),
    )
    loose = authority(TOP, "one", ext={"bc": basic(length=0)})
    wide = authority(loose, "two", ext={"bc": basic(length=5)})
    yield path(
        "authority: a greater path length below a smaller",
        "6.1.4 (m)",
        False,
        above=(loose, wide, authority(wide, "three")),
    )


def identifiers():
    """Yield key identifiers: hints for building, no part of 6.1 (4.2.1.1, 4.2.1.2)."""
    yield signed("no authorityKeyIdentifier", "4.2.1.1", False, RULES, ext={"aki": None})
    yield signed(
        "authorityKeyIdentifier critical",
        "4.2.1.1",
        False,
        ext={"aki": authority_key(key_id("ca"), critical=True)},
    )
    yield signed(
        "authorityKeyIdentifier of another key",
        "6.1",
        True,
        ext={"aki": authority_key(b"\x01" * 20)},
    )
    yield signed(
        "authorityKeyIdentifier with issuer and serial",
        "4.2.1.1",
        True,
        ext={"aki": authority_key(key_id("ca"), TOP.subject, CA.number)},
    )
    yield signed(
        "authorityKeyIdentifier with another serial",
        "6.1",
        True,
        ext={"aki": authority_key(key_id("ca"), TOP.subject, 99)},
    )
    yield signed(
        "authorityKeyIdentifier with issuer alone",
        "4.2.1.1",
        False,
        RULES,
        ext={"aki": authority_key(key_id("ca"), TOP.subject)},
    )
    yield signed(
        "authorityKeyIdentifier of nothing", "4.2.1.1", False, RULES, ext={"aki": authority_key()}
    )
    yield signed(
        "authorityKeyIdentifier is no sequence",
        "4.2.1.1",
        False,
        ext={"aki": extension(oids.AUTHORITY_KEY_IDENTIFIER, ia5("x"))},
    )
    yield signed("no subjectKeyIdentifier", "4.2.1.2", True, ext={"ski": None})
    yield signed(
        "subjectKeyIdentifier critical",
        "4.2.1.2",
        False,
        ext={"ski": subject_key(b"\x01" * 20, critical=True)},
    )
    yield signed("subjectKeyIdentifier empty", "4.2.1.2", True, ext={"ski": subject_key(b"")})
    yield issuing("no subjectKeyIdentifier", "4.2.1.2", False, RULES, ext={"ski": None})
    yield issuing("no authorityKeyIdentifier", "4.2.1.1", False, RULES, ext={"aki": None})
    yield issuing(
        "subjectKeyIdentifier is not what the signer names",
        "6.1",
        True,
        ext={"ski": subject_key(b"\x02" * 20)},
    )


CASES = (*profiles(), *fields(), *dates(), *authorities(), *identifiers())
