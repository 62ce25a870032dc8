"""Court packs of scripted sessions, and what whoever verifies them brings."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import resources
from tests.support.station.stations import Desk, Site
from workstation.court.pack import CourtPack, PackSources, build_pack
from workstation.records.validation_data_archive import LISTS_FOLDER
from workstation.session.states import State

__all__ = ["Brought", "build", "play_session", "sources"]


@dataclass(frozen=True)
class Brought:
    """What the verifier has from elsewhere."""

    log_key: str
    trusted: str
    head: bytes = b""


def play_session(site: Site) -> str:
    """Play one approved session; return its case."""
    Desk(site).to(State.RECORDED)
    return str(site.results()[-1]["case"])


def sources(site: Site, *, opened: bool = True) -> PackSources:
    """Return where the things of a test's station lie."""
    folder, services = site.folder, site.services
    permit_key = folder / "permit.pem"
    public = services.permit_key.public_key()
    permit_key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return PackSources(
        log=services.log_path,
        log_key=services.log_key,
        trusted=services.log_trusted,
        policies=(Path(resources.path("policies", "kz-2026-07-12.toml")),),
        charters=(),
        permits=services.core_banking,
        permit_keys=(permit_key,),
        receipts=services.outbox,
        vault=folder / "vault",
        lists=folder / LISTS_FOLDER,
        evidence_key=site.retention if opened else None,
    )


def build(site: Site, case: str, *, opened: bool = True) -> CourtPack:
    """Build the pack of a case."""
    return build_pack(sources(site, opened=opened), None, case)
