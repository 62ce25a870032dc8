"""Name constraints of an authority against names below it (RFC 5280 4.2.1.10, 6.1.3 b, c)."""

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import context
from tests.conformance.paths.case import path
from tests.conformance.paths.writing import (
    EMPTY,
    alternative,
    attribute,
    authority,
    common_name,
    constrain,
    directory,
    dns,
    extension,
    in_bank,
    ip,
    leaf,
    mail,
    name,
    other_name,
    registered_id,
    root,
    uri,
)

RULES, STRICT = "issuing rules", "names under constraints"
BANK = name(attribute(oids.ORGANIZATION, "Bank"))
ELSEWHERE = name(attribute(oids.ORGANIZATION, "Other"))
TOP = root()
MINIMUM, MAXIMUM = (w.tlv(context(n, constructed=False), b"\x01") for n in (0, 1))
ZERO = w.tlv(context(0, constructed=False), b"\x00")


def bound(title, valid, permitted=None, excluded=None, names=(), departure="", **signer):
    """Return a case of one authority with subtrees and a signer with alternative names."""
    ext = {"san": alternative(*names)} if names else {}
    return path(
        f"names: {title}",
        "4.2.1.10",
        valid,
        departure,
        ca={"ext": {"nc": constrain(permitted, excluded)}},
        signer={"ext": ext, **signer},
    )


def hosts():
    one = [dns("bank.kz")]
    for title, valid, host in (
        ("the name itself", True, "bank.kz"),
        ("a label to the left", True, "a.bank.kz"),
        ("two labels to the left", True, "a.b.bank.kz"),
        ("in capitals", True, "A.BANK.KZ"),
        ("letters to the left", False, "abank.kz"),
        ("another top", False, "bank.kz.evil.org"),
        ("a parent", False, "kz"),
        ("a wildcard below", True, "*.bank.kz"),
        ("a wildcard above", False, "*.kz"),
    ):
        yield bound(f"DNS permitted, {title}", valid, one, names=[dns(host)])
    for title, valid, host in (
        ("the name itself", False, "bank.kz"),
        ("a label to the left", False, "a.bank.kz"),
        ("in capitals", False, "BANK.KZ"),
        ("another name", True, "other.kz"),
        ("letters to the left", True, "abank.kz"),
        ("a wildcard below", False, "*.bank.kz"),
    ):
        yield bound(f"DNS excluded, {title}", valid, None, one, [dns(host)])
    yield bound("DNS excluded, a wildcard that means it", True, None, one, [dns("*.kz")], STRICT)
    yield bound("DNS excluded, a wildcard of another place", True, None, one, [dns("*.org")])
    yield bound(
        "DNS permitted and excluded below", False, one, [dns("a.bank.kz")], [dns("x.a.bank.kz")]
    )
    yield bound("DNS excluded above permitted", False, one, [dns("kz")], [dns("a.bank.kz")])
    yield bound(
        "DNS permitted twice, the second",
        True,
        [dns("a.kz"), dns("bank.kz")],
        names=[dns("bank.kz")],
    )
    yield bound("DNS, one name of two outside", False, one, names=[dns("bank.kz"), dns("other.kz")])
    yield bound("DNS permitted, no name at all", True, one)
    yield bound("DNS permitted, an e-mail instead", True, one, names=[mail("a@other.kz")])
    yield bound("DNS permitted, a name in CN alone", True, one, subject=common_name("other.kz"))
    yield bound("DNS of everything excluded", False, None, [dns("")], [dns("bank.kz")])
    yield bound("DNS of everything permitted", True, [dns("")], names=[dns("bank.kz")])
    yield bound(
        "DNS base with a leading period", False, [dns(".bank.kz")], names=[dns("a.bank.kz")]
    )
    yield bound("DNS base with a wildcard", False, [dns("*.bank.kz")], names=[dns("a.bank.kz")])
    yield bound(
        "DNS excluded base with a wildcard", False, None, [dns("*.bank.kz")], [dns("a.bank.kz")]
    )
    yield bound("DNS base with an empty label", False, [dns("bank..kz")], names=[dns("bank..kz")])
    yield bound("DNS name with a leading period", False, one, names=[dns(".bank.kz")])
    yield bound("DNS name with an empty label", False, one, names=[dns("a..bank.kz")])
    yield bound("DNS name with a trailing period", False, None, one, [dns("bank.kz.")])
    yield bound("DNS name with a NUL", False, one, names=[dns("evil.org\0.bank.kz")])
    yield bound("DNS name with a blank", False, one, names=[dns("evil .bank.kz")])
    yield bound("DNS name empty", False, one, names=[dns("")])
    yield bound("DNS name with a wildcard inside a label", False, one, names=[dns("a*.bank.kz")])
    yield bound("DNS name in punycode", True, one, names=[dns("xn--80ak6aa92e.bank.kz")])


