"""The context of a validation: that of a path, the bank's policy and the sources of revocation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.path.budget import PathBudget
from crypto.path.context import PathContext
from crypto.path.inputs import PathInputs
from crypto.path.trust import TrustStore
from crypto.report.policy import RevocationRule, ValidationPolicy
from crypto.revocation.past_evidence import PastEvidence, SourcesOfThen
from crypto.revocation.sources import RevocationSources
from crypto.x509.certificate import Certificate

__all__ = ["ValidationContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationContext(PathContext):
    """What a signature, a certificate and its status are validated with.

    policy           what the bank demands
    sources          responders and CRLs
    timestamp_trust  anchors of time-stamping authorities
    pending          keys (SubjectPublicKeyInfo) whose status is being established: what they sign
                     must not help to establish it
    past             what a stored signature brings along; None for one that was made just now
    """

    policy: ValidationPolicy
    sources: RevocationSources
    timestamp_trust: TrustStore
    pending: tuple[bytes, ...] = ()
    past: PastEvidence | None = None

    def lies_ahead(self, stated: datetime) -> bool:
        """Tell whether a stated time is of the future, as of now where the moment is earlier."""
        now = self.moment if self.past is None else self.past.now
        return stated > now + self.clock_tolerance

    @classmethod
    def create(
        cls,
        policy: ValidationPolicy,
        *,
        trust: TrustStore,
        sources: RevocationSources,
        moment: datetime,
        timestamp_trust: TrustStore | None = None,
        registry: AlgorithmRegistry | None = None,
    ) -> Self:
        """Fill a context at one moment.

        timestamp_trust  `trust` when not given
        registry         the built-in algorithms when not given
        """
        return cls(
            registry=registry or default_registry(),
            # As of the moment of validation, not of signing: the CRLs that would call a key
            # compromised are of today, and so is what is known of an algorithm.
            keys=policy.keys().at(moment),
            moment=moment,
            clock_tolerance=timedelta(seconds=policy.clock_tolerance_s),
            trust=trust,
            policy=policy,
            sources=sources,
            timestamp_trust=timestamp_trust or trust,
        )

    def bring_along(self, past: PastEvidence) -> Self:
        """Return the context of a stored signature, which brings evidence of its own."""
        return replace(self, past=past)

    def mark_stolen(self, certificate: Certificate, since: datetime) -> Self:
        """Return the context in which a key has been compromised since an earlier moment."""
        if self.past is None:
            return self
        stolen = (*self.past.stolen, (certificate.key.raw, since))
        return replace(self, past=replace(self.past, stolen=stolen))

    def at(self, moment: datetime) -> Self:
        """Return the context as of an earlier moment (EN 319 102-1 5.6.2).

        Validity, ages of evidence and algorithms are judged as of then; what was issued since
        then counts too. Only with evidence of the past, whose `now` stays the moment of validation.
        """
        keys = self.policy.keys().at(moment)
        return replace(self, moment=moment, keys=keys, sources=SourcesOfThen(self.sources))

    def for_certificate(self, extra: Iterable[Certificate]) -> Self:
        """Return the context of one certificate: what came with it, and a budget of its own."""
        return replace(self, extra=tuple(extra), budget=PathBudget())

    def for_evidence(self) -> Self:
        """Return the context of evidence that came along, with a budget of its own.

        Whoever adds forged lists must not use up what the workstation's own evidence needs.
        """
        return replace(self, budget=PathBudget())

    def for_signer(self) -> Self:
        """Return the context of a signer's own certificate: its key may be minutes old."""
        tolerance = timedelta(seconds=self.policy.validity_tolerance_s)
        if tolerance == self.validity_tolerance:
            return self
        return replace(self, validity_tolerance=tolerance)

    def for_timestamps(self) -> Self:
        """Return the context of time-stamping authorities: their anchors, their status by CRLs.

        A workstation holds those CRLs anyway; no responder is asked about time-stamps.
        """
        policy = replace(self.policy, revocation=RevocationRule.CRL_ONLY)
        return replace(self, trust=self.timestamp_trust, policy=policy)

    def for_crl_signers(self, anchor: Certificate) -> Self:
        """Return the context of those who sign CRLs about a path to `anchor`.

        RFC 5280 6.3.3 (f): the path of a CRL's signer must end in the anchor of the certificate it
        speaks about. What the user asks of policies is asked of that certificate alone.
        """
        trust = replace(self.trust, anchors=(anchor,), issuers=None)
        return replace(self, trust=trust, inputs=PathInputs(), validity_tolerance=timedelta(0))

    def mark_pending(self, certificate: Certificate) -> Self:
        """Return the context while the status of `certificate` is being established."""
        return replace(self, pending=(*self.pending, certificate.key.raw))
