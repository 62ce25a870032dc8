"""What one signature of a session was judged on, kept so that head office can judge it again.

Split as docs/decisions/0005 wants it: what names the customer (signature, statement, OCSP answers)
goes into the sealed payload; revocation lists are public and go by hash into the archive.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from crypto.canonical_json import JsonValue
from crypto.cms.evidence_pack import gather_pack
from crypto.cms.validation_request import ValidationRequest
from crypto.errors import CryptoError
from crypto.report.alarm import Alarm, AlarmCode, ReportAlarm, ignore_alarm
from crypto.report.report import SignatureReport
from crypto.revocation.alarms import find_answer_alarm
from crypto.revocation.crl_status import UNREVOKES
from crypto.revocation.recording import RecordingSources
from crypto.revocation.sources import RevocationSources
from crypto.signatures.validator import SignatureValidator
from crypto.tsp.client import TimestampFailed, TimestampFault, TimestampService
from crypto.tsp.stamping import stamp_signature
from workstation.records.validation_data_archive import ValidationDataArchive

__all__ = ["SignatureEvidence", "StampedSignature", "stamp_and_judge"]


@dataclass(frozen=True, slots=True)
class StampedSignature:
    """A signature that was to be time-stamped, and what it was judged on.

    failed  why there is no time-stamp; None: `cms` holds one and `report` is about it
    """

    cms: bytes
    report: SignatureReport
    evidence: "SignatureEvidence"
    failed: TimestampFailed | None


class SignatureEvidence:
    """One validation with everything it asked and was told.

    `judge` runs in the io thread; the session thread reads afterwards.
    """

    def __init__(
        self,
        validator: SignatureValidator,
        raw: Callable[[str], bytes | None],
        archive: ValidationDataArchive,
        *,
        software: str,
        report_alarm: ReportAlarm = ignore_alarm,
    ) -> None:
        """Record what `validator` asks; `raw` gives the octets of a stored list by SHA-256.

        report_alarm  takes what a responder's answer gives away, without its octets: `packed` has
                      them, for the sealed payload
        """
        self._source = validator
        self._raw = raw
        self._archive = archive
        self._software = software
        self._report_alarm = report_alarm
        self._recordings: list[RecordingSources] = []
        self._validator = validator.wrap_sources(self._recorded)
        self._request: ValidationRequest | None = None
        self._unkept: tuple[str, ...] = ()

    def _recorded(self, sources: RevocationSources) -> RevocationSources:
        self._recordings.append(RecordingSources(sources, self._raw))
        return self._recordings[-1]

    def judge(
        self, untrusted_cms: bytes, *, content: bytes, iin: str, moment: datetime
    ) -> SignatureReport:
        """Validate, and archive the lists that were used before the report is looked at."""
        self._request = ValidationRequest(untrusted_cms, content, iin, fresh=True, moment=moment)
        report = self._validator.validate(
            untrusted_cms, expected_content=content, expected_iin=iin, moment=moment
        )
        self._unkept = tuple(
            sha256
            for recording in self._recordings
            for sha256 in recording.record().crl_digests()
            if not self._archived(recording, sha256)
        )
        for alarm in self._find_alarms(report):
            self._report_alarm(alarm)
        return report

    @property
    def request(self) -> ValidationRequest:
        """Return what was judged."""
        if self._request is None:
            raise AssertionError("asked before a validation")
        return self._request

    def renew(self) -> "SignatureEvidence":
        """Return evidence of another validation by the same validator."""
        return SignatureEvidence(
            self._source,
            self._raw,
            self._archive,
            software=self._software,
            report_alarm=self._report_alarm,
        )

    def stamp(
        self,
        service: TimestampService,
        now: Callable[[], datetime],
        *,
        is_cancelled: Callable[[], bool],
    ) -> bytes:
        """Return the signature that was judged with a time-stamp beside it; TimestampFailed.

        What gives away that somebody answers in the service's place is reported.
        """
        try:
            return stamp_signature(
                service,
                self.request.cms,
                lambda: self._source.create_context(now()),
                is_cancelled=is_cancelled,
            )
        except TimestampFailed as failed:
            alarm = failed.make_alarm(str(service.url))
            if alarm is not None:
                self._report_alarm(alarm)
            raise

    def _find_alarms(self, report: SignatureReport) -> Iterator[Alarm]:
        """Yield what answers of the responder give away; not what the signature brought along."""
        answered = {
            (each.source, hashlib.sha256(each.answer).hexdigest())
            for recording in self._recordings
            for each in recording.record().exchanges
            if any(nonce is not None for nonce in recording.record().nonces)
        }
        for item in report.evidence:
            code = None if item.used else find_answer_alarm(item.reason)
            if code is not None and (item.source, item.sha256) in answered:
                yield Alarm(code, item.source, item.reason, item.sha256)
            elif item.reason == UNREVOKES:
                yield Alarm(AlarmCode.LIST_UNREVOKES, item.source, item.reason, item.sha256)

    def _archived(self, recording: RecordingSources, sha256: str) -> bool:
        """Keep a list unless it is kept; a decision is not lost because a disk is full."""
        if self._archive.holds(sha256):
            return True
        try:
            octets = recording.octets(sha256)
            return octets is not None and bool(self._archive.keep(octets))
        except CryptoError:
            return False

    def packed(self, report: SignatureReport) -> dict[str, JsonValue]:
        """Return the pack for the sealed payload: manifest, octets in base64, lists not kept."""
        if self._request is None:
            return {}
        pack, blobs = gather_pack(
            self._request,
            self._validator.constraints,
            self._recordings[-1],
            report.to_json(),
            self._software,
        )
        manifest: JsonValue = pack.to_json()
        return {
            "manifest": manifest,
            "blobs": [base64.b64encode(octets).decode() for octets in blobs.values()],
            "lists_unkept": list(self._unkept),
        }


def stamp_and_judge(
    evidence: SignatureEvidence,
    report: SignatureReport,
    service: TimestampService,
    now: Callable[[], datetime],
    *,
    is_cancelled: Callable[[], bool],
) -> StampedSignature:
    """Stamp a signature that was judged and judge it anew; without a time-stamp it stays as it was.

    For the io thread. The second validation is what counts: its evidence holds the time-stamp's.
    """
    request = evidence.request
    try:
        cms = evidence.stamp(service, now, is_cancelled=is_cancelled)
    except TimestampFailed as failed:
        return StampedSignature(request.cms, report, evidence, failed)
    except CryptoError as refused:
        unstamped = TimestampFailed(TimestampFault.UNREADABLE, refused.code)
        return StampedSignature(request.cms, report, evidence, unstamped)
    again = evidence.renew()
    content, iin = request.content or b"", request.iin or ""
    return StampedSignature(
        cms, again.judge(cms, content=content, iin=iin, moment=now()), again, None
    )
