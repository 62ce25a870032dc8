"""What a step asks for: fields by name and kind, the same for every face that a set-up has."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.first_start.progress import SetUpStep as S

__all__ = ["FIELDS", "AnswerKind", "AskedField", "fields_of"]


class AnswerKind(StrEnum):
    """What is typed or chosen: SECRET is not shown, FILES are several, CHOICE one of a few."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    FOLDER = "folder"
    FILE = "file"
    FILES = "files"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field of a step; its caption is `set_up_field.NAME` of the catalogues.

    place     of the settings whose value stands in it at first, empty for none
    needed    whether the step goes on without it
    choices   codes of what a CHOICE may be, the first unless something stands there
    """

    name: str
    kind: AnswerKind = AnswerKind.TEXT
    place: str = ""
    needed: bool = True
    choices: tuple[str, ...] = ()


_K = AnswerKind

FIELDS: Final[dict[S, tuple[AskedField, ...]]] = {
    S.FOLDER: (
        AskedField("folder", _K.FOLDER),
        AskedField("bank", place="station.bank"),
        AskedField("branch", place="station.branch"),
        AskedField("station", place="station.id"),
        AskedField("origin", place="station.origin"),
    ),
    S.KEYS: (
        AskedField("passphrase", _K.SECRET),
        AskedField("passphrase_again", _K.SECRET),
        AskedField("office", _K.FOLDER),
    ),
    S.POLICY: (AskedField("policy", _K.FILE, needed=False),),
    S.BEGIN: (
        AskedField("admin"),
        AskedField("admin_name"),
        AskedField("secret", _K.SECRET),
        AskedField("secret_again", _K.SECRET),
    ),
    S.RECIPIENT: (AskedField("recipient", place="vault.recipients"),),
    S.AUTHORITIES: (
        AskedField("authorities", _K.FILES),
        AskedField("fingerprints", needed=False),
    ),
    S.SERVICES: (
        AskedField("responder", place="revocation.ocsp_url"),
        AskedField("lists", place="revocation.crl_urls"),
        AskedField("stamping", place="timestamps.url", needed=False),
    ),
    S.SIGNING: (AskedField("ncalayer_ca", _K.FILE, place="carrier.tls_anchors"),),
    S.REGISTRIES: (
        AskedField("gateway_ca", _K.FILE, place="registries.tls_anchors"),
        AskedField("owners", place="registries.phone_owner_url"),
        AskedField("antifraud", place="registries.antifraud_url"),
        AskedField("refusals", place="registries.loan_refusal_url"),
        AskedField("persons", place="registries.person_url"),
        AskedField("persons_kid", needed=False),
        AskedField("persons_key", _K.FILE, needed=False),
        AskedField("audience", place="permit.audience"),
    ),
    S.CAMERA: (
        AskedField("camera", place="camera.index"),
        AskedField("only_this", _K.CHOICE, choices=("no", "yes")),
    ),
    S.SCREEN: (
        AskedField("customer_screen", _K.CHOICE, "station.customer_screen", choices=("no", "yes")),
    ),
    S.OPERATORS: (
        AskedField("operator"),
        AskedField("operator_name"),
        AskedField("iin", needed=False),
        AskedField("role", _K.CHOICE, choices=("teller", "supervisor", "auditor", "admin")),
        AskedField("secret", _K.SECRET),
        AskedField("secret_again", _K.SECRET),
    ),
    S.CHARTER: (AskedField("office", _K.FOLDER),),
    S.LISTS: (AskedField("list_files", _K.FILES, needed=False),),
    S.READY: (),
}

_UNLOCK: Final = (AskedField("passphrase", _K.SECRET),)


def fields_of(step: S, *, begun: bool) -> tuple[AskedField, ...]:
    """Return what a step asks; of a station that was begun the folder and the pass phrase alone."""
    if begun and step is S.FOLDER:
        return FIELDS[step][:1]
    if begun and step is S.KEYS:
        return _UNLOCK
    return FIELDS[step]
