"""What this build of the program holds: a production package has no sandbox and plays no demo."""

from importlib.util import find_spec
from typing import Final

from workstation.errors import DemoNotBuilt

__all__ = ["SANDBOX", "has_demo", "require_demo"]

SANDBOX: Final = "workstation.sandbox"
"""Left out of production packages with the photographs and the cameras that are no devices."""


def has_demo() -> bool:
    """Tell whether the demo is part of this build; its modules are not imported."""
    return find_spec(SANDBOX) is not None


def require_demo() -> None:
    """Refuse where the demo is not part of this build. Raises DemoNotBuilt."""
    if not has_demo():
        raise DemoNotBuilt("production")
