"""The document security store: validation material for later (ISO 32000-2 12.8.4.3)."""

import re
from collections.abc import Collection, Iterator
from typing import TypeAlias

from crypto.cms.embedded import Embedded
from crypto.containers.pdf.revision import Revision
from crypto.containers.pdf.syntax import Stream, Value
from crypto.errors import CryptoError

__all__ = ["collect_material", "list_material", "list_security_store", "select_keys"]

_MAX_MATERIAL = 64
_MAX_MATERIAL_OCTETS = 16 << 20
_STORE_KEYS = {"Type", "VRI", "Certs", "OCSPs", "CRLs"}
_RELATED_KEYS = {"Type", "Cert", "OCSP", "CRL", "TU", "TS"}
_HASH = re.compile(r"[0-9A-Fa-f]{40}")
"""A key of VRI: the SHA-1 of a signature."""

_Found: TypeAlias = "Value | Stream"


def list_security_store(revision: Revision, stated: Value) -> "list[_Found] | None":
    """Return the store and its parts; None when it holds what has no place in it.

    Raises ContainerMalformed, ContainerUnsupported.
    """
    store = revision.dictionary(stated)
    related = revision.resolve(store.get("VRI", {}))
    if not store.keys() <= _STORE_KEYS or not isinstance(related, dict):
        return None
    found: list[_Found] = [stated, *(store[key] for key in store if key != "Type")]
    series = [store[key] for key in ("Certs", "OCSPs", "CRLs") if key in store]
    for name, each in related.items():
        entry = revision.dictionary(each)
        if _HASH.fullmatch(name) is None or not entry.keys() <= _RELATED_KEYS:
            return None
        if not isinstance(revision.resolve(entry.get("TU")), bytes | None):
            return None
        if not isinstance(revision.resolve(entry.get("TS")), Stream | None):
            return None
        found += [each, *entry.values()]
        series += [entry[key] for key in ("Cert", "OCSP", "CRL") if key in entry]
    for each in series:
        members = revision.resolve(each)
        if not isinstance(members, list) or not all(
            isinstance(revision.resolve(member), Stream) for member in members
        ):
            return None
        found += members
    return found


def select_keys(keys: Collection[str]) -> set[str]:
    """Return those of some names that a part of the store may be referred to by."""
    known = (_STORE_KEYS | _RELATED_KEYS | {"DSS"}) - {"Type"}
    return {key for key in keys if key in known or _HASH.fullmatch(key)}


def collect_material(revision: Revision) -> Embedded | None:
    """Return the document security store as validation material; None when there is none.

    It came with the document, from whoever sent it, so nothing in it can break a signature.
    """
    try:
        store = revision.resolve(revision.catalog.get("DSS"))
        if not isinstance(store, dict):
            return None
        certificates, responses, lists = (
            tuple(_read_streams(revision, store.get(key))) for key in ("Certs", "OCSPs", "CRLs")
        )
    except CryptoError:
        return None
    return Embedded(certificates=certificates, lists=lists, responses=responses, archive=())


def list_material(material: Embedded) -> tuple[bytes, ...]:
    """Return all of it: what a proof about the document is a proof about."""
    return (*material.certificates, *material.lists, *material.responses)


def _read_streams(revision: Revision, value: Value) -> Iterator[bytes]:
    for each in revision.array(value)[:_MAX_MATERIAL]:
        stream = revision.resolve(each)
        if isinstance(stream, Stream):
            yield revision.decode(stream, _MAX_MATERIAL_OCTETS)
