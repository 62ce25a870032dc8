"""`permit`: what core banking does with a permit, by hand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from workstation.accounts.permit_register import PermitRegister
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.moments import moment_option
from workstation.documents.permit import MAX_PERMIT_BYTES, verify
from workstation.errors import PermitRefused
from workstation.records.keys import ENROLMENT_FOLDER, PERMIT_KEY_NAME
from workstation.settings.settings import load_settings
from workstation.settings.toml_file import read_limited

__all__ = ["permit"]


@click.group()
def permit() -> None:
    """Permits for core banking."""


@permit.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), help="The station's permit key, PEM.")
@click.option("--audience", help="Default: the audience in the station's settings.")
@click.option("--operation-sha256", help="Digest of the operation about to be executed.")
@click.option(
    "--redeem",
    type=click.Path(path_type=Path),
    help="Mark it as used in this register; refused the second time.",
)
@moment_option
@with_console
def verify_permit(
    console: Console,
    file: Path,
    key: Path | None,
    audience: str | None,
    operation_sha256: str | None,
    redeem: Path | None,
    moment: datetime | None,
) -> None:
    """Verify the permit in FILE, and redeem it when asked to."""
    now = moment or datetime.now(UTC)
    if redeem is not None and operation_sha256 is None:
        raise click.UsageError("--redeem needs --operation-sha256: what is being executed")
    if audience is None:
        audience = load_settings(console.folder()).values.permit.audience
    public = _public_key(key or console.folder() / ENROLMENT_FOLDER / PERMIT_KEY_NAME)
    untrusted = read_limited(file, MAX_PERMIT_BYTES + 2, PermitRefused)
    claims = verify(
        untrusted.decode("ascii", "replace").rstrip("\r\n"),
        public,
        audience=audience,
        operation_sha256=operation_sha256,
        moment=now,
    )
    if redeem is not None:
        PermitRegister(redeem).redeem(claims, now)
    # The claims have a `verdict` of their own, which says what was decided, not what is verified.
    claimed: Mapping[str, Value] = msgspec.to_builtins(claims)
    console.show({"verdict": "valid", "redeemed": redeem is not None, "claims": claimed})


def _public_key(path: Path) -> Ed25519PublicKey:
    untrusted = read_limited(path, 10_000, PermitRefused)
    try:
        key = load_pem_public_key(untrusted)
    except (ValueError, UnsupportedAlgorithm):
        raise PermitRefused("the key is not PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise PermitRefused("the key is not Ed25519")
    return key
