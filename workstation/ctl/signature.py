"""`signature`: an ЭЦП judged from files, with the same validator that the sessions use."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from crypto.carrier.armour import unarmoured
from crypto.cms.validator import SignatureValidator
from crypto.pki.certificate import Certificate
from crypto.pki.crl import CertificateList
from crypto.pki.iin import Iin
from crypto.pki.policy import (
    CarrierRule,
    ChecksumRule,
    Environment,
    IdentificationRule,
    RevocationRule,
    ValidationPolicy,
)
from crypto.pki.report import Indication, SignatureReport
from crypto.pki.sources import OfflineSources
from crypto.pki.trust import TrustStore
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.moments import moment_option
from workstation.ctl.policy import station_policy
from workstation.policy import Policy
from workstation.settings import LoadedSettings, load_settings
from workstation.toml_file import read_limited

__all__ = ["signature"]

_MAX_CMS = 32 << 20
_MAX_CONTENT = 256 << 20
_MAX_CERTIFICATE = 65_536
_MAX_CRL = 64 << 20
_MAX_FILES = 200
_SIGNING_WINDOW_S = 600
_SUFFIXES = {".cer", ".crt", ".pem", ".der"}


@click.group()
def signature() -> None:
    """Judge electronic signatures (ЭЦП)."""


@signature.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--content", type=click.Path(path_type=Path), help="What was signed.")
@click.option("--iin", help="ИИН that the certificate must state.")
@click.option(
    "--trust",
    type=click.Path(path_type=Path),
    help="Folder of certificates trusted for this call; default: the station's trust.",
)
@click.option(
    "--environment",
    type=click.Choice([each.value for each in Environment]),
    default=Environment.PROD.value,
    help="World that --trust belongs to.",
)
@click.option(
    "--crl", type=click.Path(path_type=Path), multiple=True, help="Revocation list; repeatable."
)
@moment_option
@with_console
def verify(  # noqa: PLR0913 - one option each
    console: Console,
    file: Path,
    *,
    content: Path | None,
    iin: str | None,
    trust: Path | None,
    environment: str,
    crl: tuple[Path, ...],
    moment: datetime | None,
) -> None:
    """Judge the signature in FILE; without a list of revoked certificates it cannot pass.

    Exit code 0 only for TOTAL_PASSED.
    """
    now = moment or datetime.now(UTC)
    store = (
        _trusted_folder(trust, Environment(environment))
        if trust is not None
        else _station_trust(load_settings(console.folder()))
    )
    lists = tuple(CertificateList.parse(_object(path, _MAX_CRL)) for path in crl)
    validator = SignatureValidator(
        trust=store,
        policy=_bounds(station_policy(console, now.date()), store, offline=not lists),
        revocation=OfflineSources((), lists),
    )
    expected = None if content is None else read_limited(content, _MAX_CONTENT, NothingFound)
    report = validator.validate(
        read_limited(file, _MAX_CMS, NothingFound),
        expected_content=expected,
        expected_iin=None if iin is None else Iin.parse(iin).digits,
        moment=now,
    )
    console.show(report.to_json() if console.as_json else _described(report))
    if report.indication is not Indication.TOTAL_PASSED:
        console.leave(ExitCode.REFUSED)


def _station_trust(loaded: LoadedSettings) -> TrustStore:
    trust = loaded.values.trust
    return TrustStore.pinned(
        trust.environment,
        anchors=[_object(loaded.path(each.path), _MAX_CERTIFICATE) for each in trust.anchors],
        pins=[each.sha256 for each in trust.anchors],
        intermediates=[
            _object(loaded.path(each), _MAX_CERTIFICATE) for each in trust.intermediates
        ],
    )


def _trusted_folder(folder: Path, environment: Environment) -> TrustStore:
    """Trust the self-issued certificates of a folder: naming it is the act of trusting them."""
    if not folder.is_dir():
        raise NothingFound(str(folder))
    files = sorted(each for each in folder.iterdir() if each.suffix.lower() in _SUFFIXES)
    if not files or len(files) > _MAX_FILES:
        raise NothingFound(f"{folder.name}: 1 to {_MAX_FILES} certificate files")
    found = [Certificate.parse(_object(each, _MAX_CERTIFICATE)) for each in files]
    anchors = [each for each in found if each.self_issued]
    return TrustStore.pinned(
        environment,
        anchors=_raw(anchors),
        pins={each.sha256 for each in anchors},
        intermediates=_raw(each for each in found if not each.self_issued),
    )


def _raw(certificates: Iterable[Certificate]) -> list[bytes]:
    return [each.raw for each in certificates]


def _object(path: Path, limit: int) -> bytes:
    return unarmoured(read_limited(path, limit, NothingFound))


def _bounds(policy: Policy, trust: TrustStore, *, offline: bool) -> ValidationPolicy:
    production = trust.environment is Environment.PROD
    return ValidationPolicy(
        environment=trust.environment,
        require_non_repudiation=True,
        accepted_roles=frozenset(),
        accepted_policies=frozenset(),
        accepted_keystores=frozenset(),
        carrier=CarrierRule.ANY,
        identification=IdentificationRule.ANY,
        ocsp_max_age_s=policy.ocsp_max_age_s,
        crl_max_age_s=policy.crl_max_age_s,
        ca_crl_max_age_s=policy.ca_crl_max_age_s,
        clock_tolerance_s=policy.clock_tolerance_s,
        signing_time_window_s=_SIGNING_WINDOW_S,
        minimum_rsa_bits=policy.minimum_rsa_bits,
        iin_checksum=ChecksumRule.STRICT if production else ChecksumRule.WARN,
        revocation=RevocationRule.NOT_CHECKED if offline else RevocationRule.CRL_ONLY,
    )


def _described(report: SignatureReport) -> dict[str, Value]:
    subject = report.subject
    return {
        "indication": report.indication.value,
        "sub_indication": report.sub_indication.value if report.sub_indication else None,
        "reason": report.reason,
        "subject": subject.common_name if subject else None,
        "iin": subject.iin if subject else None,
        "not_after": subject.not_after.isoformat() if subject else None,
        "findings": [f"{each.status.value} {each.code} {each.detail}" for each in report.findings],
        "evidence": [
            f"{each.kind.value} {each.source} used={each.used} {each.reason}"
            for each in report.evidence
        ],
        "content_sha256": report.content_sha256,
    }
