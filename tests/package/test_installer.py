"""The MSI of the Windows folder: its tables, and under Wine its installation and removal."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.system.package import CACHE, Package, msi_rows
from workstation import __version__
from workstation.ctl.windows_service import SERVICE_NAME

SYSTEM, _, FLAVOUR = os.environ.get("WORKSTATION_PACKAGE", "").partition(":")
pytestmark = [
    pytest.mark.skipif((SYSTEM, FLAVOUR) != ("windows", "production"), reason="of that folder"),
    pytest.mark.timeout(900),
]


@pytest.fixture(scope="module")
def package() -> Package:
    return Package(SYSTEM, FLAVOUR)


@pytest.fixture(scope="module")
def msi(package: Package) -> Path:
    return package.folder.parent / "verification-workstation.msi"


def test_the_tables_hold_the_whole_folder(package: Package, msi: Path):
    files = msi_rows(msi, "File")

    assert len(files) == len(list(package.files()))
    names = {row[2].split("|")[-1] for row in files}
    assert {"workstation.exe", "workstation-ctl.exe", "NOTICE.txt", "sbom.cdx.json"} <= names
    assert dict(msi_rows(msi, "Property"))["ProductVersion"] == __version__
    assert [row[1] for row in msi_rows(msi, "ServiceInstall")] == [SERVICE_NAME]


def test_it_installs_what_runs_and_takes_all_of_it_away(package: Package, msi: Path):
    prefix = Path(os.environ.get("WINEPREFIX", f"{CACHE / 'prefix'}-package"))
    place = prefix / "drive_c" / "Program Files" / "VerificationWorkstation"

    def wine(*arguments: str) -> tuple[int, str]:
        ended = subprocess.run(
            ["wine", *arguments],
            capture_output=True,
            check=False,
            env=package.environment(),
            timeout=600,
        )
        return ended.returncode, ended.stdout.decode("utf-8", "replace")

    stations = prefix / "drive_c" / "ProgramData" / "VerificationWorkstation"
    assert wine("msiexec", "/i", package.path(msi), "/qn")[0] == 0
    try:
        assert stations.is_dir()
        code, said = wine(str(place / "workstation-ctl.exe"), "--version")
        assert (code, said.strip()) == (0, f"workstation-ctl, version {__version__}")
        assert "STOPPED" in wine("sc", "query", SERVICE_NAME)[1]
        # Wine keeps one menu for all in the account's own folder.
        links = list((prefix / "drive_c").rglob("Verification Workstation.lnk"))
        assert len(links) == 1
    finally:
        assert wine("msiexec", "/x", package.path(msi), "/qn")[0] == 0
    assert not place.exists()
    assert not stations.exists()
    assert "STOPPED" not in wine("sc", "query", SERVICE_NAME)[1]
    assert not links[0].exists()
