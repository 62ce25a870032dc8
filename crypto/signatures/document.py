"""A signed document: every signature in it validated by itself, in the order they stand."""

from dataclasses import dataclass

from crypto.canonical_json import JsonValue
from crypto.report.container import ContainerSummary
from crypto.report.report import Indication, SignatureReport

__all__ = ["DocumentReport"]

_WORST_FIRST = (Indication.TOTAL_FAILED, Indication.INDETERMINATE, Indication.TOTAL_PASSED)


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """At least one report; a message that cannot be read has a single, failed one.

    container  of a PDF or ASiC container that could be read: what is inside
    """

    cms_sha256: str
    signatures: tuple[SignatureReport, ...]
    container: ContainerSummary | None = None

    @property
    def indication(self) -> Indication:
        """The worst of its signatures: a document passes when each of them does."""
        stated = {report.indication for report in self.signatures}
        return next(each for each in _WORST_FIRST if each in stated)

    def to_json(self) -> dict[str, JsonValue]:
        """Export: str, int, bool, list, dict and None only."""
        stated: dict[str, JsonValue] = {
            "version": 1,
            "indication": self.indication.value,
            "cms_sha256": self.cms_sha256,
            "signatures": [report.to_json() for report in self.signatures],
        }
        return (
            stated if self.container is None else stated | {"container": self.container.to_json()}
        )
