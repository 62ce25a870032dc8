"""Signing on a PKCS#11 token; runs in the process that loads the vendor's module.

Which key: the customer's own, with nonRepudiation and the asked usages. The certificate is looked
for before anybody is asked for a PIN, so that a wrong token costs no attempt.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import msgspec

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.carrier.driver_process import MAX_MESSAGE
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierError,
    CarrierKeyMissing,
    CarrierNotInstalled,
    CarrierPinRefused,
    CarrierProtocol,
    CarrierRefused,
    CarrierUnreachable,
)
from crypto.cms.create import sign_cms
from crypto.errors import CryptoError
from crypto.strict_json import strict_decoded
from crypto.x509.certificate import Certificate
from crypto.x509.profile import holder_identity, signs_documents

if TYPE_CHECKING:
    import pkcs11

__all__ = ["TokenAnswer", "TokenMechanism", "TokenQuestion", "serve"]

_MAX_CERTIFICATES = 64
_FAILURES: dict[str, type[CarrierError]] = {
    kind.code: kind
    for kind in (
        CarrierCancelled,
        CarrierKeyMissing,
        CarrierNotInstalled,
        CarrierPinRefused,
        CarrierProtocol,
        CarrierRefused,
        CarrierUnreachable,
    )
}


class TokenMechanism(msgspec.Struct, frozen=True):
    """How the token signs with one kind of key.

    key        SubjectPublicKeyInfo algorithm, dotted
    number     CKM_* that hashes and signs
    digest     of the content and the attributes, dotted
    signature  named in the SignerInfo, dotted
    """

    key: str
    number: int
    digest: str
    signature: str


class TokenQuestion(msgspec.Struct, frozen=True):
    """What the child is asked; `test_pin` is None everywhere but in tests of a software token."""

    module: str
    label: str
    serial: str
    mechanisms: tuple[TokenMechanism, ...]
    document: bytes
    iin: str
    usages: tuple[str, ...]
    signed_at: int
    test_pin: str | None = None


class TokenAnswer(msgspec.Struct, frozen=True):
    """A CMS, or the code and the detail of a failure."""

    cms: bytes = b""
    code: str = ""
    detail: str = ""

    def failure(self) -> CarrierError:
        """Return the failure as the exception it was; an unknown one is a protocol failure."""
        kind = _FAILURES.get(self.code)
        return CarrierProtocol("driver") if kind is None else kind(self.detail)


def serve(pipe: Connection) -> None:
    """Take one question from the pipe, sign, and answer."""
    question = strict_decoded(pipe.recv_bytes(MAX_MESSAGE), TokenQuestion)
    try:
        answer = TokenAnswer(cms=_sign(question))
    except CarrierError as failure:
        answer = TokenAnswer(code=failure.code, detail=failure.detail)
    pipe.send_bytes(msgspec.json.encode(answer))


def _sign(question: TokenQuestion) -> bytes:
    try:
        import pkcs11
    except ImportError:
        raise CarrierNotInstalled("python-pkcs11") from None
    try:
        with _open_key(_token(_library(question.module), question), question) as (
            session,
            certificate,
            identifier,
        ):
            return _sign_cms(session, certificate, identifier, question)
    except CarrierError:
        raise
    except pkcs11.exceptions.FunctionCancelled:
        raise CarrierCancelled("customer") from None
    except pkcs11.PKCS11Error as refused:
        raise CarrierRefused(type(refused).__name__) from None


def _library(module: str) -> Any:
    import pkcs11

    try:
        return pkcs11.lib(module)
    except (pkcs11.PKCS11Error, OSError, RuntimeError):
        # What the loader says when the file is no module, or one of another architecture.
        raise CarrierUnreachable("module") from None


def _token(library: Any, question: TokenQuestion) -> "pkcs11.Token":
    import pkcs11

    fitting: list[pkcs11.Token] = []
    for slot in library.get_slots(token_present=True):
        try:
            token = slot.get_token()
        except pkcs11.PKCS11Error:
            continue
        serial = bytes(token.serial).decode("ascii", "replace")
        known = question.label in {"", token.label} and question.serial in {"", serial}
        if known and pkcs11.TokenFlag.TOKEN_INITIALIZED in token.flags:
            fitting.append(token)
    if not fitting:
        raise CarrierUnreachable("no_token")
    if len(fitting) > 1:
        raise CarrierUnreachable("several_tokens")
    return fitting[0]


_OpenKey = tuple["pkcs11.Session", Certificate, bytes]


@contextlib.contextmanager
def _open_key(token: "pkcs11.Token", question: TokenQuestion) -> Iterator[_OpenKey]:
    """Yield a session that may use the key of the customer's certificate, and both their names.

    A token may show certificates to anybody, or only after the login.
    """
    with token.open() as session:
        public = _certificate(session, question)
    pin = _pin(token, question)
    if public is None and pin is None:
        raise CarrierKeyMissing("certificate")
    with token.open(user_pin=pin) as session:
        found = public or _certificate(session, question)
        if found is None:
            raise CarrierKeyMissing("certificate")
        yield session, *found


def _pin(token: "pkcs11.Token", question: TokenQuestion) -> Any:
    """Return how to log in: not at all, on the token's own pad, or with a test's PIN."""
    import pkcs11

    flags = token.flags
    if pkcs11.TokenFlag.LOGIN_REQUIRED not in flags:
        return None
    if pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH in flags:
        return pkcs11.PROTECTED_AUTH
    if question.test_pin is not None:
        return question.test_pin
    raise CarrierPinRefused("keyboard")


def _certificate(
    session: "pkcs11.Session", question: TokenQuestion
) -> tuple[Certificate, bytes] | None:
    """Return the customer's newest certificate that fits, with the key's CKA_ID."""
    import pkcs11

    moment = datetime.fromtimestamp(question.signed_at, UTC)
    fitting: list[tuple[Certificate, bytes]] = []
    wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
    for count, found in enumerate(session.get_objects(wanted)):
        if count >= _MAX_CERTIFICATES:
            break
        try:
            certificate = Certificate.parse(bytes(found[pkcs11.Attribute.VALUE]))
            identifier = bytes(found[pkcs11.Attribute.ID])
        except (CryptoError, pkcs11.PKCS11Error):
            continue
        if _may_sign(certificate, question, moment):
            fitting.append((certificate, identifier))
    return max(fitting, key=lambda each: each[0].not_before, default=None)


def _may_sign(certificate: Certificate, question: TokenQuestion, moment: datetime) -> bool:
    holder = holder_identity(certificate)
    return (
        holder.iin is not None
        and holder.iin.digits == question.iin
        and signs_documents(certificate)
        and set(question.usages).issubset(certificate.extended_key_usage)
        and certificate.not_before <= moment <= certificate.not_after
        and _mechanism_for(certificate, question) is not None
    )


def _mechanism_for(certificate: Certificate, question: TokenQuestion) -> TokenMechanism | None:
    oid = certificate.key.algorithm.oid
    return next((each for each in question.mechanisms if each.key == oid), None)


def _sign_cms(
    session: "pkcs11.Session", certificate: Certificate, identifier: bytes, question: TokenQuestion
) -> bytes:
    import pkcs11

    chosen = _mechanism_for(certificate, question)
    wanted = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
        pkcs11.Attribute.ID: identifier,
    }
    keys: list[Any] = list(session.get_objects(wanted))
    # A key that may not sign has no such method.
    if chosen is None or len(keys) != 1 or not hasattr(keys[0], "sign"):
        raise CarrierKeyMissing("key")
    (key,) = keys

    def sign(attributes: bytes) -> bytes:
        made = bytes(key.sign(attributes, mechanism=_mechanism(chosen.number)))
        _require_own(made, attributes, certificate, chosen)
        return made

    return sign_cms(
        question.document,
        certificate=certificate.raw,
        sign=sign,
        digest_oid=chosen.digest,
        signature_oid=chosen.signature,
        signing_time=datetime.fromtimestamp(question.signed_at, UTC),
    )


def _require_own(
    made: bytes, attributes: bytes, certificate: Certificate, chosen: TokenMechanism
) -> None:
    """Refuse what does not verify: a wrong mechanism number must not read as a forged signature."""
    checked = default_registry().verify(
        algorithm=AlgorithmIdentifier(chosen.signature, None),
        key=certificate.key,
        message=attributes,
        signature=made,
        policy=KeyPolicy({}),
        digest_oid=chosen.digest,
    )
    if checked.outcome is not SignatureOutcome.VALID:
        raise CarrierProtocol("signature")


def _mechanism(number: int) -> "pkcs11.Mechanism":
    """Return the mechanism of that number; vendors' numbers are no members of the enumeration."""
    import pkcs11

    try:
        return pkcs11.Mechanism(number)
    except ValueError:
        vendors = int.__new__(pkcs11.Mechanism, number)
        vendors._name_, vendors._value_ = f"VENDOR_{number:08X}", number
        return vendors
