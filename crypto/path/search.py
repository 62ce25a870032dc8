"""Candidate certification paths, found within a budget (RFC 4158).

Building prefers issuers whose subject key identifier the certificate names, but believes nothing:
every link is decided by the signature later. The search is bounded, because certificates inside a
customer's signature are hostile input.
"""

from collections.abc import Iterator

from crypto.path.context import PathContext
from crypto.x509.certificate import Certificate

__all__ = ["build_paths", "find_path_end"]


def build_paths(target: Certificate, context: PathContext) -> Iterator[tuple[Certificate, ...]]:
    """Yield candidate paths by name, best key identifier match first; nothing is verified.

    A path never holds the same subject with the same key twice.
    """
    trust, budget = context.trust, context.budget
    pool = tuple(dict.fromkeys((*trust.anchors, *trust.intermediates, *context.extra)))

    def grow(path: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        budget.steps -= 1
        if trust.is_anchor(path[-1]):
            yield path
            return
        if len(path) > budget.depth or budget.steps <= 0:
            return
        for issuer in _find_issuers(path, pool):
            if budget.paths <= 0 or budget.steps <= 0:
                return
            yield from grow((*path, issuer))

    for path in grow((target,)):
        if budget.paths <= 0:
            return
        budget.paths -= 1
        yield path


def find_path_end(target: Certificate, context: PathContext) -> Certificate:
    """Return the certificate at which the likeliest path ends: its issuer is not at hand.

    By names alone; nothing is verified, so it serves to explain and for nothing else.
    """
    pool = tuple(dict.fromkeys((*context.trust.intermediates, *context.extra)))
    path: tuple[Certificate, ...] = (target,)
    while len(path) <= context.budget.depth:
        issuer = next(_find_issuers(path, pool), None)
        if issuer is None:
            break
        path = (*path, issuer)
    return path[-1]


def _find_issuers(
    path: tuple[Certificate, ...], pool: tuple[Certificate, ...]
) -> Iterator[Certificate]:
    """Yield who may have issued the last certificate of a path, the likeliest first.

    A name equal octet for octet and the right key identifier together are tried before any other
    name is brought to its comparable form: that is all an ordinary path ever needs.
    """
    top = path[-1]

    def is_new(issuer: Certificate) -> bool:
        return all(c.key != issuer.key or c.subject != issuer.subject for c in path)

    at_once = [
        c for c in pool if c.subject.raw == top.issuer.raw and _rank(top, c) == 0 and is_new(c)
    ]
    yield from at_once
    rest = [c for c in pool if c not in at_once and c.subject == top.issuer and is_new(c)]
    yield from sorted(rest, key=lambda c: _rank(top, c))


def _rank(certificate: Certificate, issuer: Certificate) -> int:
    """Order candidates: same key identifier, none stated, another one."""
    wanted = certificate.authority_key_id.key_id if certificate.authority_key_id else None
    if wanted is None or issuer.subject_key_id is None:
        return 1
    return 0 if wanted == issuer.subject_key_id else 2
