"""The screen of each page, imported when it is first opened: the first window comes sooner."""

from ui.context import UiContext
from ui.navigation import Page
from ui.screens.screen import Screen
from ui.screens.sign_in import SignInScreen

__all__ = ["create_screen"]


def create_screen(page: Page, ctx: UiContext) -> Screen:
    """Build the page's screen."""
    if page is Page.SIGN_IN:
        return SignInScreen(ctx)
    return _in_session(page, ctx) or _around_session(page, ctx)


def _in_session(page: Page, ctx: UiContext) -> Screen | None:
    from ui.screens.consent import ConsentScreen
    from ui.screens.liveness import LivenessScreen
    from ui.screens.matching import MatchingScreen
    from ui.screens.operation import OperationScreen
    from ui.screens.parked import ParkedScreen
    from ui.screens.prechecks import PrechecksScreen
    from ui.screens.reference import ReferenceScreen
    from ui.screens.review import ReviewScreen
    from ui.screens.signature import SignatureScreen

    screens: dict[Page, type[Screen]] = {
        Page.OPERATION: OperationScreen,
        Page.PRECHECKS: PrechecksScreen,
        Page.CONSENT: ConsentScreen,
        Page.REFERENCE: ReferenceScreen,
        Page.LIVENESS: LivenessScreen,
        Page.MATCHING: MatchingScreen,
        Page.SIGNATURE: SignatureScreen,
        Page.REVIEW: ReviewScreen,
        Page.PARKED: ParkedScreen,
    }
    chosen = screens.get(page)
    return None if chosen is None else chosen(ctx)


def _around_session(page: Page, ctx: UiContext) -> Screen:
    from ui.screens.decision import DecisionScreen
    from ui.screens.home import HomeScreen
    from ui.screens.integrity import IntegrityScreen
    from ui.screens.log import LogScreen
    from ui.screens.receipt import ReceiptScreen

    screens: dict[Page, type[Screen]] = {
        Page.HOME: HomeScreen,
        Page.DECISION: DecisionScreen,
        Page.RECEIPT: ReceiptScreen,
        Page.LOG: LogScreen,
        Page.INTEGRITY: IntegrityScreen,
    }
    return screens[page](ctx)
