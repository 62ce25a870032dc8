"""The verification of the whole log on an operator's order: once at a time, beside the session."""

from workstation.accounts.operators import Permission, require
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.station.audit_trail import verify_log
from workstation.station.publisher import Publisher
from workstation.station.snapshot import LogVerification
from workstation.station.task import Task
from workstation.verification.services import Services

__all__ = ["WHAT", "log_check"]

WHAT = "log"
_RUNNING = LogVerification(running=True, ok=False, size=0, first_bad=-1, reason="", finished_ms=0)


def log_check(services: Services, publisher: Publisher, who: SignedIn | None) -> Task | None:
    """Return the work and show that it runs; None while it runs already.

    Raises OperationRefused when nobody is signed in, RoleMissing for a role that may not.
    """
    if who is None:
        raise OperationRefused("operator")
    require(who.operator, Permission.VERIFY_LOG)
    if publisher.status.verification is not None and publisher.status.verification.running:
        return None
    publisher.change(verification=_RUNNING)

    def failed(_error: Exception) -> None:
        publisher.change(verification=None)
        publisher.show_message("internal")

    return Task(
        what=WHAT,
        run=lambda: verify_log(services),
        done=lambda found: publisher.change(verification=found),
        failed=failed,
    )
