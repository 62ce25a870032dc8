"""Who signed a policy's statement: lines of a signed note, and detached CMS of keys in tokens.

Every signature that lies beside a policy has to be one of the pinned signers' and has to verify:
what is wrong is never passed over because enough others are right.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.errors import CryptoError, NoteMalformed
from crypto.log.format.note import Note, parse_note
from crypto.path.context import VerificationContext
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage
from workstation.errors import PolicyRefused
from workstation.rules.calendar.signers import FEWEST_SIGNERS, PolicySigner

__all__ = ["read_note", "require_signed", "verify_certificate_signature"]

_TOLERANCE: Final = timedelta(minutes=5)
_KEYS: Final = KeyPolicy(
    {"rsa": 2048, "ec": 256},
    # The last CA of НУЦ РК for ГОСТ 34.310-2004 ended on this day.
    {"gost2004": datetime(2025, 6, 25, 23, 59, 59, tzinfo=UTC)},
)
"""Of keys in tokens; a policy cannot bound the keys that sign it."""


def read_note(untrusted: bytes) -> Note:
    """Parse `<id>.sig`; PolicyRefused: one note has one spelling."""
    try:
        note = parse_note(untrusted)
    except NoteMalformed as malformed:
        raise PolicyRefused(f"no signed note: {malformed.detail}") from None
    if note.encode() != untrusted:
        raise PolicyRefused("no signed note: not canonical")
    return note


def require_signed(
    text: bytes,
    note: Note | None,
    certified: Mapping[str, bytes],
    signers: Sequence[PolicySigner],
    moment: datetime,
) -> tuple[str, ...]:
    """Return the names of who signed `text`, in the order of the settings.

    note       of `<id>.sig`, whose text is `text`; None: there is no such file
    certified  CMS by the name of the signer that its file states
    moment     aware; now

    Raises PolicyRefused: a stranger's signature, a wrong one, one person twice, one alone.
    """
    found = _verify_lines(text, note, signers)
    for name, untrusted in certified.items():
        signer = next((each for each in signers if each.name == name), None)
        if signer is None or signer.certificate is None:
            raise PolicyRefused(f"signed by {name}, who may not sign with a certificate")
        verify_certificate_signature(text, untrusted, signer.certificate, name, moment)
        found.append(name)
    for name in found:
        if found.count(name) > 1:
            raise PolicyRefused(f"signed by {name} twice")
    if len(found) < FEWEST_SIGNERS:
        by = f"by {found[0]} alone" if found else "by nobody"
        raise PolicyRefused(f"signed {by}; {FEWEST_SIGNERS} signers are needed")
    return tuple(each.name for each in signers if each.name in found)


def _verify_lines(text: bytes, note: Note | None, signers: Sequence[PolicySigner]) -> list[str]:
    """Return whose lines these are, every one verified."""
    known = {each.note.identity: each for each in signers if each.note is not None}
    found = []
    for line in () if note is None else note.lines:
        signer = known.get((line.name, line.key_id))
        if signer is None or signer.note is None:
            raise PolicyRefused(f"signed by {line.name}, who is no signer of the settings")
        if not signer.note.verifies(text, line.signature):
            raise PolicyRefused(f"the signature of {signer.name} is wrong")
        found.append(signer.name)
    return found


def verify_certificate_signature(
    text: bytes, untrusted: bytes, pinned: Certificate, name: str, moment: datetime
) -> None:
    """Verify the CMS of a key in a token over `text`; PolicyRefused says what is wrong.

    The certificate is the pinned one, octet for octet: the charter that pins it vouches for it, so
    neither its issuer nor revocation is asked for, and who is no signer any more leaves the
    settings. It has to be for signing documents, and the moment that its holder states in
    signingTime has to lie within its life and not ahead. Anything unsigned in the message is
    refused, so that one signature has one spelling.
    """
    try:
        signed = SignedData.parse(untrusted)
        (signer,) = signed.signers
        fault = _find_shape_fault(text, signed, signer, pinned) or _find_time_fault(
            signer, pinned, moment
        )
        steps = [] if fault else _verify(text, signed, signer, pinned, moment)
    except (CryptoError, ValueError) as error:
        detail = error.detail if isinstance(error, CryptoError) else "not one signer"
        raise PolicyRefused(f"the signature of {name} is malformed: {detail}") from None
    fault = fault or next((each for each in steps if each), "")
    if fault:
        raise PolicyRefused(f"the signature of {name} is wrong: {fault}")


def _find_shape_fault(
    text: bytes, signed: SignedData, signer: SignerInfo, pinned: Certificate
) -> str:
    if signed.ber or signed.irregular or signed.lists or signed.unreadable:
        return "not plain DER"
    if signer.unsigned or signer.unsigned_unreadable or signer.signed_octets is None:
        return "its attributes"
    if signed.content not in {None, text}:
        return "it is over another text"
    if [each.raw for each in signed.certificates] not in ([], [pinned.raw]):
        return "it names another certificate than the pinned one"
    if not signer.names(pinned):
        return "it is of another certificate than the pinned one"
    return "" if pinned.allows(KeyUsage.NON_REPUDIATION) else "its key is not for documents"


def _find_time_fault(signer: SignerInfo, pinned: Certificate, moment: datetime) -> str:
    stated = signer.signing_time()
    if stated is None:
        return "it does not say when it was made"
    if stated > moment + _TOLERANCE:
        return "it is of the future"
    within = pinned.not_before <= stated <= pinned.not_after
    return "" if within else "it was made outside of its certificate's life"


def _verify(
    text: bytes, signed: SignedData, signer: SignerInfo, pinned: Certificate, moment: datetime
) -> list[str]:
    """Return the reasons of the signature engine's steps that did not pass, empty when they did."""
    subject = SignatureSubject(signed, signer, pinned, text, oids.DATA)
    context = VerificationContext(
        registry=default_registry(),
        keys=_KEYS.at(moment),
        moment=moment,
        clock_tolerance=_TOLERANCE,
    )
    return [
        each.reason or each.finding.code
        for each in verify_signer(subject, context)
        if each.indication is not None
    ]
