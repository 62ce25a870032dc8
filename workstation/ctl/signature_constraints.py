"""What `signature verify` holds a signature against: trust, by its source, and the policy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crypto.cms.signature_constraints import SignatureConstraints
from crypto.path.known_authorities import AuthorityRole, known_authorities
from crypto.path.trust import TrustRefused, TrustStore, require_disjoint
from crypto.report.policy import (
    CarrierRule,
    ChecksumRule,
    Environment,
    IdentificationRule,
    RevocationRule,
    ValidationPolicy,
)
from crypto.x509.certificate import Certificate
from workstation.ctl.console import Console
from workstation.ctl.files import read_certificates
from workstation.rules.policy import Policy
from workstation.settings.settings import load_settings
from workstation.trust.stores import station_timestamp_trust, station_trust

__all__ = ["Demands", "select_constraints", "validation_policy"]

_SIGNING_WINDOW_S = 600


@dataclass(frozen=True, slots=True)
class Demands:
    """What the command line adds to the bank's policy.

    carrier, identification  None: as the policy says
    """

    revocation: RevocationRule
    carrier: CarrierRule | None
    identification: IdentificationRule | None


def select_constraints(
    console: Console,
    policy: Policy,
    demands: Demands,
    *,
    trust: str | None,
    environment: Environment,
    authorities: Sequence[Path],
) -> SignatureConstraints:
    """Return the constraints that the options select.

    trust  `prod` or `test` of the catalogue, or a folder; None: the station's

    Raises TrustRefused, SettingsRefused, NotInitialised, NothingFound, FileOfAnotherKind.
    """
    if trust in {each.value for each in Environment}:
        store, stamping = _preset(console, Environment(trust), authorities)
    elif trust is not None:
        found = read_certificates(console, Path(trust))
        # Naming a folder is the act of trusting the self-issued certificates in it.
        store = stamping = _pinned(environment, found, [c for c in found if c.self_issued])
    else:
        loaded = load_settings(console.folder())
        store, stamping = station_trust(loaded), station_timestamp_trust(loaded)
    demanded = validation_policy(policy, store.environment, demands)
    return SignatureConstraints(store, stamping, demanded)


def _preset(
    console: Console, world: Environment, places: Sequence[Path]
) -> tuple[TrustStore, TrustStore]:
    """Match certificates with the catalogue: known roots become anchors, the unknown are nothing.

    Signatures of the test world carry time-stamps of the production authority; when its
    certificates were given too, they make a store of their own, for time-stamps only.
    """
    found = [each for place in places for each in read_certificates(console, place)]
    if console.data is not None:
        station = station_trust(load_settings(console.folder()))
        found += [*station.anchors, *station.intermediates]
    store = _known(world, found)
    if world is Environment.PROD:
        return store, store
    try:
        stamping = _known(Environment.PROD, found)
    except TrustRefused:
        return store, store
    require_disjoint(stamping, store)
    return store, stamping


def _known(world: Environment, found: Iterable[Certificate]) -> TrustStore:
    catalogue = known_authorities()
    roles = {known.sha256: known.role for known in catalogue.select(world) if known.accepted}
    ours = {each.sha256: each for each in found if each.sha256 in roles}
    anchors = [each for each in ours.values() if roles[each.sha256] is AuthorityRole.ROOT]
    return _pinned(world, ours.values(), anchors)


def _pinned(
    world: Environment, found: Iterable[Certificate], anchors: Sequence[Certificate]
) -> TrustStore:
    pins = {each.sha256 for each in anchors}
    return TrustStore.pinned(
        world,
        anchors=[each.raw for each in anchors],
        pins=pins,
        intermediates=[each.raw for each in found if each.sha256 not in pins],
    )


def validation_policy(policy: Policy, world: Environment, demands: Demands) -> ValidationPolicy:
    """Return the bank's policy for signatures given as files."""
    production = world is Environment.PROD
    return ValidationPolicy(
        environment=world,
        require_non_repudiation=True,
        accepted_roles=frozenset(),
        accepted_policies=frozenset(),
        authority_policies=frozenset(),
        accepted_keystores=frozenset(),
        carrier=demands.carrier or policy.carrier,
        identification=demands.identification or policy.identification,
        ocsp_max_age_s=policy.ocsp_max_age_s,
        crl_max_age_s=policy.crl_max_age_s,
        ca_crl_max_age_s=policy.ca_crl_max_age_s,
        clock_tolerance_s=policy.clock_tolerance_s,
        signing_time_window_s=_SIGNING_WINDOW_S,
        minimum_rsa_bits=policy.minimum_rsa_bits,
        last_moments=policy.last_moments,
        validity_tolerance_s=0,
        young_key_s=0,
        require_signing_certificate=False,
        require_consistent_profile=False,
        iin_checksum=ChecksumRule.STRICT if production else ChecksumRule.WARN,
        revocation=demands.revocation,
    )
