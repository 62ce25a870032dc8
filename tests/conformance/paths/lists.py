"""Revocation lists of odd shapes (RFC 5280 5 and 6.3)."""

from datetime import timedelta

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import BOOLEAN, ENUMERATED, context
from tests.conformance.paths import writing as x
from tests.conformance.paths.case import path

RULES, OLD, FRACTIONS = "issuing rules", "kept revocations", "fractions of a second"
TOP = x.root()
CA = x.authority(TOP)
SIGNER = x.leaf(CA)
OTHER = SIGNER.number + 2
OTHER_NAME = w.sequence(x.directory(x.common_name("other")))
HOUR = timedelta(hours=1)


def listed(title, clause, valid, departure="", *entries, signer=SIGNER, more=(), **changes):
    """Return a case of a good list of the root and a list of the signer's authority."""
    made = x.crl(CA, *entries, **changes)
    return path(
        f"list: {title}",
        clause,
        valid,
        departure,
        above=(CA,),
        signer=signer,
        lists=(x.crl(TOP), made, *more),
    )


def numbered(title, clause, valid, departure="", number=None):
    return listed(title, clause, valid, departure, ext={"number": number})


def number(value, *, critical=False):
    return x.extension(oids.CRL_NUMBER, value, critical=critical)


def own(**changes):
    return x.entry(SIGNER.number, **changes)


def odd(*, critical):
    return {"extensions": [x.unknown(critical=critical)]}


def issuer_of(encoded):
    return {"extensions": [x.extension(oids.CERTIFICATE_ISSUER, encoded, critical=True)]}


def flag(tag):
    return w.tlv(context(tag, constructed=False), b"\xff")


def shapes():
    yield listed("names nobody", "5.1.2.6", True)
    yield listed("names another", "6.3.3", True, "", x.entry(OTHER))
    yield listed("names the signer", "6.3.3 (i)", False, "", own())
    yield listed("names the signer with a reason", "6.3.3 (i)", False, "", own(reason=1))
    yield listed("names the signer for superseded", "6.3.3 (i)", False, "", own(reason=4))
    yield listed("holds the signer", "6.3.3 (i)", False, "", own(reason=6))
    yield listed("removes the signer, and is no delta", "5.3.1", True, OLD, own(reason=8))
    yield listed("an empty sequence of entries", "5.1.2.6", False, RULES, revoked=w.sequence())
    yield listed(
        "an empty sequence of entry extensions",
        "5.1",
        False,
        "",
        w.sequence(w.integer(OTHER), x.REVOKED_AT, w.sequence()),
    )
    yield listed("an empty entry", "5.1", False, "", w.sequence())
    yield listed("an entry without a date", "5.1", False, "", w.sequence(w.integer(OTHER)))
    yield listed(
        "an entry with a field too many",
        "5.1",
        False,
        "",
        w.sequence(w.integer(OTHER), x.REVOKED_AT, w.sequence(x.unknown(critical=False)), w.null()),
    )
    yield listed("no extension", "5.2", False, RULES, ext={"aki": None, "number": None})
    yield listed(
        "an empty sequence of extensions", "5.1.2.7", False, "", ext={"aki": None, "number": b""}
    )
    yield listed("version 1", "5", True, "", version=b"", ext={"aki": None, "number": None})
    yield listed(
        "version 1 names the signer",
        "5",
        False,
        "",
        own(),
        version=b"",
        ext={"aki": None, "number": None},
    )
    yield listed("version 1 with extensions", "5.1.2.1", False, "", version=b"")
    yield listed(
        "version 1 with entry extensions",
        "5.1.2.1",
        False,
        RULES,
        x.entry(OTHER, reason=1),
        version=b"",
        ext={"aki": None, "number": None},
    )
    yield listed(
        "version 1 written",
        "5.1.2.1",
        False,
        "",
        version=w.integer(0),
        ext={"aki": None, "number": None},
    )
    yield listed("version 3", "5.1.2.1", False, "", version=w.integer(2))
    yield listed("algorithms differ", "5.1.1.2", False, "", outer=x.ECDSA_SHA384)
    yield listed("another key signed it", "6.3.3 (g)", False, "", sealed="other")
    yield listed("of another issuer", "6.3.3 (b)", False, "", issuer=TOP.subject)
    yield listed(
        "the signer twice, first held and then compromised",
        "6.3.3 (i)",
        False,
        "",
        own(reason=6),
        own(reason=1),
    )
    yield listed(
        "the signer twice, the last of them removed",
        "6.3.3 (i)",
        False,
        "",
        own(reason=1),
        own(reason=8),
    )


