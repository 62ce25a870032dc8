"""What the station publishes to its screens: its own status, the session, the messages."""

import logging
from dataclasses import replace
from typing import Any

from crypto.errors import CryptoError
from vision.errors import VisionError
from vision.frame import CameraIdentity
from workstation.accounts.operators import Permission, may
from workstation.errors import OperationRefused, OperatorLocked, StationLocked, WorkstationError
from workstation.rules.checks import CheckName, Hardness
from workstation.rules.conditions import Condition, Fact
from workstation.rules.parties import Operator
from workstation.rules.policy import OperationPolicy, Policy
from workstation.rules.questions.definition import AskedOf
from workstation.session.states import State
from workstation.station.day_count import DayCount
from workstation.station.snapshot import (
    DocumentView,
    LackingCrl,
    Listener,
    OperationOffer,
    PersonView,
    SessionSnapshot,
    StationStatus,
)
from workstation.station.view import take_snapshot
from workstation.trust.crl_coverage import needed_crls
from workstation.trust.list_life import find_short_bounds
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["Publisher", "offer_operations"]

_log = logging.getLogger(__name__)

_NON_RESIDENT = Condition(Fact.RESIDENT, equals=False)


def offer_operations(policy: Policy) -> tuple[OperationOffer, ...]:
    """Return what a teller may begin under a policy."""
    return tuple(
        OperationOffer(
            each.definition,
            tuple(
                question
                for attestation in policy.attestations
                if any(attestation.check in item.answers for item in each.required)
                for question in attestation.questions
                if question.asked_of is AskedOf.TELLER
            ),
            frozenset(
                question.id
                for attestation in policy.attestations
                if _is_for_non_residents(each, attestation.check)
                for question in attestation.questions
            ),
            parties=tuple((party.role, party.presence) for party in each.parties),
            asked_about=tuple(
                (question.id, attestation.check)
                for attestation in policy.attestations
                for question in attestation.questions
                if question.asked_of is AskedOf.TELLER
            ),
            rules=_leave_out_silent(each),
            indices=policy.mci_kzt,
        )
        for each in policy.operations
    )


def _leave_out_silent(operation: OperationPolicy) -> OperationPolicy:
    """Return what the desk may know of an operation's checks: nothing of the silent ones."""
    told = (each for each in operation.required if each.hardness is not Hardness.SILENT)
    return replace(operation, required=tuple(told))


def _is_for_non_residents(operation: OperationPolicy, check: CheckName) -> bool:
    """Whether a check is needed only by ways that are for non-residents."""
    ways = [way for each in operation.required for way in each.any_of if check in way.needs]
    theirs = [any(each == _NON_RESIDENT for each in way.when) for way in ways]
    return operation.requires(check) is None and bool(theirs) and all(theirs)


def _describe(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.id,
        "operations": offer_operations(policy),
        "words": policy.words(),
    }


