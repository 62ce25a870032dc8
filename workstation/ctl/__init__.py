"""`workstation-ctl`: everything of a station that needs no window. Exit codes: docs/ctl.md."""

from crypto.core_dumps import forbid_core_dumps
from workstation.ctl.program import program
from workstation.ctl.streams import prepare_streams

__all__ = ["main", "program"]


def main() -> None:
    """Run the command line and leave with its exit code."""
    forbid_core_dumps()
    prepare_streams()
    program.main()