def addresses():
    net = [ip("10.0.0.0/255.0.0.0")]
    yield bound("IP permitted, inside", True, net, names=[ip("10.1.2.3")])
    yield bound("IP permitted, outside", False, net, names=[ip("11.1.2.3")])
    yield bound("IP excluded, inside", False, None, net, [ip("10.1.2.3")])
    yield bound("IP excluded, outside", True, None, net, [ip("11.1.2.3")])
    yield bound("IP permitted, of 16 octets", False, net, names=[ip("0." * 15 + "1")])
    yield bound("IP permitted, a DNS name that looks like one", True, net, names=[dns("11.1.2.3")])
    yield bound(
        "IP excluded, all of version 4", False, None, [ip("0.0.0.0/0.0.0.0")], [ip("1.2.3.4")]
    )
    yield bound(
        "IP excluded, all of version 4, version 6 named",
        True,
        None,
        [ip("0.0.0.0/0.0.0.0")],
        [ip("0." * 15 + "1")],
    )
    yield bound(
        "IP base with host bits",
        False,
        [ip("10.1.0.0/255.0.0.0")],
        names=[ip("10.1.2.3")],
        departure=RULES,
    )
    yield bound(
        "IP base with holes in its mask",
        False,
        [ip("10.0.0.0/255.0.255.0")],
        names=[ip("10.0.0.3")],
    )
    yield bound("IP base of 4 octets", False, [ip("10.0.0.0")], names=[ip("10.1.2.3")])
    yield bound("IP base of 5 octets", False, None, [ip("10.0.0.0.0")], [ip("10.1.2.3")])
    yield bound("IP name of 5 octets", False, None, net, [ip("10.1.2.3.4")])
    yield bound("IP name of no octet", False, net, names=[w.tlv(context(7, constructed=False))])


def mailboxes():
    host, domain, box = [mail("bank.kz")], [mail(".bank.kz")], [mail("a@bank.kz")]
    for title, valid, base, address in (
        ("of the host", True, host, "a@bank.kz"),
        ("of the host in capitals", True, host, "a@BANK.KZ"),
        ("of a host below", False, host, "a@x.bank.kz"),
        ("of the domain, a host below", True, domain, "a@x.bank.kz"),
        ("of the domain, the host itself", False, domain, "a@bank.kz"),
        ("the mailbox", True, box, "a@bank.kz"),
        ("another mailbox", False, box, "b@bank.kz"),
        ("the mailbox in capitals", False, box, "A@bank.kz"),
        ("the host with another behind it", False, host, "a@bank.kz@evil.org"),
        ("the host behind another", False, host, "a@evil.org@bank.kz"),
        ("no mailbox", False, host, "bank.kz"),
        ("no host", False, host, "a@"),
        ("no local part", False, host, "@bank.kz"),
        ("a quoted local part", True, host, '"a b"@bank.kz'),
        ("a quoted @", True, host, '"a@b"@bank.kz'),
        ("an empty host", False, [mail("@")], "a@bank.kz"),
        ("a wildcard host", False, [mail("*.bank.kz")], "a@x.bank.kz"),
        ("two @", False, [mail("a@b@bank.kz")], "a@b@bank.kz"),
    ):
        yield bound(f"e-mail permitted, {title}", valid, base, names=[mail(address)])
    yield bound("e-mail excluded, of the host", False, None, host, [mail("a@bank.kz")])
    yield bound("e-mail excluded, of the domain", False, None, domain, [mail("a@x.bank.kz")])
    yield bound("e-mail excluded, a trailing period", False, None, host, [mail("a@bank.kz.")])
    yield bound(
        "e-mail excluded, a base with a wildcard",
        False,
        None,
        [mail("*.bank.kz")],
        [mail("a@x.bank.kz")],
    )
    yield bound("e-mail excluded, a NUL", False, None, host, [mail("a@bank.kz\0")])
    yield bound("e-mail excluded, every host", False, None, [mail("")], [mail("a@bank.kz")])
    yield bound("e-mail excluded, another", True, None, host, [mail("a@other.kz")])
    subject = name(attribute(oids.EMAIL_ADDRESS, "a@other.kz", 0x16))
    yield bound("e-mail permitted, another in the subject", False, host, subject=subject)
    yield bound(
        "e-mail in the subject beside one that is permitted",
        True,
        host,
        names=[mail("a@bank.kz")],
        subject=subject,
    )


