"""A supervisor's own work at the station: cases that wait for a look, and drawn decisions."""

from dataclasses import replace
from typing import Any, Final

from resources import LANGUAGES
from workstation.accounts.operators import Permission, may, require
from workstation.errors import CaseRefused, OperationRefused
from workstation.records.journal import SignedIn, WaitingCase
from workstation.review.waiting_review import (
    ReviewedCase,
    ReviewedPerson,
    WaitingReview,
)
from workstation.rules.catalogue.values import mask_value
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import Hardness
from workstation.station import commands as c
from workstation.station.case_list import CaseList
from workstation.station.desk import Desk
from workstation.station.log_view import LogVerification
from workstation.station.second_looks import SecondLooks
from workstation.station.sign_in import OperatorSession
from workstation.verification.parking.answering import (
    SAME_PERSON,
    answer_review,
    is_barred,
    open_review,
)
from workstation.verification.parking.contents import CaseContents
from workstation.verification.parking.starting import report_foreign_file
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["ReviewDesk"]

_GONE: Final = "review.not_waiting"


class ReviewDesk:
    """Owned by the station's thread; nothing of a case is shown to who may not decide it."""

    def __init__(
        self, services: Services, cases: CaseList, desk: Desk, operators: OperatorSession
    ) -> None:
        self._services = services
        self._cases = cases
        self._desk = desk
        self._operators = operators
        self._opened: ReviewedCase | None = None
        self._seen = ("", "")
        """Who has opened it, and which file of the case it was."""
        self.looks = SecondLooks(services, operators)

    def describe(self) -> dict[str, Any]:
        """Return what the status says of cases that wait; nothing to who is not signed in."""
        who = self._operators.who
        parked = () if who is None else self._cases.cases
        if who is None or not may(who.operator.role, Permission.OVERRIDE):
            self._opened, self.looks.opened = None, None
            return {"parked": parked, "reviews": (), "review": None, "looks": (), "look": None}
        listed = tuple(_bar(each, who) for each in self._cases.reviews)
        if self._opened is not None and not self._is_seen(self._opened.waiting.case, who):
            self._opened = None
        looks = {"looks": self.looks.list_for(who), "look": self.looks.opened}
        return {"parked": parked, "reviews": listed, "review": self._opened, **looks}

    def perform(self, command: c.QueueCommand, log: LogVerification | None) -> None:
        """Open a case, answer it, or leave it.

        log  the newest verification of the log
        Raises OperationRefused, RoleMissing, OperatorRefused or AccountChanged.
        """
        who = self._require_supervisor()
        try:
            match command:
                case c.LeaveReview():
                    self._opened, self.looks.opened = None, None
                case c.OpenLook(number=number):
                    self.looks.open(number, who)
                case c.GiveLook():
                    self._desk.require_trusted(log)
                    self.looks.answer(command, who)
                case c.OpenReview(case=case):
                    self._opened = None
                    self._opened = self._open(case, who)
                case c.GiveReview(case=case):
                    self._desk.require_trusted(log)
                    self._answer(case, who, command)
        except CaseRefused as refused:
            report_foreign_file(self._services.alarms.report, refused)
            raise OperationRefused("case", f"case.{refused.detail}") from refused

    def _require_supervisor(self) -> SignedIn:
        who = self._operators.who
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.OVERRIDE)
        self._operators.require_in_force()
        self._desk.require_free_seat()
        return who

    def _open(self, case: str, who: SignedIn) -> ReviewedCase:
        waiting = self._require_waiting(case)
        verification, contents = open_review(self._services, waiting, who)
        shown = _bar(_require_listed(contents), who)
        if shown.barred:
            raise OperationRefused("case", shown.barred)
        self._seen = (who.operator.id, waiting.sha256)
        return _describe(shown, verification, contents)

    def _is_seen(self, case: str, who: SignedIn) -> bool:
        """Whether who is signed in looks at the case as it waits now, and at no earlier file."""
        waiting, opened = self._services.journal.waiting.get(case), self._opened
        if waiting is None or opened is None or opened.waiting.case != case:
            return False
        return self._seen == (who.operator.id, waiting.sha256)

    def _answer(self, case: str, who: SignedIn, command: c.GiveReview) -> None:
        """Take the answer of whoever is signed in, and of nobody else, by the own secret again."""
        waiting = self._require_waiting(case)
        if not self._is_seen(case, who):
            # Nobody answers what they have not looked at, or what was another then.
            raise OperationRefused("case", _GONE)
        who = self._operators.confirm(command.secret)
        reasons = dict(command.reasons)
        verification = answer_review(
            self._services, waiting, who, command.answer, reasons, command.words
        )
        self._cases.list_again(waiting)
        self._opened = None
        if verification.message:
            raise OperationRefused("case", verification.message)

    def _require_waiting(self, case: str) -> WaitingCase:
        waiting = self._services.journal.waiting.get(case)
        if waiting is None:
            raise OperationRefused("case", _GONE)
        return waiting


def _bar(listed: WaitingReview, who: SignedIn) -> WaitingReview:
    barred = is_barred(listed.tellers, who.operator.id)
    return replace(listed, barred=SAME_PERSON) if barred else listed


def _require_listed(contents: CaseContents) -> WaitingReview:
    listed = contents.waiting_review()
    if listed is None:
        raise OperationRefused("case", _GONE)
    return listed


def _describe(
    listed: WaitingReview, verification: Verification, contents: CaseContents
) -> ReviewedCase:
    case, review = verification.case, contents.review
    evidence, hand_over = verification.session.evidence, contents.hand_over
    faces = () if review is None else review.faces
    people = []
    for face in faces:
        client, photo = case.for_person(face.role).client, evidence.view(face.role).reference
        people.append(
            ReviewedPerson(
                face.role,
                client.name,
                client.iin.masked,
                face.photo,
                face.live,
                face.eyes,
                None if photo is None else photo.source,
                None if photo is None else photo.age_days,
                face.signer,
                face.document,
            )
        )
    given = ((each, case.operation.value(each.name)) for each in case.definition.fields)
    return ReviewedCase(
        listed,
        operation_lines=tuple(
            (f"field.{each.id}", Words(*(mask_value(each, value, name) for name in LANGUAGES)))
            for each, value in given
            if value
        ),
        checks=() if review is None else review.checks,
        required=tuple(
            each.check
            for each in verification.session.required
            if each.hardness is not Hardness.SILENT
        ),
        people=tuple(people),
        words="" if hand_over is None else hand_over.words,
        vouched=() if review is None else review.vouched,
    )