def serials():
    for title, written in (("0", 0), ("negative", -5), ("of 20 octets", (1 << 158) + 1)):
        stated = x.leaf(CA, serial=w.integer(written))
        yield listed(
            f"names a signer with serial {title}",
            "6.3.3 (i)",
            False,
            "",
            x.entry(written),
            signer=stated,
        )
    yield listed("an entry of serial 0", "5.1.2.6", True, "", x.entry(0))
    yield listed(
        "an entry whose serial is not minimal",
        "X.690 8.3.2",
        False,
        "",
        x.entry(w.tlv(2, b"\x00\x01")),
    )
    yield listed("an entry whose serial has no octet", "X.690 8.3.1", False, "", x.entry(w.tlv(2)))
    yield listed(
        "an entry of the same octets read unsigned",
        "6.3.3 (i)",
        True,
        "",
        x.entry(SIGNER.number - (1 << 64)),
    )


def extensions():
    yield listed("unknown critical extension", "5.2", False, "", ext={"odd": x.unknown()})
    yield listed("unknown extension", "5.2", True, "", ext={"odd": x.unknown(critical=False)})
    yield listed("extension twice", "4.2", False, "", ext={"again": number(w.integer(8))})
    yield listed(
        "unknown critical entry extension of another",
        "5.3",
        False,
        "",
        x.entry(OTHER, **odd(critical=True)),
    )
    yield listed(
        "unknown entry extension of another", "5.3", True, "", x.entry(OTHER, **odd(critical=False))
    )
    yield listed(
        "unknown critical entry extension of the signer",
        "5.3",
        False,
        "",
        own(**odd(critical=True)),
    )
    yield listed(
        "critical reason",
        "5.3.1",
        False,
        RULES,
        x.entry(
            OTHER,
            extensions=[x.extension(oids.REASON_CODE, w.integer(1, ENUMERATED), critical=True)],
        ),
    )
    yield listed("reason 7, which is not used", "5.3.1", False, RULES, x.entry(OTHER, reason=7))
    yield listed("reason 11", "5.3.1", False, "", x.entry(OTHER, reason=11))
    yield listed(
        "reason as INTEGER",
        "5.3.1",
        False,
        "",
        x.entry(OTHER, extensions=[x.extension(oids.REASON_CODE, w.integer(1))]),
    )
    yield listed("reason unspecified written", "5.3.1", True, "", x.entry(OTHER, reason=0))
    yield listed(
        "entry of another issuer in a list that is not indirect",
        "5.3.3",
        False,
        "",
        x.entry(OTHER, **issuer_of(OTHER_NAME)),
    )
    yield listed(
        "entry of no issuer", "5.3.3", False, "", x.entry(OTHER, **issuer_of(w.sequence()))
    )
    indirect = {"scope": x.scope(flag(4))}
    yield listed(
        "indirect, the signer's serial of another issuer",
        "5.3.3",
        True,
        "",
        own(**issuer_of(OTHER_NAME)),
        ext=indirect,
    )
    yield listed(
        "indirect, the issuer of an entry before goes on",
        "5.3.3",
        True,
        "",
        x.entry(OTHER, **issuer_of(OTHER_NAME)),
        own(),
        ext=indirect,
    )
    yield listed(
        "indirect, the signer named by its issuer",
        "5.3.3",
        False,
        "",
        x.entry(OTHER, **issuer_of(OTHER_NAME)),
        own(**issuer_of(w.sequence(x.directory(CA.subject)))),
        ext=indirect,
    )
    yield listed(
        "authorityKeyIdentifier of another key",
        "5.2.1",
        True,
        "",
        ext={"aki": x.authority_key(b"\x01" * 20)},
    )
    yield listed("no authorityKeyIdentifier", "5.2.1", False, RULES, ext={"aki": None})


def scopes():
    name = x.address("http://crl.kz/1")
    yield listed("of users", "6.3.3 (b)(2)", True, "", ext={"scope": x.scope(flag(1))})
    yield listed("of authorities", "6.3.3 (b)(2)", False, "", ext={"scope": x.scope(flag(2))})
    yield listed(
        "of attribute certificates", "6.3.3 (b)(2)", False, "", ext={"scope": x.scope(flag(5))}
    )
    yield listed(
        "of users and of authorities", "5.2.5", False, "", ext={"scope": x.scope(flag(1), flag(2))}
    )
    yield listed(
        "of some reasons",
        "6.3.3 (d)",
        False,
        "",
        ext={"scope": x.scope(w.tlv(context(3, constructed=False), b"\x05\x60"))},
    )
    yield listed(
        "of a point that the signer does not name",
        "6.3.3 (b)(2)",
        False,
        "",
        ext={"scope": x.scope(name)},
    )
    named = x.leaf(CA, ext={"dp": x.points("http://crl.kz/1")})
    yield listed(
        "of the signer's point",
        "6.3.3 (b)(2)",
        True,
        "",
        signer=named,
        ext={"scope": x.scope(name)},
    )
    yield listed(
        "of a point of its issuer's name",
        "6.3.3 (b)(2)",
        True,
        "",
        ext={"scope": x.scope(w.tlv(context(0), w.tlv(context(0), x.directory(CA.subject))))},
    )
    yield listed(
        "an empty issuingDistributionPoint", "5.2.5", False, RULES, ext={"scope": x.scope()}
    )
    yield listed(
        "issuingDistributionPoint not critical",
        "5.2.5",
        False,
        RULES,
        ext={"scope": x.scope(flag(1), critical=False)},
    )
    yield listed(
        "a flag that is not FF",
        "X.690 11.1",
        False,
        "",
        ext={"scope": x.scope(w.tlv(context(1, constructed=False), b"\x01"))},
    )


