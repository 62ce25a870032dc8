"""The cheap, decisive checks before a camera is used: ИИН, age, cool-down and three registries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from workstation.registries.registry import RegistryAnswer
from workstation.rules.checks import CheckId, CheckStatus, Hardness
from workstation.rules.operation import CriticalOperation, OperationKind
from workstation.rules.parties import Client
from workstation.rules.policy import Policy
from workstation.session.evidence import Answer

__all__ = ["Prechecks", "Registries", "attested", "stops"]

_STATION_CHECKS = (CheckId.IIN, CheckId.AGE, CheckId.COOL_DOWN)
_ATTESTED = (CheckId.QUESTIONNAIRE, CheckId.OLD_NUMBER_CALLED)


class Registries(Protocol):
    """The three outside sources; each call answers within its own time-out and never raises."""

    def phone_owner(self, iin: str, phone: str) -> RegistryAnswer:
        """Ask whether the number is registered to this ИИН."""
        ...

    def antifraud(self, iin: str, phone: str, operation: OperationKind) -> RegistryAnswer:
        """Ask whether the antifraud centre knows this customer, number or operation."""
        ...

    def loan_refusal(self, iin: str) -> RegistryAnswer:
        """Ask whether the customer has voluntarily refused loans."""
        ...


@dataclass(frozen=True, slots=True)
class Prechecks:
    """What one session has to ask: pure values; `run` performs the asking.

    refusals  sessions of this ИИН refused within the policy's cool-down window
    """

    policy: Policy
    operation: CriticalOperation
    client: Client
    today: date
    refusals: int
    attestations: tuple[tuple[CheckId, bool], ...]

    def run(self, registries: Registries) -> tuple[Answer, ...]:
        """Answer every pre-check that the policy requires, registries last.

        Registries are not asked about a customer whose ИИН does not even add up.
        """
        required = [item.check for item in self.policy.operation(self.operation.kind).required]
        answers = [self._own(check) for check in _STATION_CHECKS if check in required]
        answers += [attested(check, self.attestations) for check in _ATTESTED if check in required]
        if any(answer.status is CheckStatus.FAILED for answer in answers[: len(_STATION_CHECKS)]):
            return tuple(answers)
        asks: dict[CheckId, Callable[[], RegistryAnswer]] = {
            CheckId.PHONE_OWNER: lambda: registries.phone_owner(*self._iin_and_phone()),
            CheckId.ANTIFRAUD: lambda: registries.antifraud(
                *self._iin_and_phone(), self.operation.kind
            ),
            CheckId.LOAN_REFUSAL: lambda: registries.loan_refusal(self.client.iin.digits),
        }
        answers += [_from_registry(check, asks[check]()) for check in asks if check in required]
        return tuple(answers)

    def _iin_and_phone(self) -> tuple[str, str]:
        return self.client.iin.digits, self.operation.new_phone

    def _own(self, check: CheckId) -> Answer:
        iin = self.client.iin
        match check:
            case CheckId.IIN if not iin.checksum_ok:
                return Answer(check, CheckStatus.FAILED, "iin.checksum")
            case CheckId.IIN if not iin.date_ok:
                return Answer(check, CheckStatus.FAILED, "iin.birth_date")
            case CheckId.IIN:
                return Answer(check, CheckStatus.PASSED, "iin.ok")
            case CheckId.AGE:
                return self._age()
            case _:
                return self._cool_down()

    def _age(self) -> Answer:
        if self.client.iin.birth_date is None:
            return Answer(CheckId.AGE, CheckStatus.FAILED, "iin.birth_date")
        age = self.client.iin.age_on(self.today)
        facts = (("minimum", self.policy.minimum_age), ("maximum", self.policy.maximum_age))
        if age < self.policy.minimum_age:
            return Answer(CheckId.AGE, CheckStatus.FAILED, "age.too_young", facts)
        if age > self.policy.maximum_age:
            return Answer(CheckId.AGE, CheckStatus.FAILED, "age.too_old", facts)
        return Answer(CheckId.AGE, CheckStatus.PASSED, "age.ok", facts)

    def _cool_down(self) -> Answer:
        facts = (("refusals", self.refusals), ("allowed", self.policy.cool_down_attempts))
        if self.refusals >= self.policy.cool_down_attempts:
            return Answer(CheckId.COOL_DOWN, CheckStatus.FAILED, "cool_down.active", facts)
        return Answer(CheckId.COOL_DOWN, CheckStatus.PASSED, "cool_down.clear", facts)


def attested(check: CheckId, attestations: tuple[tuple[CheckId, bool], ...]) -> Answer:
    """Return what the teller attested; a question that was not answered has not passed."""
    given = [passed for name, passed in attestations if name is check]
    words = {
        CheckId.QUESTIONNAIRE: ("questionnaire.clear", "questionnaire.concern"),
        CheckId.OLD_NUMBER_CALLED: ("old_number_called.yes", "old_number_called.no"),
    }[check]
    if len(given) != 1:
        return Answer(check, CheckStatus.INDETERMINATE, f"{check.value}.missing")
    status = CheckStatus.PASSED if given[0] else CheckStatus.FAILED
    return Answer(check, status, words[0] if given[0] else words[1])


def stops(policy: Policy, operation: CriticalOperation, answers: tuple[Answer, ...]) -> bool:
    """Whether a hard pre-check has not passed, so that nothing further is asked of the customer."""
    required = policy.operation(operation.kind)
    for answer in answers:
        item = required.requires(answer.check)
        hard = item is not None and item.hardness is Hardness.HARD
        if hard and answer.status is not CheckStatus.PASSED:
            return True
    return False


def _from_registry(check: CheckId, answer: RegistryAnswer) -> Answer:
    facts = (
        ("source", answer.source),
        ("asked_ms", answer.asked_ms),
        ("answered_ms", answer.answered_ms),
        ("request", answer.request_id),
        ("body_sha256", answer.body_sha256),
    )
    return Answer(check, CheckStatus(answer.status.value), answer.reason, facts)
