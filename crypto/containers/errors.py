"""Why a container is not validated.

CryptoError
├── ContainerMalformed    container_malformed
└── ContainerUnsupported  container_not_supported  (detail: the form)
"""

from crypto.errors import CryptoError

__all__ = ["ContainerMalformed", "ContainerUnsupported"]


class ContainerMalformed(CryptoError):
    """The file contradicts its format, can be read in two ways, or is beyond a limit."""

    code = "container_malformed"


class ContainerUnsupported(CryptoError):
    """A lawful form that is not validated here: nothing is said against it."""

    code = "container_not_supported"
