"""What the screens show while the customer signs in eGov Mobile: the code, then the waiting."""

from crypto.carrier.egov_qr import EgovPhase, EgovProgress
from workstation.devices.signing_methods import PhoneView
from workstation.documents.qr_code import qr_modules

__all__ = ["PhoneProgress"]


class PhoneProgress:
    """The progress of one request: the carrier's thread updates, the station's thread reads."""

    def __init__(self) -> None:
        self._view: PhoneView | None = None

    @property
    def view(self) -> PhoneView | None:
        """Return the newest view, None before the code is there."""
        return self._view

    def update(self, progress: EgovProgress) -> None:
        """Take a change of phase; the code is drawn here, not in the station's thread."""
        taken = progress.phase is EgovPhase.TAKEN
        self._view = PhoneView(taken=taken, modules=() if taken else qr_modules(progress.scanned))
