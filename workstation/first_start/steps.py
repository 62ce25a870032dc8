"""Every step of a set-up: it writes what was answered and looks whether that works."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crypto.asn1 import oids
from crypto.errors import CryptoError, KeyLocked
from crypto.path.known_authorities import Issued
from vision.camera.device_names import system_name
from workstation.accounts.secret import require_strong
from workstation.accounts.staff import require_iin
from workstation.accounts.staging import StagedAccounts
from workstation.bootstrap import build, close
from workstation.charter.head_office import HEAD_OFFICE_KEY, Unsigned
from workstation.errors import CharterRefused, OperatorRefused, WorkstationError
from workstation.first_start.answers import fields_of
from workstation.first_start.authorities import admit_authorities, read_authority
from workstation.first_start.beginning import StationNames, compose_settings, compose_station
from workstation.first_start.findings import FindingState, SetUpFinding, group_digits
from workstation.first_start.folder import FolderState, read_folder_state
from workstation.first_start.inspection import list_unsigned
from workstation.first_start.lists import bring_lists, fetch_lists, held_lists
from workstation.first_start.places import read_place, set_places
from workstation.first_start.policy import take_policy
from workstation.first_start.progress import SetUpStep
from workstation.first_start.reach import reach
from workstation.first_start.set_up import Answers, SetUp, StepRun, error_finding
from workstation.first_start.signing import open_keys, open_staff, sign_station
from workstation.initialisation import OPERATORS_NAME, initialise
from workstation.records.keys import open_key_store
from workstation.records.path_room import require_room
from workstation.rules.parties import Operator, Role
from workstation.settings.certificate_files import certificate_files
from workstation.settings.settings import KeyStoreKind, Profile, find_faults, load_settings
from workstation.settings.template import load_tables

__all__ = ["run_step"]

_GOOD, _WARNING, _BAD = FindingState.GOOD, FindingState.WARNING, FindingState.BAD
_LINE: Final = re.compile(r'name\s*=\s*"([^"]+)"\s*,\s*x25519\s*=\s*"([0-9a-fA-F]{64})"')
"""The line that `vault recipient` prints, wherever in what was pasted."""


def run_step(step: SetUpStep, set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    """Do a step and return what was found; nothing is half done when something is bad."""
    missing = [
        SetUpFinding.make(_BAD, "missing", each.name)
        for each in fields_of(step, begun=set_up.begun)
        if each.needed and not answers.get(each.name)
    ]
    if missing:
        return missing
    try:
        return _RUNS[step](set_up, answers)
    except (WorkstationError, CryptoError, OSError) as error:
        return [error_finding(error)]


def _text(answers: Answers, name: str) -> str:
    given = answers.get(name, "")
    return given.strip() if isinstance(given, str) else " ".join(given)


def _files(answers: Answers, name: str) -> tuple[str, ...]:
    given = answers.get(name, ())
    return (given,) if isinstance(given, str) and given else tuple(given)


def _choose_folder(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    folder = Path(_text(answers, "folder")).absolute()
    state = read_folder_state(folder)
    if state in {FolderState.FOREIGN, FolderState.STATION}:
        return [SetUpFinding.make(_BAD, f"folder_{state.value}", "folder", path=str(folder))]
    if not folder.parent.is_dir():
        return [SetUpFinding.make(_BAD, "folder_no_disk", "folder")]
    if str(folder).startswith(("\\\\", "//")):
        return [SetUpFinding.make(_BAD, "folder_share", "folder")]
    require_room(folder)
    set_up.folder = folder
    if state is FolderState.BEGUN:
        return [SetUpFinding.make(_GOOD, "folder_begun", path=str(folder))]
    given = [_text(answers, each) for each in ("station", "bank", "branch", "origin")]
    names = StationNames(*given)
    text = compose_settings(Profile.PRODUCTION, KeyStoreKind.SEALED, names, b"")
    tables = load_tables(text) or {}
    wrong = [each for each in find_faults(tables) if each.startswith("$.station.")]
    if wrong or names.origin.count("/") < 1:
        field = (wrong or ["$.station.origin"])[0].partition(":")[0].removeprefix("$.station.")
        return [SetUpFinding.make(_BAD, "name_refused", {"id": "station"}.get(field, field))]
    set_up.names = names
    return []


def _choose_keys(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    passphrase = _text(answers, "passphrase")
    if set_up.begun:
        open_keys(set_up.at(), lambda failures: _once(passphrase, failures))
        set_up.passphrase = passphrase
        return []
    if passphrase != _text(answers, "passphrase_again"):
        return [SetUpFinding.make(_BAD, "not_the_same", "passphrase_again")]
    try:
        require_strong(passphrase, "")
    except OperatorRefused as weak:
        return [error_finding(weak, "passphrase")]
    office = Path(_text(answers, "office")).absolute()
    if office == set_up.at() or set_up.at() in office.parents:
        return [SetUpFinding.make(_BAD, "office_inside", "office")]
    set_up.passphrase, set_up.office = passphrase, office
    there = any(office.glob(f"{HEAD_OFFICE_KEY}*")) if office.is_dir() else False
    return [
        SetUpFinding.make(_GOOD if there else _WARNING, "office_key" if there else "office_new")
    ]


def _once(passphrase: str, failures: int) -> str:
    if failures:
        raise KeyLocked("passphrase_wrong")
    return passphrase


def _choose_policy(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    if set_up.begun:
        return []
    files = _files(answers, "policy")
    return take_policy(set_up, Path(files[0]) if files else None)


def _begin(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    if set_up.begun:
        return []
    if set_up.names is None or set_up.office is None or not set_up.rules:
        return [SetUpFinding.make(_BAD, "from_the_first_step")]
    wrong = _twice(answers)
    if wrong:
        return wrong
    new = compose_station(
        Profile.PRODUCTION,
        KeyStoreKind.SEALED,
        set_up.names,
        (_text(answers, "admin"), _text(answers, "admin_name")),
        _text(answers, "secret"),
        set_up.office,
        rules=set_up.rules,
        unlock=set_up.unlock,
    )
    enrolled = initialise(set_up.at(), new, set_up.clock, set_up.cost)
    return [
        SetUpFinding.make(
            _GOOD, "begun", log_key=enrolled.log_vkey, office_key=enrolled.enrolment_vkey
        )
    ]


def _twice(answers: Answers) -> list[SetUpFinding]:
    if _text(answers, "secret") != _text(answers, "secret_again"):
        return [SetUpFinding.make(_BAD, "not_the_same", "secret_again")]
    return []


def _set_recipient(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    typed = _text(answers, "recipient")
    found = [f"{name}={digits}" for name, digits in _LINE.findall(typed)] or typed.split()
    set_places(set_up.at(), {"vault.recipients": found})
    return [SetUpFinding.make(_GOOD, "recipient", names=", ".join(x.split("=")[0] for x in found))]


def _set_authorities(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    found = [read_authority(Path(each)) for each in _files(answers, "authorities")]
    typed = _text(answers, "fingerprints").split()
    issues = list(Issued) if typed else []
    done = admit_authorities(set_up.at(), found, typed, issues, set_up.clock, set_up.unlock)
    return [
        SetUpFinding.make(
            _WARNING if each.anchor and not each.typed else _GOOD,
            "root" if each.anchor else "authority",
            name=each.certificate.subject.first(oids.COMMON_NAME) or each.name,
            digits=group_digits(each.certificate.sha256),
        )
        for each in done.admitted
    ]


def _set_services(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    responder, lists = _text(answers, "responder"), _text(answers, "lists").split()
    changes = {"revocation.ocsp_url": [responder], "revocation.crl_urls": lists}
    stamping = _text(answers, "stamping")
    if stamping:
        changes |= {"timestamps.url": [stamping], "timestamps.digest": ["streebog512"]}
        changes |= {"timestamps.timeout_s": ["10"], "timestamps.by_carrier": ["false"]}
    set_places(set_up.at(), changes)
    addresses = [responder, *([stamping] if stamping else [])]
    return [_reached(each, (), worst=_WARNING) for each in addresses]


def _reached(
    url: str, anchors: tuple[bytes, ...], *, worst: FindingState = _BAD, here: bool = False
) -> SetUpFinding:
    why = reach(url, anchors, here=here)
    if not why:
        return SetUpFinding.make(_GOOD, "reached", url=url)
    return SetUpFinding.make(worst, f"reach_{why}", url=url)


def _set_signing(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    place, folder = "carrier.tls_anchors", set_up.at()
    set_places(folder, {place: _files(answers, "ncalayer_ca")})
    url = str(read_place(folder, "carrier.ncalayer_url"))
    # NCALayer may be started later; a certificate of somebody else is told at once.
    found = _reached(url.replace("wss:", "https:", 1), _anchors(folder, place), here=True)
    if found.code in {"reach_unreachable", "reach_connect_timeout"}:
        return [SetUpFinding.make(_WARNING, "ncalayer_absent")]
    return [found]


def _anchors(folder: Path, place: str) -> tuple[bytes, ...]:
    named = read_place(folder, place)
    return tuple(certificate_files(folder, f"$.{place}", named if isinstance(named, list) else []))


def _set_registries(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    places = {
        "owners": "registries.phone_owner_url",
        "antifraud": "registries.antifraud_url",
        "refusals": "registries.loan_refusal_url",
        "persons": "registries.person_url",
    }
    changes = {place: [_text(answers, name)] for name, place in places.items()}
    changes["permit.audience"] = [_text(answers, "audience")]
    changes["registries.tls_anchors"] = list(_files(answers, "gateway_ca"))
    key = _files(answers, "persons_key")
    if key:
        changes["registries.person_jws_keys"] = [f"{_text(answers, 'persons_kid')}={key[0]}"]
    set_places(set_up.at(), changes)
    anchors = _anchors(set_up.at(), "registries.tls_anchors")
    urls = dict.fromkeys(_text(answers, name) for name in places)
    return [_reached(each, anchors) for each in urls]


def _set_camera(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    index = _text(answers, "camera")
    set_places(set_up.at(), {"camera.index": [index]})
    called = system_name(int(index))
    if not called.name and not called.hardware_id:
        return [SetUpFinding.make(_WARNING, "camera_absent", index=index)]
    if _text(answers, "only_this") == "yes":
        allowed = called.hardware_id.split(" ")[0].lower()
        set_places(set_up.at(), {"camera.allowed": [allowed], "camera.name": [called.name]})
    return [SetUpFinding.make(_GOOD, "camera", name=called.name, id=called.hardware_id)]


def _set_screen(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    own = _text(answers, "customer_screen") == "yes"
    set_places(set_up.at(), {"station.customer_screen": ["true" if own else "false"]})
    return []


def _add_operator(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    wrong = _twice(answers)
    if wrong:
        return wrong
    who = Operator(
        _text(answers, "operator"), _text(answers, "operator_name"), Role(_text(answers, "role"))
    )
    staff, iin = None, _text(answers, "iin")
    if iin:
        try:
            require_iin(iin)
        except OperatorRefused:
            return [SetUpFinding.make(_BAD, "iin_refused", "iin")]
        # Opened before anything is written: a name without the number that was typed is half done.
        loaded = load_settings(set_up.at())
        staff = open_staff(loaded, open_key_store(loaded, set_up.unlock))
    staged = StagedAccounts(set_up.at() / OPERATORS_NAME, set_up.cost)
    staged.add(who, _text(answers, "secret"), set_up.clock.wall_ms())
    if staff is not None:
        staff.set_iin(who.id, iin)
    return [SetUpFinding.make(_GOOD, "operator_added", id=who.id)]


def _sign(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    """Sign what was listed: whoever signs has read that, and the folder may hold more by now."""
    read, found = set_up.listed, list_unsigned(set_up)
    listed = set_up.listed
    if listed is None:
        return found
    if not listed.is_same(read):
        return [SetUpFinding.make(_BAD, "unsigned_changed"), *found]

    def agree(unsigned: Unsigned) -> None:
        if not unsigned.is_same(listed):
            raise CharterRefused("settings_changed: the folder is another since it was listed")

    office = Path(_text(answers, "office")).absolute()
    enacted = sign_station(set_up.at(), office, set_up.unlock, set_up.clock, agree)
    number = "" if enacted is None else str(enacted.signed.charter.number)
    return [SetUpFinding.make(_GOOD, "signed", number=number)]


def _take_lists(set_up: SetUp, answers: Answers) -> list[SetUpFinding]:
    files, folder, now = _files(answers, "list_files"), set_up.at(), set_up.now()
    found: list[SetUpFinding] = []
    if files:
        bring_lists(folder, [Path(each) for each in files], now)
    else:
        health = fetch_lists(folder, now)
        found += [
            SetUpFinding.make(_WARNING, "list_failed", url=x.url) for x in health if not x.good
        ]
    for each in held_lists(folder, now):
        if not each.good:
            state = _BAD if each.itself else _WARNING
            addresses = ", ".join(each.addresses)
            found.append(
                SetUpFinding.make(state, "list_missing", name=each.authority, url=addresses)
            )
    return found


def _start(set_up: SetUp, _answers: Answers) -> list[SetUpFinding]:
    """Build the station as the desktop does, and close it again."""
    close(build(set_up.at(), unlock=set_up.unlock))
    return [SetUpFinding.make(_GOOD, "starts")]


_RUNS: Final[Mapping[SetUpStep, StepRun]] = {
    SetUpStep.FOLDER: _choose_folder,
    SetUpStep.KEYS: _choose_keys,
    SetUpStep.POLICY: _choose_policy,
    SetUpStep.BEGIN: _begin,
    SetUpStep.RECIPIENT: _set_recipient,
    SetUpStep.AUTHORITIES: _set_authorities,
    SetUpStep.SERVICES: _set_services,
    SetUpStep.SIGNING: _set_signing,
    SetUpStep.REGISTRIES: _set_registries,
    SetUpStep.CAMERA: _set_camera,
    SetUpStep.SCREEN: _set_screen,
    SetUpStep.OPERATORS: _add_operator,
    SetUpStep.CHARTER: _sign,
    SetUpStep.LISTS: _take_lists,
    SetUpStep.READY: _start,
}
