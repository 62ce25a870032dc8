"""Why a signature cannot be extended."""

from crypto.errors import CryptoError
from crypto.signatures.document import DocumentReport

__all__ = ["ExtensionRefused"]


class ExtensionRefused(CryptoError):
    """Nothing was extended; detail says why, `report` what was found, where that decided.

    not_passed:N             the signature of signer N did not validate, so nobody vouches for it
    signer_absent:N          there is no signer N
    older_archive:KIND       an archive time-stamp of an older kind is there: nothing may be added
    ber_archived             in BER, and what an archive time-stamp names is not there as it stands
    content_absent           detached, and what was signed was not given
    attribute_unreadable     an unsigned attribute cannot be read, so no index can name it
    stamp_not_counted:WHY    the time-stamp that was obtained does not verify
    too_large, too_many      the file would be larger than this program reads
    """

    code = "signature_extension_refused"

    def __init__(self, detail: str, report: DocumentReport | None = None) -> None:
        super().__init__(detail)
        self.report = report
