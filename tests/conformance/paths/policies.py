"""Certificate policies (RFC 5280 6.1, RFC 9618)."""

from crypto.asn1 import oids
from crypto.path.inputs import PathInputs
from tests.conformance.paths import writing as x
from tests.conformance.paths.case import path

ONE, TWO, ANY = "1.2.3.1", "1.2.3.2", oids.ANY_POLICY
ASKED = PathInputs(frozenset({ONE}), explicit_policy=True)
TOP = x.root()
RULES = "issuing rules"


def stated(title, clause, valid, of_ca, of_signer, departure="", *, inputs=ASKED, **ca):
    """Return a case of what an authority and its signer state, asked for policy ONE."""
    own = {"cp": x.policies(*of_ca) if of_ca else None, **ca}
    mine = {"cp": x.policies(*of_signer) if of_signer else None}
    return path(
        f"policies: {title}",
        clause,
        valid,
        departure,
        ca={"ext": own},
        signer={"ext": mine},
        inputs=inputs,
    )


def chain():
    """Return many authorities that map each policy to two: a tree would double at each."""
    above, made = TOP, []
    pairs = [(a, b) for a in (ONE, TWO) for b in (ONE, TWO)]
    for number in range(7):
        ext = {"cp": x.policies(ONE, TWO), "map": x.mappings(*pairs)}
        above = x.authority(above, f"p{number}", ext=ext)
        made.append(above)
    return tuple(made)


MANY = chain()
NO_ANY = PathInputs(frozenset({ONE}), explicit_policy=True, inhibit_any=True)
NO_MAP = PathInputs(frozenset({ONE}), explicit_policy=True, inhibit_mapping=True)

CASES = (
    stated("the one asked for", "6.1.5 (g)", True, [ONE], [ONE]),
    stated("another", "6.1.5 (g)", False, [TWO], [TWO]),
    stated("of the signer alone", "6.1.3 (d)", False, [], [ONE]),
    stated("of the authority alone", "6.1.3 (d)", False, [ONE], []),
    stated("two that differ", "6.1.3 (d)", False, [ONE], [TWO]),
    stated("none, none asked for", "6.1", True, [], [], inputs=PathInputs()),
    stated("anyPolicy of the authority", "6.1.3 (d)(1)", True, [ANY], [ONE]),
    stated("anyPolicy of the signer", "6.1.3 (d)(2)", True, [ONE], [ANY]),
    stated("anyPolicy inhibited by the user", "6.1.3 (d)(2)", False, [ANY], [ONE], inputs=NO_ANY),
    stated("anyPolicy inhibited below", "6.1.4 (j)", False, [ONE], [ANY], any=x.inhibit_any(0)),
    stated("anyPolicy inhibited one below", "6.1.4 (j)", True, [ONE], [ANY], any=x.inhibit_any(1)),
    stated(
        "inhibitAnyPolicy not critical",
        "4.2.1.14",
        False,
        [ONE],
        [ONE],
        RULES,
        any=x.inhibit_any(0, critical=False),
    ),
    stated("inhibitAnyPolicy negative", "4.2.1.14", False, [ONE], [ONE], any=x.inhibit_any(-1)),
    stated("mapped to the signer's", "6.1.4 (b)", True, [ONE], [TWO], map=x.mappings((ONE, TWO))),
    stated("mapped from another", "6.1.4 (b)", False, [TWO], [ONE], map=x.mappings((TWO, ONE))),
    stated(
        "mapped, mapping inhibited",
        "6.1.4 (b)",
        False,
        [ONE],
        [TWO],
        map=x.mappings((ONE, TWO)),
        inputs=NO_MAP,
    ),
    stated("mapped to anyPolicy", "6.1.4 (a)", False, [ONE], [ONE], map=x.mappings((ONE, ANY))),
    stated("mapped from anyPolicy", "6.1.4 (a)", False, [ONE], [ONE], map=x.mappings((ANY, ONE))),
    stated("mappings empty", "4.2.1.5", False, [ONE], [ONE], map=x.mappings()),
    stated(
        "mappings not critical",
        "4.2.1.5",
        True,
        [ONE],
        [TWO],
        map=x.mappings((ONE, TWO), critical=False),
    ),
    stated("constraints empty", "4.2.1.11", False, [ONE], [ONE], pc=x.demand()),
    stated(
        "constraints not critical",
        "4.2.1.11",
        False,
        [ONE],
        [ONE],
        RULES,
        pc=x.demand(0, critical=False),
    ),
    stated(
        "demanded by the authority, none",
        "6.1.4 (i)",
        False,
        [],
        [],
        inputs=PathInputs(),
        pc=x.demand(0),
    ),
    stated(
        "demanded by the authority, stated",
        "6.1.4 (i)",
        True,
        [ONE],
        [ONE],
        inputs=PathInputs(),
        pc=x.demand(0),
    ),
    stated("demanded two below", "6.1.4 (i)", True, [], [], inputs=PathInputs(), pc=x.demand(2)),
    stated("policy critical", "4.2.1.4", True, [ONE], [ONE], cp=x.policies(ONE, critical=True)),
    path(
        "policies: seven authorities that map two to two",
        "RFC 9618",
        True,
        above=MANY,
        signer=x.leaf(MANY[-1], ext={"cp": x.policies(ONE)}),
        inputs=ASKED,
    ),
)
