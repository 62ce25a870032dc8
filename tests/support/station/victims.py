"""Processes that play whole sessions (tests/e2e/killed_session.py) until they are ended."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.station.kills import Killed
from tests.support.system.faults import Fault

_PROGRAM = Path(__file__).resolve().parents[2] / "e2e" / "killed_session.py"


class Victims:
    """Starts one process per order and kills it where it is told to, or has its disk fail.

    preload  the library of tests.support.system.faults, where disks are to fail
    """

    def __init__(self, errors: Path, preload: Path | None = None) -> None:
        self.errors = errors
        surroundings = os.environ | ({} if preload is None else {"LD_PRELOAD": str(preload)})
        with errors.open("wb") as stderr:
            self._server = subprocess.Popen(
                [sys.executable, str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env=surroundings,
            )

    def kill(
        self,
        folder: Path,
        point: str,
        *,
        hold: bool,
        after_s: float = 0.0,
        through: str = "",
    ) -> Killed:
        """Order a session and kill it at a point: held there, or so long after it came by."""
        order = {"folder": str(folder), "hold": point if hold else "", "through": through}
        return self._play(order, point, after_s)

    def play(self, folder: Path, fault: Fault) -> Killed:
        """Order a session whose disk fails, and let it come to its end."""
        return self._play(
            {"folder": str(folder), "hold": "", "through": "", "fault": fault.order()}
        )

    def _play(self, order: dict[str, object], point: str = "", after_s: float = 0.0) -> Killed:
        stdin, stdout = self._server.stdin, self._server.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        killed, pid, here = Killed(), 0, False
        for line in stdout:
            said = killed.take(line)
            pid = int(str(said.get("pid", pid)))
            if "ended" in said:
                killed.by_kill = said["ended"] == signal.SIGKILL
                return killed
            here = here or (point != "" and said.get("point") == point)
            if here and pid:
                here = False
                time.sleep(after_s)
                os.kill(pid, signal.SIGKILL)
        raise AssertionError(self.errors.read_text())

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(timeout=30)
        self._server.stdout.close()
