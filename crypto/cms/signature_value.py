"""The value of a SignerInfo verified with a key (RFC 5652 5.6), in the ways it is made."""

from dataclasses import dataclass

from crypto.algorithms.registry import SignatureCheck, SignatureOutcome
from crypto.cms.signed_data import SignerInfo
from crypto.path.context import VerificationContext
from crypto.x509.certificate import Certificate

__all__ = ["ValueCheck", "verify_value"]


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """An outcome, and whether it holds over the signed attributes in another order than sent."""

    check: SignatureCheck
    reordered: bool

    @property
    def valid(self) -> bool:
        """Whether the signature value holds."""
        return self.check.outcome is SignatureOutcome.VALID


def verify_value(
    signer: SignerInfo, certificate: Certificate, message: bytes, context: VerificationContext
) -> ValueCheck:
    """Verify over the octets as found, else over the signed attributes in DER order; DerError.

    message  the signed attributes as found, or the content when there are none

    RFC 5652 5.4: what is signed is the DER encoding, in whatever order the attributes were sent.
    Many signers sign what they send instead, so that is tried first.
    """
    check = _verify(signer, certificate, message, context)
    if check.outcome is SignatureOutcome.WRONG:
        for each in signer.reordered_octets():
            again = _verify(signer, certificate, each, context)
            if again.outcome is SignatureOutcome.VALID:
                return ValueCheck(again, reordered=True)
    return ValueCheck(check, reordered=False)


def _verify(
    signer: SignerInfo, certificate: Certificate, message: bytes, context: VerificationContext
) -> SignatureCheck:
    return context.registry.verify(
        algorithm=signer.algorithm,
        key=certificate.key,
        message=message,
        signature=signer.signature,
        policy=context.keys,
        digest_oid=signer.digest.oid,
        without_null=True,
    )
