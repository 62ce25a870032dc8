"""The MSI's tables, of a small folder here; tests/package looks at the whole one."""

import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.system.package import ROOT, msi_rows
from workstation import __version__
from workstation.ctl.windows_service import SERVICE_NAME

SCRIPT = ROOT / ".ci" / "package" / "msi.py"
pytestmark = pytest.mark.skipif(
    shutil.which("wixl") is None or shutil.which("msiinfo") is None,
    reason="wixl and msitools are installed by `make package-windows`",
)


def made(folder: Path, target: Path) -> Path:
    runpy.run_path(str(SCRIPT))["main"](folder, target)
    return target


@pytest.fixture(scope="module")
def msi(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    for name in ("workstation.exe", "workstation-ctl.exe", "LICENSE.txt", "program/қазақ/x.dll"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return made(folder, folder.parent / "small.msi")


def test_the_product_is_ascii_per_machine_and_upgrades_itself(msi):
    stated = dict(msi_rows(msi, "Property"))

    assert stated["ProductName"] == "Verification Workstation"
    assert stated["ProductName"].isascii()
    assert stated["ALLUSERS"] == "1"
    assert stated["ProductVersion"] == __version__
    assert stated["UpgradeCode"] == "{5B1F7C52-6B0E-4E0B-9C8B-0D7B2F8C6A31}"
    (upgrade, downgrade) = msi_rows(msi, "Upgrade")
    assert upgrade[2] == downgrade[1] == __version__
    told = subprocess.run(["msiinfo", "suminfo", str(msi)], capture_output=True, check=True)
    assert b"Template: x64;1033" in told.stdout


def test_every_file_is_there_once_with_a_component_of_its_own(msi):
    files, components = msi_rows(msi, "File"), msi_rows(msi, "Component")

    assert {row[2].split("|")[-1] for row in files} == {
        *("workstation.exe", "workstation-ctl.exe", "LICENSE.txt", "x.dll")
    }
    assert len(components) == len({row[1] for row in components}) == len(files) + 2
    assert {row[1] for row in files} | {"Menu", "Place"} == {row[0] for row in components}


def test_the_service_has_an_account_without_rights_and_goes_with_the_product(msi):
    (row,) = msi_rows(msi, "ServiceInstall")
    assert (row[1], row[3], row[4]) == (SERVICE_NAME, "16", "3")  # own process, by hand
    assert row[8] == "NT AUTHORITY\\LocalService"
    assert row[10].endswith("service run --windows-service")
    (control,) = msi_rows(msi, "ServiceControl")
    assert control[1] == SERVICE_NAME
    assert int(control[2]) == 0x2 | 0x20 | 0x80  # stop before both, delete at the end


def test_the_start_menu_opens_the_station_with_our_icon(msi):
    (row,) = msi_rows(msi, "Shortcut")

    assert row[4:6] == (
        "[INSTALLDIR]workstation.exe",
        '--data "[CommonAppDataFolder]VerificationWorkstation\\station"',
    )
    assert row[8] == "workstation.ico"
    assert dict(msi_rows(msi, "Property"))["ARPPRODUCTICON"] == "workstation.ico"


def test_the_folder_that_the_menu_opens_a_station_in_is_made(msi):
    assert msi_rows(msi, "CreateFolder") == [("PlaceFolder", "Place")]
    (place,) = [row for row in msi_rows(msi, "Directory") if row[0] == "PlaceFolder"]
    assert place[1] == "CommonAppDataFolder"
    assert place[2].split("|")[-1] == "VerificationWorkstation"
    actions = {row[0] for row in msi_rows(msi, "InstallExecuteSequence")}
    assert {"CreateFolders", "RemoveFolders"} <= actions


def test_the_same_folder_makes_the_same_components(msi, tmp_path):
    again = made(msi.parent / "built0", tmp_path / "again.msi")

    assert msi_rows(again, "Component") == msi_rows(msi, "Component")
    first, second = (dict(msi_rows(each, "Property"))["ProductCode"] for each in (msi, again))
    assert first != second  # each build is a product that replaces the one before