def addresses_of_services():
    host, domain = [uri("bank.kz")], [uri(".bank.kz")]
    for title, valid, base, address in (
        ("of the host", True, host, "http://bank.kz/x"),
        ("of the host with a port and a user", True, host, "http://u@bank.kz:80/x"),
        ("of a host below", False, host, "http://x.bank.kz/"),
        ("of the domain", True, domain, "http://x.bank.kz/"),
        ("of the domain, the host itself", False, domain, "http://bank.kz/"),
        ("an address for a host", False, host, "http://10.0.0.1/"),
        ("an address of version 6", False, host, "http://[::1]/"),
        ("without a host", False, host, "urn:x:bank.kz"),
        ("the host as a user", False, host, "http://bank.kz@evil.org/"),
        ("the host as a path", False, host, "http://evil.org/bank.kz"),
        ("a backslash before the host", False, host, "http://evil.org\\@bank.kz/"),
        ("broken", False, host, "http://[1/"),
        ("a base with a scheme", False, [uri("http://bank.kz")], "http://bank.kz/"),
        ("a base with a wildcard", False, [uri("*.bank.kz")], "http://x.bank.kz/"),
    ):
        yield bound(f"URI permitted, {title}", valid, base, names=[uri(address)])
    yield bound("URI excluded, of the host", False, None, host, [uri("https://BANK.KZ/")])
    yield bound(
        "URI excluded, a base with a scheme",
        False,
        None,
        [uri("http://bank.kz")],
        [uri("http://bank.kz/")],
    )
    yield bound("URI excluded, a blank in the host", False, None, host, [uri("http://bank.kz /")])
    yield bound("URI excluded, a tab in the host", False, None, host, [uri("http://ba\tnk.kz/")])
    yield bound("URI excluded, a trailing period", False, None, host, [uri("http://bank.kz./")])
    yield bound(
        "URI excluded, escaped octets in the host", False, None, host, [uri("http://%62ank.kz/")]
    )
    yield bound("URI excluded, another", True, None, host, [uri("https://other.kz/")])


def directories():
    bank, elsewhere = [directory(BANK)], [directory(ELSEWHERE)]
    yield bound("directory permitted, below", True, bank, subject=in_bank("a"))
    yield bound("directory permitted, the base itself", True, bank, subject=BANK)
    yield bound("directory permitted, elsewhere", False, elsewhere, subject=in_bank("a"))
    yield bound(
        "directory permitted, no subject", True, bank, names=[mail("a@b.kz")], subject=EMPTY
    )
    yield bound("directory excluded, below", False, None, bank, subject=in_bank("a"))
    yield bound("directory excluded, elsewhere", True, None, elsewhere, subject=in_bank("a"))
    yield bound(
        "directory permitted, in another case",
        True,
        [directory(name(attribute(oids.ORGANIZATION, "BANK", 0x13)))],
        subject=in_bank("a"),
    )
    yield bound(
        "directory excluded, in another case",
        False,
        None,
        [directory(name(attribute(oids.ORGANIZATION, "bank ", 0x13)))],
        subject=in_bank("a"),
    )
    yield bound(
        "directory in subjectAltName elsewhere",
        False,
        bank,
        names=[directory(ELSEWHERE)],
        subject=in_bank("a"),
    )
    yield bound(
        "directory of everything excluded", False, None, [directory(EMPTY)], subject=in_bank("a")
    )
    yield bound("directory of everything permitted", True, [directory(EMPTY)], subject=in_bank("a"))
    turned = name(attribute(oids.COMMON_NAME, "a"), attribute(oids.ORGANIZATION, "Bank"))
    yield bound("directory permitted, RDNs the other way round", False, bank, subject=turned)


