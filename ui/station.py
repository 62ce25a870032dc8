"""The station behind the window: built when the window is on the screen, left when it closes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.accounts.operators import Permission, may
from workstation.station.commands import Command
from workstation.station.log_pages import LogPages, open_pages
from workstation.station.runtime import Runtime
from workstation.station.snapshot import Listener, PreviewImage, SessionSnapshot, StationStatus

if TYPE_CHECKING:
    from ui.playing import Play

__all__ = ["RunningStation", "demo_folder", "demo_play", "running_demo", "running_station"]


@dataclass(frozen=True, slots=True)
class RunningStation:
    """What the window needs of a running station."""

    runtime: Runtime
    log_pages: LogPages | None

    def post(self, command: Command) -> None:
        """Take a command; never blocks."""
        self.runtime.post(command)


class _Watching:
    """Passes everything on and remembers who is signed in, for the log page's permission."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._status: StationStatus | None = None

    def may_read(self) -> bool:
        status = self._status
        operator = None if status is None else status.operator
        return operator is not None and may(operator.role, Permission.READ_LOG)

    def session_changed(self, snapshot: SessionSnapshot) -> None:
        self._listener.session_changed(snapshot)

    def station_changed(self, status: StationStatus) -> None:
        self._status = status
        self._listener.station_changed(status)

    def preview(self, image: PreviewImage) -> None:
        self._listener.preview(image)


@contextmanager
def running_station(
    folder: Path, listener: Listener, unlock: Callable[[int], str]
) -> Iterator[RunningStation]:
    """Build the station of a data folder and run it; raises WorkstationError or CryptoError.

    unlock  asks for the pass phrase of its keys, where they have one
    """
    from workstation.bootstrap import build, close

    services = build(folder, unlock=unlock)
    try:
        watching = _Watching(listener)
        runtime = Runtime(services, watching)
        pages = open_pages(services, watching.may_read, runtime.log_index.doubt)
        with closing(pages), runtime:
            yield RunningStation(runtime, pages)
    finally:
        close(services)


def demo_play() -> "Play":
    """Return what the scripted teller of the demo types."""
    from ui.playing import Play
    from workstation.sandbox.demo_folder import DEMO_SECRET, TELLER
    from workstation.sandbox.people import CustomerKey
    from workstation.sandbox.scenarios.scenario import person

    customer = person(CustomerKey.GOOD)
    return Play(
        operator=TELLER,
        secret=DEMO_SECRET,
        iin=customer.iin,
        new_phone=customer.new_phone,
    )


def demo_folder(data: Path) -> Path:
    """Return the station's folder inside the demo's: the sandbox lies beside it."""
    return data / "station"


@contextmanager
def running_demo(
    folder: Path, listener: Listener, policy: Path | None = None
) -> Iterator[RunningStation]:
    """Run the demo profile: sandbox, simulated customer in real time.

    policy  a draft to play by, None for the shipped one; PolicyRefused when it is none
    """
    from vision.camera.simulated import SimulatedVariant
    from workstation.errors import PolicyRefused
    from workstation.rules.policy_file import MAX_POLICY_BYTES
    from workstation.sandbox.demo import DemoStation, DemoWorld
    from workstation.settings.toml_file import read_limited

    draft = b"" if policy is None else read_limited(policy, MAX_POLICY_BYTES, PolicyRefused)
    with ExitStack() as stack:
        demo = stack.enter_context(
            DemoStation(
                folder,
                variant=SimulatedVariant.GENUINE,
                analysis=None,
                paced=True,
                world=DemoWorld(draft=draft),
            )
        )
        watching = _Watching(listener)
        services = demo.services
        runtime = Runtime(services, watching)
        pages = open_pages(services, watching.may_read, runtime.log_index.doubt)
        stack.callback(pages.close)
        stack.enter_context(runtime)
        yield RunningStation(runtime, pages)
