"""A desktop before screens of its own, in another process: Qt takes its screens once."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]

THREE_SCREENS = [
    # Offscreen the first name is the main screen's, on which the teller's window opens.
    {"name": "a teller", "x": 0, "y": 0, "width": 1366, "height": 768, "dpr": 1},
    {"name": "customer", "x": 1366, "y": 0, "width": 1280, "height": 800, "dpr": 1.5},
    {"name": "wall", "x": 2646, "y": 0, "width": 1920, "height": 1080, "dpr": 2},
]


def run_before_screens(
    folder: Path,
    screens: list[dict[str, Any]],
    script: str,
    *arguments: object,
    scale: str = "1",
    seconds: int = 120,
) -> Any:
    """Run a script before these screens and return what its last line says, in JSON.

    folder  where the screens are written down
    """
    configuration = folder / "screens.json"
    configuration.write_text(json.dumps({"screens": screens}))
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={configuration}",
        "QT_SCALE_FACTOR": scale,
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
        env=environment,
        cwd=ROOT,
    )
    return json.loads(done.stdout.splitlines()[-1])
