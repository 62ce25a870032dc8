"""Why a signature cannot be extended."""

from enum import StrEnum

from crypto.errors import CryptoError
from crypto.signatures.document import DocumentReport

__all__ = ["ExtensionFault", "ExtensionRefused"]


class ExtensionFault(StrEnum):
    """What stands against it; what `detail` adds stands with each."""

    NOT_PASSED = "not_passed"
    """The signature of a signer, by number, did not validate, so nobody vouches for it."""
    SIGNER_ABSENT = "signer_absent"
    """There is no signer of this number."""
    OLDER_ARCHIVE = "older_archive"
    """An archive time-stamp of an older kind, by name, is there: nothing may be added."""
    BER_ARCHIVED = "ber_archived"
    """In BER, and what an archive time-stamp names is not there as it stands."""
    CONTENT_ABSENT = "content_absent"
    """Detached, and what was signed was not given."""
    ATTRIBUTE_UNREADABLE = "attribute_unreadable"
    """An unsigned attribute cannot be read, so no index can name it."""
    STAMP_NOT_COUNTED = "stamp_not_counted"
    """The time-stamp that was obtained does not verify, and why."""
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    """The file would be larger than this program reads."""


class ExtensionRefused(CryptoError):
    """Nothing was extended; `report` is what was found, where that decided."""

    code = "signature_extension_refused"

    def __init__(
        self, fault: ExtensionFault, stated: str = "", report: DocumentReport | None = None
    ) -> None:
        super().__init__(f"{fault.value}:{stated}" if stated else fault.value)
        self.fault = fault
        self.stated = stated
        self.report = report
