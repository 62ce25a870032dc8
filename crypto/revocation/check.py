"""Revocation of a whole path: three-valued, never good because nothing was found.

The signer: OCSP first, fresh lists only when the responder could not be heard. Every CA between
the signer and the anchor: the list of the CA above it. The anchor itself has no revocation but
its removal from the trust store.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from crypto.path.search import PathBudget
from crypto.path.trust import TrustStore
from crypto.report.policy import RevocationRule, ValidationPolicy
from crypto.revocation.crl_signer import SignerSearch
from crypto.revocation.crl_status import Judging, judge_by_sources
from crypto.revocation.ocsp_status import OcspBounds, judge_by_ocsp
from crypto.revocation.sources import RevocationSources
from crypto.revocation.status import RevocationStatus, RevocationVerdict
from crypto.x509.certificate import Certificate

__all__ = ["RevocationJudge"]


@dataclass(frozen=True, slots=True)
class RevocationJudge:
    """Judges certificates against the sources by one policy at one moment.

    search  how to find signers of lists other than the issuer; None: only the issuer signs
    """

    sources: RevocationSources
    policy: ValidationPolicy
    judging: Judging
    search: SignerSearch | None = None

    def along(
        self,
        chain: tuple[Certificate, ...],
        trust: TrustStore,
        extra: tuple[Certificate, ...],
        budget: PathBudget,
    ) -> "RevocationJudge":
        """Return a judge that also finds list signers, to the anchor of this path alone.

        RFC 5280 6.3.3 (f): the anchor of a list signer's path MUST be the one of the certificate.
        """
        max_age = timedelta(seconds=self.policy.ca_crl_max_age_s)
        anchored = replace(trust, anchors=chain[-1:])
        return replace(self, search=SignerSearch(anchored, extra, budget, self.sources, max_age))

    def of_signer(self, certificate: Certificate, issuer: Certificate) -> RevocationVerdict:
        """Judge the signer's certificate by the policy's rule."""
        rule = self.policy.revocation
        if rule is RevocationRule.NOT_CHECKED:
            return RevocationVerdict(
                RevocationStatus.NOT_ESTABLISHED, "not_checked", None, None, ()
            )
        if rule is RevocationRule.CRL_ONLY:
            return self._by_lists(certificate, issuer, self.policy.crl_max_age_s)
        bounds = OcspBounds(
            timedelta(seconds=self.policy.ocsp_max_age_s),
            timedelta(seconds=self.policy.crl_max_age_s),
        )
        outcome = judge_by_ocsp(
            certificate, issuer, self.sources, self.judging, bounds, self.search
        )
        if outcome.heard:
            return outcome.verdict
        listed = self._by_lists(certificate, issuer, self.policy.crl_max_age_s)
        reason = listed.reason
        if listed.status is RevocationStatus.NOT_ESTABLISHED:
            reason = f"{outcome.verdict.reason}+{listed.reason}"
        return RevocationVerdict(
            listed.status,
            reason,
            listed.revoked_at,
            listed.crl_reason,
            (*outcome.verdict.evidence, *listed.evidence),
        )

    def of_authority(self, certificate: Certificate, issuer: Certificate) -> RevocationVerdict:
        """Judge an intermediate CA by the list of the CA above it."""
        if self.policy.revocation is RevocationRule.NOT_CHECKED:
            return RevocationVerdict(
                RevocationStatus.NOT_ESTABLISHED, "not_checked", None, None, ()
            )
        return self._by_lists(certificate, issuer, self.policy.ca_crl_max_age_s)

    def _by_lists(
        self, certificate: Certificate, issuer: Certificate, max_age_s: int
    ) -> RevocationVerdict:
        max_age = timedelta(seconds=max_age_s)
        return judge_by_sources(
            certificate, issuer, self.sources, self.judging, max_age, self.search
        )
