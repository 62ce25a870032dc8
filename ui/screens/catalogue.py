"""The screen of each page."""

from collections.abc import Mapping
from functools import cache

from ui.context import UiContext
from ui.navigation import Page
from ui.screens.screen import Screen
from ui.screens.sign_in import SignInScreen

__all__ = ["create_screen"]


def create_screen(page: Page, ctx: UiContext) -> Screen:
    """Build the page's screen."""
    if page is Page.SIGN_IN:
        # Apart from the table: the first window must not wait for the imports of all the others.
        return SignInScreen(ctx)
    return _screens()[page](ctx)


@cache
def _screens() -> Mapping[Page, type[Screen]]:
    from ui.screens.alternative import AlternativeScreen
    from ui.screens.authority import AuthorityScreen
    from ui.screens.case import CaseScreen
    from ui.screens.comparison import ComparisonScreen
    from ui.screens.confirmation import ConfirmationScreen
    from ui.screens.consent import ConsentScreen
    from ui.screens.decision import DecisionScreen
    from ui.screens.exception import ExceptionScreen
    from ui.screens.home import HomeScreen
    from ui.screens.integrity import IntegrityScreen
    from ui.screens.liveness import LivenessScreen
    from ui.screens.log import LogScreen
    from ui.screens.matching import MatchingScreen
    from ui.screens.operation import OperationScreen
    from ui.screens.prechecks import PrechecksScreen
    from ui.screens.receipt import ReceiptScreen
    from ui.screens.reference import ReferenceScreen
    from ui.screens.review import ReviewScreen
    from ui.screens.shift import ShiftScreen
    from ui.screens.signature import SignatureScreen
    from ui.screens.statistics import StatisticsScreen

    return {
        **_administration_screens(),
        **_supervision_screens(),
        Page.HOME: HomeScreen,
        Page.OPERATION: OperationScreen,
        Page.PRECHECKS: PrechecksScreen,
        Page.CONSENT: ConsentScreen,
        Page.REFERENCE: ReferenceScreen,
        Page.LIVENESS: LivenessScreen,
        Page.EXCEPTION: ExceptionScreen,
        Page.ALTERNATIVE: AlternativeScreen,
        Page.MATCHING: MatchingScreen,
        Page.COMPARISON: ComparisonScreen,
        Page.AUTHORITY: AuthorityScreen,
        Page.SIGNATURE: SignatureScreen,
        Page.REVIEW: ReviewScreen,
        Page.CONFIRMATION: ConfirmationScreen,
        Page.DECISION: DecisionScreen,
        Page.RECEIPT: ReceiptScreen,
        Page.LOG: LogScreen,
        Page.INTEGRITY: IntegrityScreen,
        Page.SHIFT: ShiftScreen,
        Page.STATISTICS: StatisticsScreen,
        Page.CASE: CaseScreen,
    }


def _administration_screens() -> Mapping[Page, type[Screen]]:
    from ui.screens.changes import ChangesScreen
    from ui.screens.devices import DevicesScreen
    from ui.screens.diagnostics import DiagnosticsScreen
    from ui.screens.keys import KeysScreen
    from ui.screens.retention import RetentionScreen
    from ui.screens.rules import RulesScreen
    from ui.screens.services import ServicesScreen
    from ui.screens.staff import StaffScreen
    from ui.screens.trust import TrustScreen

    return {
        Page.STAFF: StaffScreen,
        Page.CHANGES: ChangesScreen,
        Page.RULES: RulesScreen,
        Page.KEYS: KeysScreen,
        Page.RETENTION: RetentionScreen,
        Page.DEVICES: DevicesScreen,
        Page.TRUST: TrustScreen,
        Page.SERVICES: ServicesScreen,
        Page.DIAGNOSTICS: DiagnosticsScreen,
    }


def _supervision_screens() -> Mapping[Page, type[Screen]]:
    from ui.screens.queue import QueueScreen
    from ui.screens.second_look import SecondLookScreen

    return {Page.QUEUE: QueueScreen, Page.SECOND_LOOK: SecondLookScreen}