def numbers():
    yield numbered("no number", "5.2.3", False, RULES)
    yield numbered("number 0", "5.2.3", True, "", number(w.integer(0)))
    yield numbered("number of 20 octets", "5.2.3", True, "", number(w.integer(1 << 158)))
    yield numbered("number of 21 octets", "5.2.3", False, RULES, number(w.integer(1 << 162)))
    yield numbered("number negative", "5.2.3", False, "", number(w.integer(-1)))
    yield numbered("number critical", "5.2.3", False, "", number(w.integer(7), critical=True))
    yield numbered("number is no INTEGER", "5.2.3", False, "", number(w.tlv(BOOLEAN, b"\xff")))
    newer = x.crl(CA, own(reason=1), ext={"number": number(w.integer(8))})
    yield listed("a newer one names the signer", "6.3.3", False, "", more=(newer,))
    older = x.crl(CA, own(reason=1), ext={"number": number(w.integer(6))})
    yield listed("an older one names the signer", "6.3.3", True, OLD, more=(older,))
    base = x.extension(oids.DELTA_CRL_INDICATOR, w.integer(7), critical=True)
    delta = {"number": number(w.integer(8)), "delta": base}
    yield listed("a delta alone", "5.2.4", False, "", ext=delta)
    yield listed(
        "a delta that names the signer",
        "6.3.3 (i)",
        False,
        "",
        more=(x.crl(CA, own(reason=1), ext=delta),),
    )
    yield listed("a delta that names nobody", "6.3.3 (c)", True, "", more=(x.crl(CA, ext=delta),))
    mild = {**delta, "delta": x.extension(oids.DELTA_CRL_INDICATOR, w.integer(7))}
    yield listed("a delta that is not critical, alone", "5.2.4", False, "", ext=mild)


def dates():
    def ago(hours):
        return w.utc_time(x.MOMENT - hours * HOUR)

    yield listed(
        "due a second ago", "6.3.3 (a)", False, "", due=w.utc_time(x.MOMENT - timedelta(seconds=1))
    )
    yield listed("due now", "6.3.3 (a)", True, "", due=w.utc_time(x.MOMENT))
    yield listed("of the future", "6.3.3", False, "", issued=ago(-1))
    yield listed("without nextUpdate", "5.1.2.5", False, "", due=b"")
    yield listed("due before it was issued", "5.1.2.5", False, "", issued=ago(1), due=ago(2))
    yield listed(
        "GeneralizedTime before 2050",
        "5.1.2.4",
        False,
        RULES,
        issued=w.generalized_time(x.MOMENT - HOUR),
    )
    yield listed(
        "thisUpdate with a fraction",
        "5.1.2.4",
        False,
        FRACTIONS,
        issued=w.tlv(0x18, b"20260901110000.5Z"),
    )
    yield listed("an entry dated ahead", "6.3.3 (i)", False, "", own(at=ago(-24)))
    yield listed(
        "an entry dated without seconds",
        "5.1.2.6",
        False,
        "",
        x.entry(OTHER, at=w.tlv(0x17, b"2608010000Z")),
    )
    yield listed(
        "an entry dated by GeneralizedTime",
        "5.1.2.6",
        False,
        RULES,
        x.entry(OTHER, at=w.generalized_time(x.MOMENT - HOUR)),
    )
    yield listed("missing", "6.3.3", False, "", issuer=x.common_name("nobody"))


CASES = (
    *shapes(),
    *serials(),
    *extensions(),
    *scopes(),
    *numbers(),
    *dates(),
    path(
        "list: names the authority",
        "6.3.3 (i)",
        False,
        above=(CA,),
        signer=SIGNER,
        lists=(x.crl(TOP, x.entry(CA.number)), x.crl(CA)),
    ),
    path(
        "list: none of the root",
        "6.1.3 (a)(3)",
        False,
        above=(CA,),
        signer=SIGNER,
        lists=(x.crl(CA),),
    ),
    path(
        "list: of an authority without cRLSign",
        "6.3.3 (f)",
        False,
        ca={"ext": {"ku": x.usage(x.SIGN[0])}},
    ),
)
