"""Words for the object identifiers of НУЦ РК's certificate profile (registry root.gov.kz/oid).

The words are codes: catalogues hold the names in kk, ru and en. An identifier that is not here is
shown as it is; nothing is refused because it has no word.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from crypto.asn1 import oids

__all__ = [
    "CarrierKind",
    "IdentificationMethod",
    "carrier_kind",
    "centre_of",
    "identification_method",
    "policy_word",
    "role_word",
]

_Kind = TypeVar("_Kind")


class CarrierKind(StrEnum):
    """Where the private key was created and is kept, as the certificate states it."""

    FILE = "file"
    JAVA_STORE = "java_store"
    ID_CARD = "id_card"
    KAZTOKEN = "kaztoken"
    ETOKEN_72K = "etoken_72k"
    ETOKEN_5110 = "etoken_5110"
    JACARTA = "jacarta"
    AKEY = "akey"
    SIM_CARD = "sim_card"
    CLOUD = "cloud"
    OTHER = "other"

    @property
    def hardware(self) -> bool:
        """Whether the key cannot leave a device in the holder's hand."""
        return self not in {
            CarrierKind.FILE,
            CarrierKind.JAVA_STORE,
            CarrierKind.CLOUD,
            CarrierKind.OTHER,
        }


class IdentificationMethod(StrEnum):
    """How the holder was identified when the certificate was issued."""

    IN_PERSON = "in_person"
    REMOTE = "remote"
    DIGITAL_ID = "digital_id"
    AI_PLATFORM = "ai_platform"
    OTHER = "other"

    @property
    def remote(self) -> bool:
        """Whether nobody met the holder; an unknown method is taken for one of these."""
        return self is not IdentificationMethod.IN_PERSON


_CARRIERS: Mapping[str, CarrierKind] = {
    "1.1": CarrierKind.FILE,
    "1.2": CarrierKind.JAVA_STORE,
    "2.1": CarrierKind.ID_CARD,
    "2.2": CarrierKind.KAZTOKEN,
    "2.3": CarrierKind.ETOKEN_72K,
    "2.4": CarrierKind.ETOKEN_5110,
    "2.5": CarrierKind.JACARTA,
    "2.6": CarrierKind.AKEY,
    "2.7": CarrierKind.SIM_CARD,
    "3": CarrierKind.CLOUD,
}
_METHODS: Mapping[str, IdentificationMethod] = {
    "1": IdentificationMethod.IN_PERSON,
    "2": IdentificationMethod.REMOTE,
    "2.1": IdentificationMethod.DIGITAL_ID,
    "2.2": IdentificationMethod.AI_PLATFORM,
}
_ROLES: Mapping[str, str] = {
    "1.2.398.3.3.4.1.1": "individual",
    "1.2.398.3.3.4.1.1.1": "individual_system",
    "1.2.398.3.3.4.1.2": "legal_entity",
    "1.2.398.3.3.4.1.2.1": "first_head",
    "1.2.398.3.3.4.1.2.2": "right_to_sign",
    "1.2.398.3.3.4.1.2.3": "right_to_sign_financial",
    "1.2.398.3.3.4.1.2.4": "human_resources",
    "1.2.398.3.3.4.1.2.5": "employee",
    "1.2.398.3.3.4.1.2.6": "information_system",
    "1.2.398.3.3.4.2.1": "centre_administrator",
    "1.2.398.3.3.4.2.2": "centre_manager",
    "1.2.398.3.3.4.2.3": "centre_operator",
    oids.KZ_TREASURY_CLIENT: "treasury_client",
}
_POLICIES: Mapping[str, str] = {
    "1.2.398.3.1.2": "root_centre",
    "1.2.398.3.3.1.1": "nuc_centre",
    "1.2.398.3.3.2": "nuc",
    "1.2.398.3.3.2.1": "organisation_signing",
    "1.2.398.3.3.2.2": "organisation_login",
    "1.2.398.3.3.2.3": "individual_signing",
    "1.2.398.3.3.2.4": "individual_login",
    "1.2.398.3.3.2.5": "ssl",
    "1.2.398.3.3.2.6": "time_stamping",
    "1.2.398.3.3.2.6.1": "time_stamping_gost_2004",
    "1.2.398.3.3.2.6.2": "time_stamping_rsa",
    "1.2.398.3.3.2.6.3": "time_stamping_gost_gt",
    "1.2.398.3.3.2.6.4": "time_stamping_gost_2015",
}
_CENTRES: Mapping[str, str] = {
    "1.2.398.3.3": "НУЦ РК",
    "1.2.398.3.14": "Kaspi",
    "1.2.398.3.15": "Halyk",
    "1.2.398.3.16": "Bereke",
    "1.2.398.3.17": "BTS Digital",
    "1.2.398.3.18": "Home Credit",
    "1.2.398.3.31": "Verigram",
    "1.2.398.3.32": "MyCar",
    "1.2.398.3.33": "Bereke",
}


def carrier_kind(oid: str) -> CarrierKind:
    """Name a carrier of the keystore extension; an arc beneath a known one is of its kind."""
    known = _nearest(oid, oids.KZ_KEYSTORE, _CARRIERS)
    return CarrierKind.OTHER if known is None else known


def identification_method(oid: str) -> IdentificationMethod:
    """Name a method; an unknown one beneath `remote` is remote, any other unknown is OTHER."""
    known = _nearest(oid, oids.KZ_IDENTIFICATION, _METHODS)
    return IdentificationMethod.OTHER if known is None else known


def role_word(oid: str) -> str:
    """Name a role; the nearest known role above it for a sub-arc; empty when none is known."""
    return _above(oid, _ROLES)


def policy_word(oid: str) -> str:
    """Name a certificate policy of НУЦ; empty when it is not known."""
    return _POLICIES.get(oid, "")


def centre_of(identifiers: tuple[str, ...]) -> str:
    """Return the accredited centre in whose arc the first known identifier lies; or empty."""
    return next((word for each in identifiers if (word := _above(each, _CENTRES))), "")


def _above(oid: str, words: Mapping[str, str]) -> str:
    while oid:
        if oid in words:
            return words[oid]
        oid = oid.rpartition(".")[0]
    return ""


def _nearest(oid: str, arc: str, kinds: Mapping[str, _Kind]) -> _Kind | None:
    tail = oid.removeprefix(f"{arc}.")
    if tail == oid:
        return None
    while tail and tail not in kinds:
        tail = tail.rpartition(".")[0]
    return kinds.get(tail)