def forms():
    """Yield subtrees of other forms and shapes."""
    yield bound("otherName permitted, of its form", False, [other_name()], names=[other_name()])
    yield bound("otherName permitted, none named", True, [other_name()], names=[mail("a@b.kz")])
    yield bound(
        "registeredID excluded, another",
        False,
        None,
        [registered_id("1.2.3")],
        [registered_id("1.2.4")],
    )
    yield bound("empty", False)
    yield bound("empty permitted", False, [], None)
    yield bound("empty excluded", False, [dns("a.kz")], [])
    yield bound("minimum 1", False, [(dns("bank.kz"), MINIMUM)], names=[dns("bank.kz")])
    yield bound("maximum", False, [(dns("bank.kz"), MAXIMUM)], names=[dns("bank.kz")])
    yield bound(
        "minimum 0 written",
        False,
        [(dns("bank.kz"), ZERO)],
        names=[dns("bank.kz")],
        departure=RULES,
    )
    yield bound("base not ASCII", False, [dns("банк.kz")], names=[dns("bank.kz")])
    many = [dns(f"x{n}.kz") for n in range(500)]
    yield bound(
        "500 bases and 300 names", True, None, many, [dns(f"y{n}.kz") for n in range(300)], "bounds"
    )
    yield bound("500 bases and 100 names", True, None, many, [dns(f"y{n}.kz") for n in range(100)])
    yield bound("600 bases", True, None, [dns(f"x{n}.kz") for n in range(600)], departure="bounds")
    bank = constrain([dns("bank.kz")])
    yield path(
        "names: not critical",
        "4.2.1.10",
        False,
        RULES,
        ca={"ext": {"nc": constrain([dns("bank.kz")], critical=False)}},
    )
    yield path(
        "names: not critical and broken",
        "4.2.1.10",
        False,
        ca={"ext": {"nc": constrain([dns("bank.kz")], critical=False)}},
        signer={"ext": {"san": alternative(dns("other.kz"))}},
    )
    yield path(
        "names: no DER",
        "4.2.1.10",
        False,
        ca={"ext": {"nc": extension(oids.NAME_CONSTRAINTS, b"\x30\x05", critical=True)}},
    )
    top = root()
    for title, valid, below, host in (
        ("narrowed below, inside both", True, "a.bank.kz", "x.a.bank.kz"),
        ("narrowed below, inside the upper", False, "a.bank.kz", "x.bank.kz"),
        ("widened below, inside the lower", False, "kz", "other.kz"),
        ("disjoint below", False, "other.kz", "bank.kz"),
    ):
        one = authority(top, "one", ext={"nc": bank})
        two = authority(one, "two", ext={"nc": constrain([dns(below)])})
        signer = leaf(two, ext={"san": alternative(dns(host))})
        yield path(f"names: {title}", "6.1.4 (g)", valid, above=(one, two), signer=signer)
    one = authority(top, "one", ext={"nc": constrain(None, [directory(common_name("one"))])})
    rolled = authority(one, "one", key="rolled")
    yield path(
        "names: excluded name of a new key of its own", "6.1.3 (b)", True, above=(one, rolled)
    )
    same = leaf(one, subject=one.subject)
    yield path(
        "names: excluded name of a self-issued signer",
        "6.1.3 (b)",
        False,
        above=(one,),
        signer=same,
    )
    sub = authority(one, "two", ext={"san": alternative(dns("x.org"))})
    yield path("names: of an authority in between", "6.1.3 (b)", True, above=(one, sub))
    tight = authority(top, "one", ext={"nc": bank})
    sub = authority(tight, "two", ext={"san": alternative(dns("x.org"))})
    yield path("names: of an authority in between, outside", "6.1.3 (b)", False, above=(tight, sub))


CASES = (*hosts(), *addresses(), *mailboxes(), *addresses_of_services(), *directories(), *forms())
