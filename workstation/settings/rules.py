"""Rules of the settings that no single field can keep: addresses, and what a branch may not use.

They look at the tables as they stand in the file, so that each is told whatever else is wrong.
"""

import operator
import os.path
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Final

from workstation.errors import SettingsRefused
from workstation.settings.web_address import Scheme, WebAddress, require_address

__all__ = ["configured_addresses", "place_faults", "rule_faults"]

Tables = Mapping[str, object]

_SIGNED: Final = ("revocation.ocsp_url", "revocation.crl_urls", "timestamps.url")
"""Addresses whose answers are signed: plain http is usual."""
_PRIVATE: Final = (
    "registries.phone_owner_url",
    "registries.antifraud_url",
    "registries.loan_refusal_url",
    "registries.person_url",
    "registries.attempts_url",
    "registries.relations_url",
    "authority.url",
    "video_identification.url",
    "carrier.egov_qr.url",
)
_SHORTEST_URL: Final = 8
_SHOWN: Final = 60


def rule_faults(tables: Tables) -> Iterator[str]:
    """Iterate over the rules that these tables break, each with its place."""
    yield from _address_faults(tables)
    if _at(tables, "trust.timestamp_intermediates") and not _at(tables, "trust.timestamp_anchors"):
        yield "$.trust.timestamp_intermediates: without timestamp_anchors"
    if _at(tables, "trust.csca_links") and not _at(tables, "trust.csca_anchors"):
        yield "$.trust.csca_links: without csca_anchors"
    if _at(tables, "registries.person_jws_keys") and not _at(tables, "registries.person_url"):
        yield "$.registries.person_jws_keys: without person_url"
    if _at(tables, "authority.client") and _begins_in_clear(_at(tables, "authority.url")):
        yield "$.authority.client: without https nobody sees it"
    if _at(tables, "keys.kind") == "token" and not _at(tables, "keys.token"):
        yield "$.keys.token: missing; the token of the kind `token`"
    if tables.get("profile") == "production":
        yield from _production_faults(tables)


def configured_addresses(tables: Tables) -> Iterator[tuple[str, str]]:
    """Iterate over place and address of every service that is not on this machine by design."""
    for name in (*_SIGNED, *_private(tables)):
        for place, url in _texts(tables, name):
            # What is shorter is told as an empty or unreadable field.
            if len(url) >= _SHORTEST_URL:
                yield place, url


def place_faults(
    log: Path,
    released: Path,
    same: Callable[[Path, Path], bool] = operator.eq,
    member: str = "released",
) -> Iterator[str]:
    """Iterate over why released heads lie where the log does: who deletes one deletes both.

    same    whether two paths are one folder
    member  of `[log]` that names the heads
    """
    if any(same(each, log.parent) for each in released.parents):
        beside = same(released.parent, log.parent)
        where = "in the same folder as the log" if beside else "inside the log's folder"
        yield f"$.log.{member}: {where}; name another folder, disk or network share"


def _private(tables: Tables) -> Iterator[str]:
    """Iterate over the names of addresses that the customer's data is sent to."""
    yield from _PRIVATE
    own = _at(tables, "registries.questions")
    for name in own if isinstance(own, Mapping) else ():
        yield f"registries.questions.{name}.url"


def _address_faults(tables: Tables) -> Iterator[str]:
    for place, url in _texts(tables, "carrier.ncalayer_url"):
        address = yield from _plain(place, url, Scheme.WSS)
        if address is not None and not address.loopback:
            yield f"{place}: not this machine"
    for place, url in _texts(tables, "palm.url"):
        # The service of the scanner's vendor runs on this machine, as NCALayer does.
        address = yield from _plain(place, url, Scheme.HTTP, Scheme.HTTPS)
        if address is not None and address.scheme is Scheme.HTTP and not address.loopback:
            yield f"{place}: plain http leaves this machine; https is needed{_stands(address)}"
    private = {place for name in _private(tables) for place, _ in _texts(tables, name)}
    for place, url in configured_addresses(tables):
        address = yield from _plain(place, url, Scheme.HTTP, Scheme.HTTPS)
        open_line = address is not None and address.scheme is Scheme.HTTP and not address.loopback
        if address is not None and open_line and place in private:
            yield f"{place}: plain http leaves this machine; https is needed{_stands(address)}"


def _plain(place: str, url: str, *schemes: Scheme) -> Generator[str, None, WebAddress | None]:
    """Return the address; None after the fault of one that is not plain."""
    try:
        return require_address(place, url, *schemes)
    except SettingsRefused as refused:
        yield refused.detail
        return None


def _stands(address: WebAddress) -> str:
    # Not the path: what a bank writes there may be a secret, and this is shown to passers-by.
    return f"; there stands {address.scheme}://{address.host[:_SHOWN]}"


def _production_faults(tables: Tables) -> Iterator[str]:
    """Refuse what only a demonstration may use: every way a simulator could pass for the real."""
    kind = _at(tables, "camera.kind")
    if kind is not None and kind != "device":
        yield "$.camera.kind: only a device in the production profile"
    if _at(tables, "keys.kind") == "file":
        yield "$.keys.kind: plain files in the production profile; run `key seal`"
    if _at(tables, "trust.environment") == "test":
        yield "$.trust.environment: test certificates in the production profile"
    if tables.get("authority") and not (
        _at(tables, "authority.jws_keys") or _at(tables, "authority.client")
    ):
        yield "$.authority: neither jws_keys nor client; nobody would vouch for its results"
    for place, url in configured_addresses(tables):
        try:
            address = require_address(place, url, Scheme.HTTP, Scheme.HTTPS)
        except SettingsRefused:
            continue
        if address.loopback:
            yield f"{place}: this machine in the production profile{_stands(address)}"
    log, released = _at(tables, "log.path"), _at(tables, "log.released")
    if isinstance(log, str) and isinstance(released, str):
        # Without the file system yet: `load_settings` compares again what the paths lead to.
        yield from place_faults(Path(os.path.normpath(log)), Path(os.path.normpath(released)))


def _begins_in_clear(url: object) -> bool:
    return isinstance(url, str) and url.startswith("http:")


def _texts(tables: Tables, name: str) -> Iterator[tuple[str, str]]:
    value = _at(tables, name)
    if isinstance(value, str):
        yield f"$.{name}", value
    elif isinstance(value, list):
        for index, each in enumerate(value):
            if isinstance(each, str):
                yield f"$.{name}[{index}]", each


def _at(tables: Tables, name: str) -> object:
    found: object = tables
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
