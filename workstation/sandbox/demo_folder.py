"""The demo profile's data folder: initialised once, its addresses renewed at every start.

The sandbox listens on free ports, so the settings are written anew each time; keys, log, vault
and operators stay. The pass phrases are published on purpose: nothing here is worth a secret.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

import resources
from crypto.files.durable import write_durably
from crypto.log.file.clock import Clock, SystemClock
from crypto.log.format.note import NoteSigner
from crypto.report.policy import Environment
from workstation.accounts.operators import Operators
from workstation.accounts.secret import SecretCost
from workstation.charter.head_office import enact_as_head_office
from workstation.initialisation import (
    KEYS_FOLDER,
    LOG_PATH,
    OPERATORS_NAME,
    POLICIES_FOLDER,
    RELEASED_PATH,
    NewStation,
    initialise,
)
from workstation.records.keys import open_key_store
from workstation.records.station_log import load_log_key, open_log
from workstation.rules.calendar.signing import sign_policy
from workstation.rules.parties import Operator, Role
from workstation.rules.policy_file import read_policy
from workstation.sandbox.services.answer_signer import AnswerSigner
from workstation.sandbox.world import SandboxEndpoints
from workstation.settings import settings as s
from workstation.settings.answer_keys import AnswerKeyTable
from workstation.settings.authority import IdentificationTable, PushAuthorityTable
from workstation.settings.carriers import TimestampDigest, TimestampsTable
from workstation.settings.policy import PolicySignerTable
from workstation.settings.template import settings_toml

__all__ = [
    "ADMIN",
    "AUDITOR",
    "DEMO_SECRET",
    "REFERENCE_PHOTO",
    "SECOND_SUPERVISOR",
    "SUPERVISOR",
    "TELLER",
    "prepare_demo_folder",
]

DEMO_SECRET = "demo-Almaty-2026"
TELLER, SUPERVISOR, SECOND_SUPERVISOR = "T-0042", "S-0031", "S-0032"
AUDITOR, ADMIN = "A-0007", "ADM-01"
_ORIGIN = "bank.example/log/b0421-w07/g1"
REFERENCE_PHOTO = "reference.png"
_RETENTION = "retention.key"
_SIGNERS = ("risk", "compliance")
_PEOPLE = (
    Operator(TELLER, "Ахметов Ерлан Қанатұлы", Role.TELLER),
    Operator(SUPERVISOR, "Смирнова Ольга Викторовна", Role.SUPERVISOR),
    Operator(SECOND_SUPERVISOR, "Ибраева Динара Маратқызы", Role.SUPERVISOR),
    Operator(AUDITOR, "Жұмабаева Қарлығаш Нұрланқызы", Role.AUDITOR),
)
_DAILY = re.compile(rb"^crl_max_age_s = .*$", re.MULTILINE)
_MONTHLY = b"crl_max_age_s = 2_592_000"
_CHEAP = SecretCost(memory_kib=8 * 1024, iterations=1, lanes=1)
"""The demo's pass phrase is published, so stretching it would only cost time."""


def prepare_demo_folder(
    folder: Path,
    endpoints: SandboxEndpoints,
    *,
    old_lists: bool = False,
    draft: bytes = b"",
) -> None:
    """Initialise the folder when it is new and write settings with these addresses.

    draft  a policy to play by in place of the shipped one; PolicyRefused when it is none
    old_lists  accept lists of customers' keys a month old, the most a policy may say: the test
               authorities of НУЦ РК issue theirs twice a year
    """
    policy = draft or resources.path("policies", "kz-2026-07-12.toml").read_bytes()
    if old_lists:
        policy = _DAILY.sub(_MONTHLY, policy)
    outside = folder.parent / "head-office"
    outside.mkdir(mode=0o700, parents=True, exist_ok=True)
    signers = [_policy_signer(outside, name) for name in _SIGNERS]
    settings = settings_toml(_settings(endpoints, signers, _retention_key(outside))).encode()
    clock = SystemClock()
    if (folder / s.SETTINGS_NAME).exists():
        write_durably(folder / s.SETTINGS_NAME, settings)
        _sign_policy(folder / POLICIES_FOLDER, policy, signers)
        _sign_charter(folder, outside / folder.name, clock)
        return
    new = NewStation(
        origin=_ORIGIN,
        profile=s.Profile.DEMO,
        keys=s.KeyStoreKind.FILE,
        settings=settings,
        admin=Operator(ADMIN, "Администратор стенда", Role.ADMIN),
        secret=DEMO_SECRET,
        enrolment_keys=outside / folder.name,
    )
    initialise(folder, new, clock, _CHEAP)
    _sign_policy(folder / POLICIES_FOLDER, policy, signers)
    _add_people(folder, clock)
    _sign_charter(folder, outside / folder.name, clock)


def _sign_charter(folder: Path, keys: Path, clock: Clock) -> None:
    """Sign as head office what the folder holds now; its key lies beside the demo, on purpose."""
    loaded = s.load_settings(folder)
    log_key = load_log_key(loaded, open_key_store(loaded))
    with open_log(loaded, log_key, clock) as log:
        enact_as_head_office(loaded, log, keys, clock)


