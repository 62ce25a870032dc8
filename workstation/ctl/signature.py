"""`signature`: an ЭЦП judged from files, with the same validator that the sessions use."""

from datetime import UTC, datetime
from pathlib import Path

import click

from crypto.cms.evidence_pack import gather_pack
from crypto.cms.signature_file import FileKind
from crypto.cms.validation_request import ValidationRequest
from crypto.report.policy import Environment
from crypto.report.report import Indication, SignatureReport
from crypto.report.tree import build_report_tree
from crypto.revocation.recording import RecordingSources
from crypto.signatures.document import DocumentReport
from crypto.signatures.validator import SignatureValidator
from crypto.x509.iin import Iin
from workstation import __version__
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.extend import extend
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.files import MAX_CMS, read_object
from workstation.ctl.moments import moment_option
from workstation.ctl.policy import station_policy
from workstation.ctl.revalidate import revalidate
from workstation.ctl.signature_constraints import select_constraints
from workstation.ctl.signature_options import TrustOptions, trust_options
from workstation.documents.report_text import container_lines, next_step, report_lines
from workstation.documents.texts import Texts
from workstation.records.pack_folder import write_pack
from workstation.rules.local_time import local_day
from workstation.settings.toml_file import read_limited

__all__ = ["signature"]

_MAX_CONTENT = 256 << 20
_MAX_DOCUMENT = 64 << 20
_DOCUMENTS = frozenset({FileKind.XML_SIGNATURE, FileKind.PDF, FileKind.ASIC})


@click.group()
def signature() -> None:
    """Judge electronic signatures (ЭЦП)."""


signature.add_command(revalidate)
signature.add_command(extend)


@signature.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--content", type=click.Path(path_type=Path), help="What was signed.")
@click.option("--iin", help="ИИН the certificate must state; asks for exactly one signature.")
@trust_options
@click.option(
    "--role",
    type=click.Choice(["policy", "any"]),
    help="Whose keys are accepted: those of the policy's roles and certificate policies, or "
    "anybody's. Default: policy with --iin, any without.",
)
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Write an evidence pack into this new folder."
)
@moment_option
@with_console
def verify(  # noqa: PLR0913 - one option each
    console: Console,
    file: Path,
    *,
    content: Path | None,
    iin: str | None,
    options: TrustOptions,
    role: str | None,
    keep: Path | None,
    moment: datetime | None,
) -> None:
    """Judge every signature in FILE: CMS, XMLDSig, PDF or ASiC.

    Without revocation evidence none can pass.

    Exit code 0 only when each of them is TOTAL_PASSED.
    """
    now = moment or datetime.now(UTC)
    any_holder = role == "any" or (role is None and iin is None)
    request = _read_request(console, file, content, iin, now)
    constraints = select_constraints(
        console,
        station_policy(console, local_day(now)),
        options.list_demands(any_holder=any_holder),
        trust=options.trust,
        environment=Environment(options.environment),
        authorities=options.ca,
    )
    recording = RecordingSources(options.read_evidence(console), lambda _sha256: None)
    report = SignatureValidator.under(constraints, recording).validate_request(request)
    if keep is not None:
        pack, blobs = gather_pack(request, constraints, recording, report.to_json(), __version__)
        write_pack(keep, pack, blobs, recording)
        console.note(f"evidence pack: {keep}; it holds what was signed and names the signer")
    _show(console, report, any_holder=any_holder)
    if report.indication is not Indication.TOTAL_PASSED:
        console.leave(ExitCode.REFUSED)


def _read_request(
    console: Console, file: Path, content: Path | None, iin: str | None, now: datetime
) -> ValidationRequest:
    # These answer no challenge of ours, so they are validated as documents only.
    also = _DOCUMENTS if iin is None else frozenset[FileKind]()
    limit = _MAX_DOCUMENT if iin is None else MAX_CMS
    return ValidationRequest(
        cms=read_object(console, file, FileKind.SIGNED_CMS, limit, also),
        content=None if content is None else read_limited(content, _MAX_CONTENT, NothingFound),
        iin=None if iin is None else Iin.parse(iin).digits,
        fresh=iin is not None,
        moment=now,
    )


def _show(console: Console, document: DocumentReport, *, any_holder: bool) -> None:
    holders = "any" if any_holder else "policy"
    texts = Texts(console.language)
    if console.as_json:
        signatures = [_describe(each, texts) for each in document.signatures]
        container = document.container
        console.show(
            {
                "indication": document.indication.value,
                "cms_sha256": document.cms_sha256,
                "holders": holders,
                "signatures": signatures,
                **({} if container is None else {"container": container.to_json()}),
            }
        )
        return
    if document.container is not None:
        console.lines(container_lines(document.container, texts))
    stated = texts.tr(f"accepted_holders.{holders}")
    console.lines([f"{texts.tr('report_line.holders')}: {stated}"])
    for number, each in enumerate(document.signatures, 1):
        if len(document.signatures) > 1:
            console.lines([f"--- {number} / {len(document.signatures)}"])
        console.lines(report_lines(each, texts))


def _describe(report: SignatureReport, texts: Texts) -> Value:
    return report.to_json() | {
        "blocks": [each.to_json() for each in build_report_tree(report)],
        "next": next_step(texts, report.sub_indication, report.reason),
    }
