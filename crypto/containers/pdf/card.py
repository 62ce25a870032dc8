"""Messages among the files embedded in a PDF: the "document card" of Kazakhstan's services.

By its specification (github.com/kaarkz/ddcard) the pages of a card only show what the embedded
original says; the signatures, embedded too, are over the original. So nothing is said of pages.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from crypto.cms.signature_file import FileKind, identify
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.validate import validate_signature
from crypto.cms.validation_process import (
    ValidationProcess,
    check_format,
    malformed,
    read_message,
)
from crypto.cms.validation_request import ValidationRequest
from crypto.containers.detached import Candidates
from crypto.containers.errors import ContainerUnsupported
from crypto.containers.pdf.attachments import EmbeddedFile
from crypto.containers.pdf.revision import Revision
from crypto.containers.result import state_refusal
from crypto.errors import CryptoError
from crypto.report.container import ContainedFile
from crypto.report.report import SignatureReport, SubIndication
from crypto.revocation.context import ValidationContext
from crypto.validation.step import ValidationStep, failed, passed, unsettled

__all__ = ["summarise_files", "validate_embedded"]

_MAX_REVISIONS = 2
_MAX_SIGNERS = 64
"""Of all messages together: each costs a validation, and somebody is asked about its status."""

_END_MARK = b"%%EOF"
_UNREADABLE = "unreadable"


def summarise_files(
    files: Sequence[EmbeddedFile], signatures: Counter[int]
) -> tuple[ContainedFile, ...]:
    """Describe embedded files; `signatures` counts those over each, by index."""
    return tuple(
        ContainedFile(
            each.name,
            len(each.octets),
            hashlib.sha256(each.octets).hexdigest(),
            identify(each.octets)[0].value,
            signatures[index],
        )
        if each.octets is not None
        else ContainedFile(each.name, 0, "", _UNREADABLE, 0)
        for index, each in enumerate(files)
    )


def validate_embedded(
    process: ValidationProcess,
    files: Sequence[EmbeddedFile],
    whole: Revision,
    request: ValidationRequest,
    context: ValidationContext,
    *,
    pages_signed: bool,
) -> tuple[list[SignatureReport], Counter[int]]:
    """Validate the messages among embedded files, over what each was made over.

    pages_signed  the document has signatures of its own

    Returns the reports, and how many of the signatures are over each file, by index.
    """
    readable = [(i, each.octets) for i, each in enumerate(files) if each.octets is not None]
    earlier = _cut_revisions(whole)
    given = [] if request.content is None else [request.content]
    candidates = Candidates([*(o for _, o in readable), *earlier, *given], context.registry)
    reports: list[SignatureReport] = []
    signatures: Counter[int] = Counter()
    for _, octets in readable:
        kind, message = identify(octets)
        if kind is not FileKind.SIGNED_CMS:
            continue
        one = ValidationProcess("", process.moment, countersigning=process.countersigning)
        signed = _open_message(one, message, _MAX_SIGNERS - len(reports))
        if signed is None:
            reports.append(one.report())
            continue
        # The signers of one message may have signed different files.
        digests: dict[int | None, dict[str, bytes]] = {}
        for signer in signed.signers:
            index = _find_content(signed, signer, candidates)
            if index is not None and index < len(readable):
                signatures[readable[index][0]] += 1
            branch = one.branch()
            branch.digests = digests.setdefault(index, candidates.list_digests(index))
            branch.steps.append(_state_coverage(index, readable, len(files), pages_signed))
            content = None if index is None else bytes(candidates.contents[index])
            asked = replace(request, cms=message, content=content, iin=None, fresh=False)
            reports.append(validate_signature(branch, signed, signer, asked, context))
    return reports, signatures


def _open_message(process: ValidationProcess, message: bytes, most: int) -> SignedData | None:
    """Read a message of at most so many signers; None when a step says why it is not validated."""
    try:
        signed = read_message(process, message)
    except CryptoError as error:
        process.steps.append(malformed(error))
        return None
    process.steps += [passed("container", "pdf_embedded"), *check_format(signed, strict=False)]
    if 0 < len(signed.signers) <= most:
        return signed
    step = failed("signers", SubIndication.FORMAT_FAILURE, "signature.no_signers", "0")
    if signed.signers:
        step = state_refusal(ContainerUnsupported("too_many_signatures"))
    process.steps.append(step)
    return None


def _find_content(signed: SignedData, signer: SignerInfo, candidates: Candidates) -> int | None:
    if signed.content is not None:
        return candidates.find_equal(signed.content)
    return candidates.find(signer)


def _state_coverage(
    index: int | None,
    readable: Sequence[tuple[int, bytes]],
    count: int,
    pages_signed: bool,  # noqa: FBT001 - what the document has
) -> ValidationStep:
    if index is None:
        detail = "unknown"
    elif index < len(readable):
        detail = f"embedded_file:{readable[index][0] + 1}/{count}"
    else:
        detail = "earlier_revision_or_given"
    if pages_signed:
        return passed("coverage", detail)
    sub = SubIndication.SIG_CONSTRAINTS_FAILURE
    return unsettled("coverage", sub, "signature.pages_not_signed", detail)


def _cut_revisions(whole: Revision) -> list[memoryview]:
    """Return the document as it was before its last changes: what may have been signed."""
    octets, ends = memoryview(whole.octets), set()
    for section in whole.sections[1 : 1 + _MAX_REVISIONS]:
        at = whole.octets.find(_END_MARK, section.end)
        end = at + len(_END_MARK)
        for more in (0, 1, 2):
            if at >= 0 and not whole.octets[end : end + more].strip(b"\r\n"):
                ends.add(end + more)
    return [octets[:end] for end in sorted(ends)]
