"""What the real models see in the shared clips, computed once and kept in the temporary folder.

Every frame is described too, which a live attempt does for a few frames only. Where the shared
samples have the drop-in presentation-attack network, it judges every tenth frame.
"""

import hashlib
import os
import re
import tempfile
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from tests.support.vision.media import clip_kinds, media_folder
from tests.support.vision.splice import read_frames
from vision.face.analyser import FaceAnalyser
from vision.face.engines.loading import FaceEngines, load_engines
from vision.frame import Frame
from vision.models.manifest import Manifest, PresentationAttack, load_manifest
from vision.results import FaceObservation, FaceTemplate

__all__ = ["Observed", "ObservedClips", "drop_in_row"]

ROOT = Path(__file__).resolve().parents[3]
DROP_IN = "fr_liveness.onnx"
DOCUMENT = ROOT / "docs" / "formats" / "models.md"
JUDGED_LATER = "quality.py"


@dataclass(frozen=True)
class Observed:
    """One frame: what is seen without a descriptor, the descriptor, and its detector's score."""

    seen: FaceObservation
    template: FaceTemplate | None
    score: float | None

    def described(self) -> FaceObservation:
        """Return what the analysis would have seen had it been told to describe this frame."""
        if self.template is None:
            return self.seen
        score = self.seen.score if self.score is None else self.score
        return replace(self.seen, template=self.template, score=score)


def drop_in_row() -> PresentationAttack:
    """Return the documented row of the network in the shared samples."""
    rows = re.findall(
        r"(?ms)^```toml\n(\[presentation_attack\]\n.*?)^```", DOCUMENT.read_text("utf-8")
    )
    tables = [tomllib.loads(row)[PresentationAttack.role] for row in rows]
    return next(
        msgspec.convert(table, PresentationAttack) for table in tables if table["file"] == DROP_IN
    )


class ObservedClips:
    """The clips of the shared media with what the models see in them."""

    def __init__(self) -> None:
        self._media = media_folder()
        self._models = self._media.parent
        self.manifest = self._manifest()
        self._engines: FaceEngines | None = None
        self.kinds = clip_kinds(self._media)

    def _manifest(self) -> Manifest:
        manifest = load_manifest()
        if (self._models / "models" / DROP_IN).is_file():
            return msgspec.structs.replace(manifest, presentation_attack=drop_in_row())
        return manifest

    def names(self, *kinds: str) -> list[str]:
        """Return the clips of these kinds, of all kinds without any."""
        return sorted(name for name, kind in self.kinds.items() if not kinds or kind in kinds)

    def frames(self, name: str) -> list[Frame]:
        """Return the first ten seconds of a clip."""
        return list(read_frames(self._media / name))

    def read(self, name: str) -> list[Observed]:
        """Return what is seen in the first ten seconds of a clip."""
        kept = self._cache_of(name)
        if kept.is_file():
            return msgspec.msgpack.decode(kept.read_bytes(), type=list[Observed])
        observed = self._observe(name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_bytes(msgspec.msgpack.encode(observed))
        half.replace(kept)
        return observed

    def _observe(self, name: str) -> list[Observed]:
        if self._engines is None:
            self._engines = load_engines(self.manifest, self._models)
        analyser = FaceAnalyser(self._engines)
        observed = []
        for frame in read_frames(self._media / name):
            seen = analyser.analyse(frame, embed=False)
            found = None
            if seen.landmarks:
                points = np.asarray(seen.landmarks, np.float64)
                found = self._engines.match.describe(frame.pixels, points)
            template, score = (None, None) if found is None else (found.template, found.score)
            observed.append(Observed(seen, template, score))
        return observed

    def _cache_of(self, name: str) -> Path:
        """Return where a clip's observations are kept: by the clip, the models and the code.

        Whether a face is fit to be judged is asked of the observations afterwards.
        """
        digest = hashlib.sha256((self._media / name).read_bytes())
        for model in self.manifest.references:
            digest.update(model.sha256.encode())
        for path in sorted((ROOT / "vision" / "face").rglob("*.py")):
            if path.name != JUDGED_LATER:
                digest.update(path.read_bytes())
        folder = Path(tempfile.gettempdir()) / f"workstation-clips-{os.getuid()}"
        return folder / f"{Path(name).stem}-{digest.hexdigest()[:16]}.msgpack"