class Publisher:
    """Holds the status and tells the listener; belongs to the station's thread."""

    def __init__(self, services: Services, listener: Listener) -> None:
        self._services = services
        self._listener = listener
        self._policy = services.policy
        self._day = DayCount(services.journal.log, services.now)
        self.status = StationStatus(
            profile=services.facts.profile,
            station=services.facts.station,
            simulated=services.simulated,
            log_size=services.journal.log.size,
            **_describe(services.policy),
            bank=services.facts.bank,
            customer_display=services.facts.customer_display,
            customer_touch=services.facts.customer_touch,
            customer_keys=services.facts.customer_keys,
            chip_reader="" if services.chips is None else services.chips.name,
        )

    def change(self, **changes: Any) -> None:
        """Change members of the status."""
        self.status = replace(self.status, **changes)

    def show_message(self, code: str, *, field: str = "", seconds: int = 0) -> None:
        """Show a message of the station; an empty code takes the last one away."""
        count = self.status.message_count + 1
        self.change(message=code, message_field=field, message_count=count, seconds=seconds)

    def show_error(
        self, error: WorkstationError | CryptoError | VisionError, verification: Verification | None
    ) -> None:
        """Show an error where the teller looks: in the session that runs, or at the station."""
        match error:
            case StationLocked():
                self.show_message(error.code)
            case OperationRefused():
                self.show_message(error.code, field=error.detail)
            case _ if verification is not None and not verification.ended:
                verification.message = error.code
            case OperatorLocked(detail=detail) if detail.isdigit():
                self.show_message(error.code, seconds=int(detail))
            case _:
                self.show_message(error.code)

    def count_refused_sign_in(self) -> None:
        """Count a sign-in that was refused, so that who waits for its answer knows it."""
        self.change(refused_sign_ins=self.status.refused_sign_ins + 1)

    def show_signed_in(self, operator: Operator) -> None:
        """Show who is signed in and what their role allows."""
        allowed = tuple(each.value for each in Permission if may(operator.role, each))
        self.show_message("")
        self.change(operator=operator, allowed=allowed, sign_ins=self.status.sign_ins + 1)

    def show_signed_out(self, log_message: str) -> None:
        """Show that nobody is signed in, and the code of what the log refused, if it did."""
        self.change(operator=None, allowed=(), administration=None, log_message=log_message)

    def show_camera(self, identity: CameraIdentity) -> None:
        """Show a working camera."""
        shown = f"{identity.name} · {identity.width}×{identity.height}"
        self.change(camera=shown, camera_message="")

    def show_policy(self, days_left: int | None, message: str) -> None:
        """Show the version in force, its operations and words, and what is wrong with the calendar.

        days_left  days after today that have a version; None without end
        """
        policy = self._services.policy
        self.change(policy_days_left=days_left, policy_message=message)
        if policy is not self._policy:
            self._policy = policy
            self.change(**_describe(policy))

    def show_lists(self, percent: int = 0) -> None:
        """Show the age and the message of the revocation lists; age 0 for an unreadable store.

        percent  of a large list that is being taken; then nothing else has changed
        """
        if percent:
            self.change(crl_percent=percent)
            return
        revocation = self._services.revocation
        now = self._services.now()
        lacking: tuple[LackingCrl, ...] = ()
        short: tuple[str, ...] = ()
        try:
            oldest = revocation.oldest_this_update_ms()
            message = revocation.check_freshness(now)
            needed = needed_crls(revocation, self._services.policy, now)
            bounds = find_short_bounds(revocation, self._services.policy)
            short = tuple(dict.fromkeys(each.authority for each in bounds))
            lacking = tuple(
                LackingCrl(each.authority, each.itself, next(iter(each.addresses), ""))
                for each in needed
                if not each.good
            )
        except CryptoError as unusable:
            oldest, message = 0, unusable.code
        self.change(
            crl_this_update_ms=oldest,
            crl_message=message,
            crl_percent=0,
            lists_needed=lacking,
            short_bounds=short,
        )

    def publish(
        self,
        verification: Verification | None,
        busy: str,
        person: PersonView | None,
        document: DocumentView | None,
    ) -> None:
        """Tell the listener everything."""
        self._show_log()
        self._listener.station_changed(self.status)
        self.publish_session(verification, busy, person, document)

    def publish_session(
        self,
        verification: Verification | None,
        busy: str,
        person: PersonView | None,
        document: DocumentView | None,
    ) -> None:
        """Tell the listener of the session; of the station only if the log has grown.

        person    who was looked up for the form, before a session
        document  what is read for the form, before a session
        """
        if self._services.journal.log.size != self.status.log_size:
            self._show_log()
            self._listener.station_changed(self.status)
        snapshot = (
            SessionSnapshot(state=State.IDLE, person=person, document=document)
            if verification is None
            else take_snapshot(verification, busy=busy)
        )
        self._listener.session_changed(snapshot)

    def _show_log(self) -> None:
        """Show the log's size and today's results; a log that cannot be read keeps the last."""
        self.change(log_size=self._services.journal.log.size)
        try:
            self.change(today=self._day.read())
        except CryptoError as unreadable:
            _log.warning("today's results not counted: %s", unreadable.code)
