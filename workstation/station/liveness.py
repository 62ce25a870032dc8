"""How a liveness attempt begins, or why it does not."""

from vision.frame import CameraIdentity
from workstation.errors import OperationRefused
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.biometrics import Eased
from workstation.verification.move import Warn
from workstation.verification.verification import Verification

__all__ = ["start_liveness"]


def start_liveness(
    verification: Verification,
    command: c.StartLiveness,
    camera: CameraIdentity | None,
    unusable: str,
) -> None:
    """Start an attempt; a second press while one runs changes nothing.

    unusable  code of why the camera gives no image, empty while it does
    Raises OperationRefused for an accommodation without a reason or that the policy forbids.
    """
    session, biometrics = verification.session, verification.biometrics
    if biometrics.running:
        return
    verification.require(State.LIVENESS)
    if camera is None or unusable:
        verification.take(Warn("liveness.no_camera", unusable))
        return
    if session.are_breaks_spent:
        verification.take(Warn("liveness.no_challenge", "liveness.breaks_spent"))
        return
    eased = Eased(command.accommodations, command.reason)
    if not eased.is_allowed(session.policy, verification.case.operation.kind):
        raise OperationRefused("accommodation")
    verification.take(biometrics.start_attempt(session, camera, eased=eased, screen=command.screen))
