"""The loopback sandbox, shared by the modules of this folder."""

from tests.support.station.sandbox import running_sandbox, sandbox, sandbox_folder

__all__ = ["running_sandbox", "sandbox", "sandbox_folder"]
