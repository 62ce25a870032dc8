"""What `signature verify` holds a signature against: trust, by its source, and the policy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crypto.cms.signature_constraints import SignatureConstraints
from crypto.path.anchors import find_anchor_fault
from crypto.path.known_authorities import (
    AuthorityCatalogue,
    AuthorityRole,
    Issued,
    known_authorities,
)
from crypto.path.trust import TrustRefused, TrustStore, require_disjoint
from crypto.report.policy import (
    CarrierRule,
    Environment,
    IdentificationRule,
    RevocationRule,
    ValidationPolicy,
)
from crypto.x509.certificate import Certificate
from workstation.ctl.console import Console
from workstation.ctl.files import read_certificates
from workstation.rules.policy import Policy
from workstation.settings.trust import load_revocation
from workstation.trust.stores import limit_issuers, station_timestamp_trust, station_trust
from workstation.trust.validator import make_validation_policy

__all__ = ["Demands", "demand", "select_constraints"]


@dataclass(frozen=True, slots=True)
class Demands:
    """What the command line adds to the bank's policy.

    carrier, identification  None: as the policy says
    any_holder  whoever signed: neither role nor certificate policy is asked for
    """

    revocation: RevocationRule
    carrier: CarrierRule | None
    identification: IdentificationRule | None
    any_holder: bool


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
        for each in found:
            if each.self_issued and (fault := find_anchor_fault(each)):
                raise TrustRefused(f"{fault}:{each.sha256[:16]}")
        store = stamping = _limit_folder(
            _pinned(environment, found, [c for c in found if c.self_issued])
        )
    else:
        loaded = load_revocation(console.folder())
        store, stamping = station_trust(loaded), station_timestamp_trust(loaded)
    demanded = demand(policy, store.environment, demands)
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
        station = station_trust(load_revocation(console.folder()))
        found += [*station.anchors, *station.intermediates]
    catalogue = known_authorities()
    store = _known(world, found, catalogue)
    signers = limit_issuers(store, Issued.SIGNERS, (), catalogue)
    stamping = store
    if world is Environment.TEST:
        try:
            stamping = _known(Environment.PROD, found, catalogue)
        except TrustRefused:
            pass
        else:
            require_disjoint(stamping, store)
    return signers, limit_issuers(stamping, Issued.TIMESTAMPS, (), catalogue)


def _limit_folder(store: TrustStore) -> TrustStore:
    """Return the store of a folder with those in it that issue for people.

    Its authorities below a root, and a root that has none of them below it. A folder of roots alone
    says nothing of who issues: whoever is below them may.
    """
    if not store.intermediates:
        return store
    above = {each.issuer for each in store.intermediates}
    issuing = [*store.intermediates, *(c for c in store.anchors if c.subject not in above)]
    return replace(store, issuers=frozenset(each.key_sha256 for each in issuing))


def _known(
    world: Environment, found: Iterable[Certificate], catalogue: AuthorityCatalogue
) -> TrustStore:
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


def demand(policy: Policy, world: Environment, demands: Demands) -> ValidationPolicy:
    """Return the session's own demands under the policy, with what the command line changes."""
    session = make_validation_policy(policy, world)
    if demands.any_holder:
        session = replace(session, accepted_roles=frozenset(), accepted_policies=frozenset())
    return replace(
        session,
        carrier=demands.carrier or session.carrier,
        identification=demands.identification or session.identification,
        revocation=demands.revocation,
    )
