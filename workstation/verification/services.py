"""What a verification is built from; `bootstrap` makes it, tests replace single services."""

import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.canonical_json import JsonValue
from crypto.chip.transport import ChipReader
from crypto.lds.csca import CscaTrust
from crypto.log.file.clock import Clock
from crypto.log.format.note import NoteVerifier
from crypto.signatures.validator import SignatureValidator
from vision.face.quality import QualitySettings
from vision.frame import Camera
from vision.liveness.settings import LivenessSettings
from vision.matching.settings import MatchSettings
from vision.models.manifest import Manifest
from vision.worker import FaceAnalysis
from workstation.accounts.attempt_budget import AttemptBudget
from workstation.accounts.authentication import Authenticator
from workstation.accounts.face_gallery import FaceGallery
from workstation.accounts.staff import Staff
from workstation.administration.reading import Administration
from workstation.cases.case_store import CaseStore
from workstation.court.pack import PackSources
from workstation.devices.carriers import Carriers
from workstation.diagnosis.diagnosis import Diagnosis
from workstation.documents.receipt_page import ReceiptDrawing
from workstation.records.alarms import AlarmRegister
from workstation.records.journal import Journal
from workstation.records.permit_heads import PermitHeads
from workstation.records.validation_data_archive import ValidationDataArchive
from workstation.registries.authority import Authority
from workstation.registries.identification import Centre
from workstation.registries.sources import Registries
from workstation.rules.alternatives import LivenessWay
from workstation.rules.policy import Policy
from workstation.trust.revocation import Revocation
from workstation.trust.timestamps import Timestamping
from workstation.verification.rules.built import RuleServices, RuleSource
from workstation.witness.anchors import Anchoring

__all__ = ["ChipServices", "Release", "Services", "StationFacts", "Vault"]


class Vault(Protocol):
    """Seals what may not stand in the log in clear."""

    def keep(self, plaintext: bytes) -> Mapping[str, JsonValue]:
        """Store the sealed payload and return the commitment that goes into the log entry."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What names this workstation in statements, permits, receipts and records.

    origin           of the log, e.g. bank.example/log/b0421-w07/g1
    customer_screen  customers read what they sign on a screen of their own
    customer_display  its name, empty for the first that is not the teller's
    customer_touch, customer_keys  by what customers answer with their own hand
    opens, closes    when customers are served, such as 09:00
    """

    origin: str
    bank: str
    branch: str
    station: str
    profile: str
    settings_sha256: str
    version: str
    customer_screen: bool = False
    customer_display: str = ""
    customer_touch: bool = False
    customer_keys: bool = False
    opens: str = "08:00"
    closes: str = "20:00"


@dataclass(frozen=True, slots=True)
class ChipServices:
    """What the chips of documents are read with, and whom they are believed by.

    name  of the reader as the screens show it
    csca  authorities of the states whose signatures count
    """

    name: str
    reader: ChipReader
    csca: CscaTrust


@dataclass(frozen=True, slots=True)
class Release:
    """What leaves the process after a decision is durable; drawing shows the receipt's page."""

    permit: Path | None
    receipt: Path | None
    message: str
    drawing: ReceiptDrawing | None = None


@dataclass(slots=True)
class Services:
    """Everything one station works with.

    The policy, and what is built of it, become those of the day (`put_in_force`) in the station's
    thread, between cases; a case works with a copy of its own, so it ends under what it began with.

    rules         where the policy comes from; None: it is the only one
    simulated     the camera is not a capture device
    models        the face models with their thresholds
    chips         how documents' chips are read and believed; None: the settings name no reader
    staff         who works here
    gallery       faces of customers who were approved here lately
    open_camera   opens the configured camera; raises CameraUnavailable
    now           wall clock for validation, aware UTC
    rng           unpredictable in every profile but tests
    archive       revocation lists that decisions rested on, by hash
    alarms        what nobody has acknowledged; takes more in any thread
    cases         parked cases, sealed
    looks         photos of decided cases, sealed, until no second look at them is to come
    outbox        folder for receipts and statements
    authority     compares faces where the law wants it; None: the settings name none
    centres       identify customers another way; the settings name none, one or both
    anchoring     witnesses that cosign the log's heads, and what they have cosigned
    permit_heads  heads of the log that left with permits
    administration  what administrators change the station by; None: nothing is changed here
    timestamping  who stamps the customers' signatures; None: the settings name nobody
    diagnosis     what is tried of its surroundings; None: nothing
    court         says where what proves a case lies; None: not at this station
    core_banking  folder that core banking takes permits from
    log_key       the log's first key; its name is the origin
    log_trusted   keys that may have cosigned the genesis entry
    pieces_key    under which counted pieces of the log are kept; one of this process by default
    """

    facts: StationFacts
    policy: Policy
    liveness: LivenessSettings
    matching: MatchSettings
    live_quality: QualitySettings
    reference_quality: QualitySettings
    journal: Journal
    authenticator: Authenticator
    cool_down: AttemptBudget
    staff: Staff
    gallery: FaceGallery
    models: Manifest
    analysis: FaceAnalysis
    open_camera: Callable[[], Camera]
    simulated: bool
    chips: ChipServices | None
    registries: Registries
    authority: Authority | None
    centres: Mapping[LivenessWay, Centre]
    anchoring: Anchoring
    carriers: Carriers
    validator: SignatureValidator
    revocation: Revocation
    vault: Vault
    archive: ValidationDataArchive
    alarms: AlarmRegister
    cases: CaseStore
    looks: CaseStore
    clock: Clock
    now: Callable[[], datetime]
    rng: random.Random
    outbox: Path
    log_path: Path
    log_key: NoteVerifier
    log_trusted: tuple[NoteVerifier, ...]
    released_path: Path
    permit_key: Ed25519PrivateKey
    permit_audience: str
    permit_heads: PermitHeads
    core_banking: Path
    rules: RuleSource | None = None
    timestamping: Timestamping | None = None
    administration: Administration | None = None
    court: Callable[[], PackSources] | None = None
    diagnosis: Diagnosis | None = None
    pieces_key: bytes = field(default_factory=partial(secrets.token_bytes, 32), repr=False)

    def put_in_force(self, built: RuleServices) -> None:
        """Work under another version from now on."""
        self.policy = built.policy
        self.liveness = built.liveness
        self.matching = built.matching
        self.live_quality = built.live_quality
        self.reference_quality = built.reference_quality
        self.validator = built.validator
        self.revocation = built.revocation
