"""Anchors with odd extensions (RFC 5280 6.1.1 d; RFC 5937)."""

from datetime import UTC, datetime

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.x509.extensions import KeyUsage
from tests.conformance.paths.case import path
from tests.conformance.paths.writing import (
    EMPTY,
    SIGN,
    authority_key,
    basic,
    common_name,
    constrain,
    directory,
    dns,
    in_bank,
    key_id,
    leaf,
    policies,
    purposes,
    root,
    subject_key,
    unknown,
    usage,
)

PAST = w.utc_time(datetime(2020, 1, 1, tzinfo=UTC)), w.utc_time(datetime(2021, 1, 1, tzinfo=UTC))
AHEAD = w.utc_time(datetime(2027, 1, 1, tzinfo=UTC)), w.utc_time(datetime(2028, 1, 1, tzinfo=UTC))
BARE = {"bc": None, "ku": None, "ski": None}
TRUSTED, RULES = "anchor's certificate", "issuing rules"
TOP = root()


def anchored(name, clause, valid, departure="", **changes):
    return path(f"anchor: {name}", clause, valid, departure, anchor=changes)


CASES = (
    path("anchor: ordinary", "6.1.1 (d)", True),
    path("anchor: issued the signer itself", "6.1", True, above=(), signer=leaf(TOP)),
    path("anchor: is the signer", "6.1", False, above=(), signer=TOP),
    anchored("version 1", "6.1.1 (d)", True, TRUSTED, version=b"", ext=BARE),
    anchored(
        "version 2", "6.1.1 (d)", True, TRUSTED, version=w.explicit(0, w.integer(1)), ext=BARE
    ),
    anchored("no basicConstraints", "6.1.1 (d)", True, TRUSTED, ext={"bc": None}),
    anchored("cA false", "6.1.1 (d)", True, TRUSTED, ext={"bc": basic(ca=False)}),
    anchored(
        "basicConstraints not critical", "4.2.1.9", False, RULES, ext={"bc": basic(critical=False)}
    ),
    anchored("no keyUsage", "6.1.1 (d)", True, ext={"ku": None}),
    anchored(
        "keyUsage without keyCertSign",
        "6.1.1 (d)",
        True,
        TRUSTED,
        ext={"ku": usage(KeyUsage.CRL_SIGN)},
    ),
    anchored(
        "keyUsage without cRLSign", "6.3.3 (f)", False, ext={"ku": usage(KeyUsage.KEY_CERT_SIGN)}
    ),
    anchored("keyUsage not critical", "4.2.1.3", True, ext={"ku": usage(*SIGN, critical=False)}),
    anchored("unknown critical extension", "6.1.1 (d)", True, TRUSTED, ext={"odd": unknown()}),
    anchored("unknown extension", "4.2", True, ext={"odd": unknown(critical=False)}),
    anchored("expired", "6.1.1 (d)", True, TRUSTED, validity=PAST),
    anchored("not yet valid", "6.1.1 (d)", True, TRUSTED, validity=AHEAD),
    anchored(
        "path length 0, one authority below", "RFC 5937 3.2", False, ext={"bc": basic(length=0)}
    ),
    anchored(
        "path length 1, one authority below", "RFC 5937 3.2", True, ext={"bc": basic(length=1)}
    ),
    path(
        "anchor: path length 0, issued the signer",
        "RFC 5937 3.2",
        True,
        anchor=root(ext={"bc": basic(length=0)}),
        above=(),
        signer=leaf(root(ext={"bc": basic(length=0)})),
    ),
    anchored(
        "permits another directory",
        "RFC 5937 3.2",
        False,
        ext={"nc": constrain([directory(in_bank("x"))])},
    ),
    anchored(
        "excludes the signer",
        "RFC 5937 3.2",
        False,
        ext={"nc": constrain(None, [directory(common_name("Signer"))])},
    ),
    anchored(
        "constrains names that nobody has",
        "RFC 5937 3.2",
        True,
        ext={"nc": constrain([dns("a.kz")])},
    ),
    anchored("empty name constraints", "4.2.1.10", False, ext={"nc": constrain()}),
    anchored("serial 0", "4.1.2.2", True, serial=w.integer(0)),
    anchored("empty subject", "4.1.2.6", False, subject=EMPTY),
    anchored("no subjectKeyIdentifier", "4.2.1.2", False, RULES, ext={"ski": None}),
    anchored(
        "subjectKeyIdentifier critical",
        "4.2.1.2",
        False,
        ext={"ski": subject_key(key_id("root"), critical=True)},
    ),
    anchored(
        "authorityKeyIdentifier of itself",
        "4.2.1.1",
        True,
        ext={"aki": authority_key(key_id("root"))},
    ),
    anchored("purposes", "6.1.1 (d)", True, ext={"eku": purposes(oids.TIME_STAMPING)}),
    anchored("policies", "6.1.1 (d)", True, ext={"cp": policies("1.2.3")}),
    anchored("wrong signature over itself", "6.1.1 (d)", True, signer="other"),
)
