"""What `doctor` sees of the face models: files, licences, thresholds, who may change them."""

import importlib.metadata
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from crypto.files.access_list import CHANGE, others_may
from vision.errors import ModelMissing, VisionError
from vision.models.files import MODELS_FOLDER, find_model, verify_model
from vision.models.manifest import MANIFEST_NAME, Manifest, ModelRow, load_manifest
from workstation.ctl.doctor_station import HealthCheck
from workstation.ctl.installation import SYSTEM_LIBRARIES, add_model_package

__all__ = ["check_models"]

# Where a greater number accepts more, and where a smaller one does.
_GREATER_ACCEPTS_MORE = ("match_ppm", "review_ppm")
_SMALLER_ACCEPTS_MORE = ("frames", "live_ppm", "presence_ppm", "score_ppm")


def check_models(folder: Path | None) -> list[HealthCheck]:
    """Verify the file of every role and load it, and say what is known of it.

    folder  of a station that may have a manifest and model files of its own
    """
    try:
        manifest = load_manifest(folder)
    except VisionError as error:
        return [HealthCheck("face models", "bad", f"{error.code} {error.detail}")]
    checks = [_check_file(row, folder) for row in manifest.rows]
    if not any(check.state == "bad" for check in checks):
        checks.append(_load(manifest, folder))
    checks += _looser_rows(manifest)
    if folder is not None:
        checks += _exposed_places(manifest, folder)
    return checks


def _check_file(row: ModelRow, folder: Path | None) -> HealthCheck:
    name = f"model {row.role}"
    try:
        place = verify_model(row, folder).parent
    except ModelMissing as missing:
        add = f"put it into the folder {MODELS_FOLDER}"
        if row.module:
            add = add_model_package(row.package)
        return HealthCheck(name, "bad", f"{missing.code} {missing.detail}; add it: {add}")
    except VisionError as error:
        return HealthCheck(name, "bad", f"{error.code} {error.detail}; {_place(row, folder)}")
    own = folder is not None and place == folder / MODELS_FOLDER
    where = "the station's own" if own else f"of {row.package} {_version(row.package)}"
    known = f"licence {row.licence}; trained on: {row.training_data}"
    return HealthCheck(name, "good", f"{row.file} {row.sha256[:16]}, {where}; {known}")


def _place(row: ModelRow, folder: Path | None) -> str:
    try:
        return f"it is {find_model(row, folder)}"
    except VisionError:
        return f"in the folder {MODELS_FOLDER}"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "of no known version"


def _load(manifest: Manifest, folder: Path | None) -> HealthCheck:
    started = perf_counter()
    try:
        from vision.face.engines.loading import load_engines

        load_engines(manifest, folder)
    except ImportError:
        return HealthCheck("face models", "bad", f"not loaded; {SYSTEM_LIBRARIES}")
    except VisionError as error:
        return HealthCheck("face models", "bad", f"{error.code} {error.detail}")
    return HealthCheck("face models", "good", f"loaded in {perf_counter() - started:.1f} s")


def _looser_rows(manifest: Manifest) -> Iterator[HealthCheck]:
    """Warn of a threshold that accepts more than the shipped one of the very same file."""
    shipped = {row.sha256: row for row in load_manifest().rows}
    for row in manifest.rows:
        measured = shipped.get(row.sha256)
        if type(row) is not type(measured):
            continue
        for sign, names in ((1, _GREATER_ACCEPTS_MORE), (-1, _SMALLER_ACCEPTS_MORE)):
            for name in names:
                value, usual = getattr(row, name, 0), getattr(measured, name, 0)
                if sign * value > sign * usual:
                    seen = f"{name} {value} accepts more than {usual}, which was measured"
                    yield HealthCheck(f"model {row.role}", "warning", seen)


def _exposed_places(manifest: Manifest, folder: Path) -> Iterator[HealthCheck]:
    """Warn of places of the station where others could put other models or another manifest."""
    places = [folder, folder / MANIFEST_NAME, folder / MODELS_FOLDER]
    places += [folder / MODELS_FOLDER / row.file for row in manifest.rows]
    for place in places:
        try:
            exposed = place.exists() and _others_may_change(place)
        except OSError as error:
            yield HealthCheck("models folder", "warning", f"{place}: {type(error).__name__}")
            continue
        if exposed:
            seen = f"{place} may be changed by other accounts, and with it what a face is held to"
            yield HealthCheck("models folder", "warning", seen)


if sys.platform == "win32":  # pragma: no cover - runs on Windows only

    def _others_may_change(place: Path) -> bool:
        return others_may(place, CHANGE)

else:

    def _others_may_change(place: Path) -> bool:
        return bool(place.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))
