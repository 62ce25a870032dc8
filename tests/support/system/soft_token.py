"""SoftHSM2, a PKCS#11 token in software, where it is installed."""

import importlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

__all__ = ["LIBRARY", "PIN", "add_tokens", "needs_package", "needs_token"]

PIN = "4931"
_LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
LIBRARY = next((Path(each) for each in _LIBRARIES if Path(each).is_file()), None)

needs_token = pytest.mark.skipif(
    LIBRARY is None or shutil.which("softhsm2-util") is None,
    reason="SoftHSM2 is not installed (apt: softhsm2)",
)
needs_package = pytest.mark.skipif(
    importlib.util.find_spec("pkcs11") is None,
    reason="python-pkcs11 is not installed (the extra `token`)",
)


_PLACE: list["TemporaryDirectory[str]"] = []


def add_tokens(*labels: str) -> None:
    """Make tokens of these labels, which stay for this process and its children.

    All tests of a process share one place: the library reads where its tokens are once.
    """
    if not _PLACE:
        _PLACE.append(TemporaryDirectory(prefix="softhsm-"))
        folder = Path(_PLACE[0].name)
        (folder / "tokens").mkdir()
        (folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n"
            "log.level = ERROR\n"
        )
        os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    for label in labels:
        options = ("--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", PIN)
        subprocess.run(["softhsm2-util", *options], check=True, capture_output=True)
    pkcs11 = importlib.import_module("pkcs11")
    pkcs11.lib(str(LIBRARY)).reinitialize()
