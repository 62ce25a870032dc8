"""Unit tests run with Qt made unimportable: everything below `ui` must work without it.

`.ci/test` sets WORKSTATION_BLOCK_QT for this folder. A plain `pytest` over the whole tree shares
one process with the screens' tests and cannot block Qt.
"""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _NoQt(MetaPathFinder):
    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.split(".", 1)[0] in {"PySide6", "shiboken6"}:
            raise ImportError(f"{fullname}: Qt is blocked in unit tests")
        return None


if os.environ.get("WORKSTATION_BLOCK_QT"):
    sys.meta_path.insert(0, _NoQt())