def _add_people(folder: Path, clock: Clock) -> None:
    operators = Operators(folder / OPERATORS_NAME, _CHEAP)
    for operator in _PEOPLE:
        operators.add(operator, DEMO_SECRET, clock.wall_ms())


def _policy_signer(outside: Path, name: str) -> NoteSigner:
    """Return the key of one who signs policies; like head office's it never enters the station."""
    path = outside / f"policy-{name}.key"
    if not path.exists():
        write_durably(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(path.read_bytes()))


def _sign_policy(folder: Path, octets: bytes, signers: Sequence[NoteSigner]) -> None:
    """Lay the policy into the folder with both signatures, in place of what is there."""
    policy = read_policy(octets)
    path = folder / f"{policy.id}.toml"
    for old in (*folder.glob("*.toml"), *folder.glob("*.sig")):
        old.unlink()
    write_durably(path, octets)
    for each in signers:
        sign_policy(path, policy, each)


def _retention_key(outside: Path) -> str:
    """Return the public half of head office's key; the private one never enters the station."""
    path = outside / _RETENTION
    if not path.exists():
        write_durably(path, X25519PrivateKey.generate().private_bytes_raw())
    private = X25519PrivateKey.from_private_bytes(path.read_bytes())
    return private.public_key().public_bytes_raw().hex()


def _settings(
    endpoints: SandboxEndpoints, signers: Sequence[NoteSigner], retention: str
) -> s.Settings:
    head_office = s.RecipientTable(name="head-office", x25519=retention)
    return s.Settings(
        profile=s.Profile.DEMO,
        language="ru",
        station=s.StationTable(
            id="WS-07", bank="АО «Банк-пример»", branch="Филиал 0421, Алматы", origin=_ORIGIN
        ),
        camera=s.SimulatedCameraTable(scenario="genuine"),
        carrier=s.CarrierTable(
            ncalayer_url=endpoints.ncalayer_url,
            tls_anchors=[str(endpoints.tls_anchor)],
            opening_timeout_s=5,
            signing_timeout_s=60,
            egov_qr=s.EgovQrTable(
                url=endpoints.egov_url,
                tls_anchors=[],
                opening_timeout_s=5,
                signing_timeout_s=60,
                retries=25,
            ),
        ),
        trust=_trust(endpoints),
        revocation=s.RevocationTable(
            ocsp_url=endpoints.ocsp_url, crl_urls=list(endpoints.crl_urls), timeout_s=3
        ),
        registries=_registries(endpoints),
        log=s.LogTable(path=LOG_PATH, released=RELEASED_PATH),
        keys=s.KeysTable(kind=s.KeyStoreKind.FILE, path=KEYS_FOLDER),
        vault=s.VaultTable(path="vault", recipients=[head_office]),
        permit=s.PermitTable(audience="core-banking", folder="permits"),
        policy=s.PolicyTable(
            folder=POLICIES_FOLDER,
            signers=[PolicySignerTable(name=each.name, vkey=each.vkey) for each in signers],
        ),
        authority=PushAuthorityTable(
            url=endpoints.face_authority_url,
            tls_anchors=[],
            timeout_s=2,
            jws_keys=[_answer_key(endpoints)],
        ),
        palm=_identification(endpoints),
        video_identification=_identification(endpoints),
        timestamps=_timestamps(endpoints),
    )


def _timestamps(endpoints: SandboxEndpoints) -> TimestampsTable:
    return TimestampsTable(
        url=endpoints.tsa_url,
        digest=TimestampDigest.STREEBOG512,
        timeout_s=3,
        by_carrier=False,
    )


def _identification(endpoints: SandboxEndpoints) -> IdentificationTable:
    return IdentificationTable(
        url=endpoints.identification_url,
        tls_anchors=[],
        timeout_s=2,
        jws_keys=[_answer_key(endpoints)],
    )


def _trust(endpoints: SandboxEndpoints) -> s.TrustTable:
    # No catalogue knows authorities made a moment ago.
    issuers = [sha256(path.read_bytes()).hexdigest() for path in endpoints.nca_certificates]
    return s.TrustTable(
        environment=Environment.TEST,
        anchors=[
            s.AnchorTable(path=str(path), sha256=fingerprint)
            for path, fingerprint in zip(
                endpoints.root_certificates, endpoints.root_fingerprints, strict=True
            )
        ],
        intermediates=[str(path) for path in endpoints.nca_certificates],
        signer_issuers=issuers,
        timestamp_issuers=issuers,
        csca_anchors=[
            s.AnchorTable(path=str(endpoints.csca_certificate), sha256=endpoints.csca_fingerprint)
        ],
    )


def _registries(endpoints: SandboxEndpoints) -> s.RegistriesTable:
    return s.RegistriesTable(
        phone_owner_url=endpoints.registries_url,
        antifraud_url=endpoints.registries_url,
        loan_refusal_url=endpoints.registries_url,
        tls_anchors=[],
        timeout_s=2,
        person_url=endpoints.persons_url,
        person_jws_keys=[_answer_key(endpoints)],
        relations_url=endpoints.registries_url,
    )


def _answer_key(endpoints: SandboxEndpoints) -> AnswerKeyTable:
    return AnswerKeyTable(
        kid=AnswerSigner.KID,
        path=str(endpoints.answer_key),
        sha256=endpoints.answer_key_sha256,
    )
