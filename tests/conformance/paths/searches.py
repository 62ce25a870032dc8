"""Certificates that a search could lose itself in (RFC 4158; RFC 5280 6.1)."""

from tests.conformance.paths import writing as x
from tests.conformance.paths.case import path

TOP = x.root()


def descend(count, above=TOP):
    made = []
    for number in range(count):
        above = x.authority(above, f"d{number}")
        made.append(above)
    return tuple(made)


def searches():
    for count in (8, 9):
        yield path(f"search: {count} authorities in a row", "6.1", True, above=descend(count))
    yield path("search: 12 authorities in a row", "6.1", True, "bounds", above=descend(12))
    good = x.authority(TOP)
    signer = x.leaf(good)
    lists = (x.crl(TOP), x.crl(good))
    namesakes = tuple(x.authority(TOP, f"n{n}", subject=good.subject) for n in range(60))
    yield path(
        "search: 60 namesakes of the authority",
        "6.1",
        True,
        signer=signer,
        above=(*namesakes, good),
        lists=lists,
    )
    unnamed = x.leaf(good, ext={"aki": None, "ski": None})
    yield path(
        "search: 20 namesakes, no identifier",
        "4.2.1.1",
        False,
        "issuing rules",
        signer=unnamed,
        above=(*namesakes[:20], good),
        lists=lists,
    )
    claims = {"ski": x.subject_key(x.key_id("ca"))}
    liars = tuple(x.authority(TOP, f"n{n}", subject=good.subject, ext=claims) for n in range(20))
    yield path(
        "search: 20 namesakes that claim its identifier",
        "6.1",
        True,
        signer=signer,
        above=(*liars, good),
        lists=lists,
    )
    many = tuple(x.authority(TOP, f"n{n}", subject=good.subject, ext=claims) for n in range(150))
    yield path(
        "search: 150 namesakes that claim its identifier",
        "6.1",
        True,
        "bounds",
        signer=signer,
        above=(*many, good),
        lists=lists,
    )
    one = x.authority(x.root("elsewhere"), "one")
    two = x.authority(one, "two")
    again = x.authority(two, "one")
    yield path(
        "search: two authorities that issued each other", "6.1", False, above=(one, two, again)
    )
    crossed = x.authority(TOP, "one")
    yield path(
        "search: two that issued each other, one of them below the anchor",
        "6.1",
        True,
        above=(again, two, crossed),
        signer=x.leaf(two),
    )
    mesh = [x.authority(x.root(f"m{a}"), f"m{b}") for a in range(6) for b in range(6) if a != b]
    yield path(
        "search: six authorities that all issued each other", "6.1", False, above=tuple(mesh)
    )
    door = x.authority(TOP, "m0")
    yield path(
        "search: the same, one of them below the anchor",
        "6.1",
        True,
        above=(*mesh, door),
        signer=x.leaf(mesh[-1]),
    )
    expired = x.authority(TOP, validity=(x.START, x.ISSUED))
    yield path(
        "search: the same key expired and renewed",
        "6.1",
        True,
        above=(expired, good),
        signer=signer,
    )
    itself = x.root("self")
    yield path("search: a signer that signed itself", "6.1", False, above=(), signer=itself)
    yield path(
        "search: an anchor of the same name and another key",
        "6.1",
        False,
        above=(),
        signer=x.leaf(x.root("false", subject=TOP.subject)),
    )
    yield path(
        "search: the anchor's key under another certificate of it",
        "6.1",
        True,
        above=(x.root(serial=x.w.integer(2)), good),
        signer=signer,
    )
    yield path(
        "search: 300 certificates of strangers",
        "6.1",
        True,
        above=(*(x.root(f"s{n}") for n in range(300)), good),
        signer=signer,
    )
    yield path(
        "search: certificates that cannot be read",
        "6.1",
        True,
        above=(b"", b"\x30\x80", b"\x30\x03\x02\x01\x05", good),
        signer=signer,
    )


CASES = tuple(searches())
