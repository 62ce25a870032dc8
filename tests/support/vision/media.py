"""The shared media: where they lie and what each clip shows; never part of the project."""

import os
import re
from pathlib import Path

__all__ = ["clip_kinds", "media_folder"]


def media_folder() -> Path:
    """Return the folder of the shared media. Raises SystemExit when absent."""
    given = os.environ.get("WORKSTATION_SAMPLES", "")
    beside = Path(__file__).resolve().parents[3].parent / "shared" / "samples"
    folder = (Path(given) if given else beside) / "media"
    if not folder.is_dir():
        raise SystemExit("shared samples are not here (set WORKSTATION_SAMPLES)")
    return folder


def clip_kinds(media: Path) -> dict[str, str]:
    """Return file name -> kind from INDEX.md."""
    rows = re.findall(r"^\| (\S+) \| (\S+) \|", (media / "INDEX.md").read_text(), re.MULTILINE)
    return {name: kind for name, kind in rows if name.endswith(".mp4")}
