"""The demo profile in one place: a sandbox, a data folder that lives in it, and a built station."""

import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from crypto.core_dumps import forbid_core_dumps
from vision.camera.simulated import (
    SimulatedCamera,
    SimulatedPerson,
    SimulatedVariant,
    reference_photo,
)
from vision.camera.simulation.portraits import encode_older_portrait
from vision.frame import Camera
from vision.liveness.evidence import encode
from vision.worker import FaceAnalysis, ProcessAnalysis
from workstation.bootstrap import Overrides, build, close
from workstation.errors import NotInitialised
from workstation.sandbox.demo_folder import (
    AUDITOR,
    DEMO_SECRET,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    TELLER,
    prepare_demo_folder,
)
from workstation.sandbox.keystore.sample_key import SampleKey
from workstation.sandbox.world import Sandbox
from workstation.station.audit_trail import verify_log
from workstation.station.log_view import LogVerification
from workstation.verification.services import Services

__all__ = [
    "AUDITOR",
    "DEMO_SECRET",
    "SECOND_SUPERVISOR",
    "SUPERVISOR",
    "TELLER",
    "DemoStation",
    "DemoWorld",
    "Watch",
]

Watch = Callable[[str, int | None], None]
"""Takes a step's name with None when it begins, and with its milliseconds when it has ended."""


def _ignore(_step: str, _ms: int | None) -> None:
    """Report the step to nobody."""


_KILL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)
"""Windows has no SIGKILL; every signal but the console's is TerminateProcess there."""


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """What surrounds a demo station.

    keys    folder of the sandbox's keys, shared by stations; None: beside the station's own
    ahead   how far the demo's time is from the computer's: published keys expire
    sample  a published key the customer signs with instead of their own
    watch   is told every step of a scenario that is played
    draft   a policy to play by in place of the shipped one, empty for that
    """

    keys: Path | None = None
    ahead: timedelta = timedelta()
    sample: SampleKey | None = None
    watch: Watch = _ignore
    draft: bytes = b""

    def now(self) -> datetime:
        """Return the time in the demo, aware UTC."""
        return datetime.now(UTC) + self.ahead


class DemoStation:
    """Context manager: the sandbox runs, the folder is initialised, the station is built.

    variant   who sits before the camera
    seed      makes the customer's behaviour repeatable
    paced     the camera keeps real time, for the desktop
    analysis  None: a child process of its own
    rng       makes the challenges repeatable, and the permit's id with them: only for a new
              folder; None: unpredictable
    world     what else differs from the usual demo
    """

    def __init__(
        self,
        folder: Path,
        *,
        variant: SimulatedVariant,
        analysis: FaceAnalysis | None,
        seed: int = 1,
        paced: bool = False,
        rng: random.Random | None = None,
        world: DemoWorld | None = None,
    ) -> None:
        self._folder = folder
        self.world = world or DemoWorld()
        self._variant = variant
        self._seed = seed
        self._paced = paced
        self._rng = rng
        self._owned = (
            None if analysis is not None else ProcessAnalysis(folder, prepare=forbid_core_dumps)
        )
        self._analysis = analysis
        self._services: Services | None = None
        self.sandbox = Sandbox(
            self.world.keys or folder.parent / "sandbox",
            profile="demo",
            clock=self.world.now,
            sample=self.world.sample,
        )

    def __enter__(self) -> Self:
        """Start the sandbox and build the station."""
        endpoints = self.sandbox.start()
        try:
            sampled = self.world.sample is not None
            draft = self.world.draft
            prepare_demo_folder(self._folder, endpoints, old_lists=sampled, draft=draft)
            self.reference_photo.write_bytes(reference_photo(SimulatedPerson.ASTRONAUT))
            self._services = build(
                self._folder,
                Overrides(
                    open_camera=self._camera,
                    analysis=self._analysis or self._owned,
                    chip_reader=self.sandbox.documents,
                    rng=self._rng,
                    now=self.world.now,
                ),
            )
        except BaseException:
            self.sandbox.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the station, then its world."""
        if self._services is not None:
            close(self._services)
        if self._owned is not None:
            self._owned.close()
        self.sandbox.close()

    @property
    def services(self) -> Services:
        """Return what the station is built from; only inside the context."""
        if self._services is None:
            raise NotInitialised("demo")
        return self._services

    @property
    def reference_photo(self) -> Path:
        """Return the file with the customer's document photograph."""
        return self._folder / "reference.png"

    def foreign_photo(self) -> Path:
        """Write another person's photo, of another day than the one at the camera; return it."""
        path = self._folder / "foreign.png"
        path.write_bytes(encode_older_portrait(SimulatedPerson.HOPPER, SimulatedPerson.ASTRONAUT))
        return path

    def live_photo(self) -> Path:
        """Write a picture of this minute of who sits at the camera; return it."""
        path = self._folder / "live.jpg"
        camera = self._camera()
        try:
            path.write_bytes(encode(camera.read(), "live").jpeg)
        finally:
            camera.close()
        return path

    @property
    def log_file(self) -> Path:
        """Return the signed log's file."""
        return self.services.log_path

    def verify_log(self) -> LogVerification:
        """Audit the log as an auditor would, down to every entry's signature."""
        return verify_log(self.services)

    def results_of(self, case: str) -> int:
        """Return how many verify.result entries the case has."""
        log = self.services.journal.log
        return sum(
            1
            for entry in log.entries()
            if entry.kind == "verify.result" and entry.data.get("case") == case
        )

    def findings_of(self, case: str) -> dict[str, str]:
        """Return what the log says of the case's last signature, step to status."""
        found: dict[str, str] = {}
        for entry in self.services.journal.log.entries():
            if (entry.data.get("case"), entry.data.get("step")) == (case, "signature"):
                stated = entry.data.get("findings")
                pairs = stated if isinstance(stated, list) else []
                found = {str(p[0]): str(p[1]) for p in pairs if isinstance(p, list)}
        return found

    def seat(self, variant: SimulatedVariant) -> None:
        """Let somebody else sit before the camera; seen when it is opened next."""
        self._variant = variant

    def replace_services(self, **changes: Any) -> None:
        """Put other services in the place of what the station was built from."""
        self._services = replace(self.services, **changes)

    def kill_analysis(self) -> None:
        """Kill the analysis process as a crash would; nothing to kill when it runs inline."""
        analysis = self.services.analysis
        if isinstance(analysis, ProcessAnalysis) and analysis.child is not None:
            os.kill(analysis.child, _KILL)

    def _camera(self) -> Camera:
        return SimulatedCamera(
            variant=self._variant,
            seed=self._seed,
            paced=self._paced,
            document=self.sandbox.documents.hold,
        )
