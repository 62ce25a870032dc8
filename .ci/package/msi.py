"""Make an MSI of a built folder by Debian's `wixl`: msi.py FOLDER FILE.msi.

Per machine and 64 bit, with a product name in ASCII, one component a file, a start menu shortcut,
and the service of the lists, which is started by hand once there is a station (docs/packaging.md).
A newer version takes the place of an older one: the upgrade code never changes.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workstation import __version__  # noqa: E402 - the tree has to be on the path first

PRODUCT: Final = "Verification Workstation"
FOLDER: Final = "VerificationWorkstation"
SERVICE: Final = "VerificationWorkstationLists"
UPGRADE_CODE: Final = "5B1F7C52-6B0E-4E0B-9C8B-0D7B2F8C6A31"
STATION: Final = f'"[CommonAppDataFolder]{FOLDER}\\station"'
"""Where the shortcut and the service look for the station; `init` makes it."""

_NAMESPACE: Final = "http://schemas.microsoft.com/wix/2006/wi"
Node = ET.Element


class _Base(NamedTuple):
    """The folder that is packed, and that of the description."""

    root: Path
    description: Path


def add(parent: Node, tag: str, **members: str) -> Node:
    """Add an element to another."""
    return ET.SubElement(parent, tag, members)


def name_of(kind: str, path: str) -> str:
    """Return an identifier for a path in the folder: the same in every build."""
    return f"{kind}_{hashlib.sha256(path.encode()).hexdigest()[:24]}"


def add_product(wix: Node, base: Path) -> Node:
    """Add what the product is."""
    product = add(
        wix,
        "Product",
        Id="*",
        Name=PRODUCT,
        Language="1033",
        Version=__version__,
        Manufacturer=PRODUCT,
        UpgradeCode=UPGRADE_CODE,
    )
    add(
        product,
        "Package",
        InstallerVersion="200",
        Compressed="yes",
        InstallScope="perMachine",
        Description=f"{PRODUCT} {__version__}",
        Comments="Apache-2.0; LICENSE.txt, NOTICE.txt and licences in the folder",
    )
    add(product, "MajorUpgrade", DowngradeErrorMessage="A newer version is installed.")
    add(product, "Media", Id="1", Cabinet="program.cab", EmbedCab="yes")
    icon = ROOT / "resources" / "application" / "workstation.ico"
    add(product, "Icon", Id="workstation.ico", SourceFile=os.path.relpath(icon, base))
    add(product, "Property", Id="ARPPRODUCTICON", Value="workstation.ico")
    add(product, "Property", Id="ARPNOMODIFY", Value="1")
    return product


def add_files(parent: Node, folder: Path, places: _Base, feature: Node) -> None:
    """Add a folder's files, a component each, and the folders in it."""
    for path in sorted(folder.iterdir()):
        inside = path.relative_to(places.root).as_posix()
        if path.is_dir():
            below = add(parent, "Directory", Id=name_of("d", inside), Name=path.name)
            add_files(below, path, places, feature)
            continue
        component = add(parent, "Component", Id=name_of("c", inside), Guid="*", Win64="yes")
        add(
            component,
            "File",
            Id=name_of("f", inside),
            Name=path.name,
            Source=os.path.relpath(path, places.description),
            KeyPath="yes",
        )
        add(feature, "ComponentRef", Id=name_of("c", inside))
        if inside == "workstation-ctl.exe":
            add_service(component)


def add_service(component: Node) -> None:
    """Add the service: an account without rights, started by hand, gone with the product.

    Who made the station lets the account into its folder, not to its keys.
    """
    add(
        component,
        "ServiceInstall",
        Id="ListsService",
        Name=SERVICE,
        DisplayName=f"{PRODUCT}: revocation lists",
        Description="Keeps lists of revoked certificates fresh while no desktop is open",
        Type="ownProcess",
        Start="demand",
        ErrorControl="normal",
        Account="NT AUTHORITY\\LocalService",
        Arguments=f"--data {STATION} service run --windows-service",
    )
    add(
        component,
        "ServiceControl",
        Id="ListsServiceControl",
        Name=SERVICE,
        Stop="both",
        Remove="uninstall",
        Wait="yes",
    )


def add_shortcut(programs: Node, feature: Node) -> None:
    """Add the start menu's entry."""
    menu = add(programs, "Directory", Id="MenuFolder", Name=PRODUCT)
    component = add(
        menu, "Component", Id="Menu", Guid="7E0B6B0C-1B0C-4A0E-8F6D-3B0B8F5E8C11", Win64="yes"
    )
    add(
        component,
        "Shortcut",
        Id="MenuShortcut",
        Name=PRODUCT,
        Description=PRODUCT,
        Target="[INSTALLDIR]workstation.exe",
        Arguments=f"--data {STATION}",
        WorkingDirectory="INSTALLDIR",
        Icon="workstation.ico",
    )
    add(component, "RemoveFolder", Id="RemoveMenuFolder", On="uninstall")
    add(
        component,
        "RegistryValue",
        Root="HKLM",
        Key=f"Software\\{FOLDER}",
        Name="Version",
        Type="string",
        Value=__version__,
        KeyPath="yes",
    )
    add(feature, "ComponentRef", Id="Menu")


def add_place(shared: Node, feature: Node) -> None:
    """Add the folder that stations stand in: without it nothing could be begun from the menu.

    A removal takes it away while it is empty, and never what a station left in it.
    """
    place = add(shared, "Directory", Id="PlaceFolder", Name=FOLDER)
    component = add(
        place, "Component", Id="Place", Guid="2C6C8B0E-6E0D-4B57-9C0B-6B1C7C1D5A42", Win64="yes"
    )
    add(component, "CreateFolder")
    add(feature, "ComponentRef", Id="Place")


def describe(folder: Path, base: Path) -> bytes:
    """Return the installer's description as WiX writes it; wixl reads paths from its folder."""
    wix = ET.Element("Wix", {"xmlns": _NAMESPACE})
    product = add_product(wix, base)
    target = add(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    files = add(target, "Directory", Id="ProgramFiles64Folder")
    place = add(files, "Directory", Id="INSTALLDIR", Name=FOLDER)
    programs = add(target, "Directory", Id="ProgramMenuFolder")
    shared = add(target, "Directory", Id="CommonAppDataFolder")
    feature = add(product, "Feature", Id="Complete", Level="1", Title=PRODUCT)
    add_files(place, folder, _Base(folder, base), feature)
    add_shortcut(programs, feature)
    add_place(shared, feature)
    return ET.tostring(wix, encoding="utf-8", xml_declaration=True)


def main(folder: Path, target: Path) -> None:
    """Write the MSI."""
    with tempfile.TemporaryDirectory() as work:
        description = Path(work) / "station.wxs"
        described = describe(folder.resolve(), Path(work).resolve())
        description.write_bytes(described)
        target.unlink(missing_ok=True)
        subprocess.run(
            ["wixl", "-a", "x64", "-o", str(target), str(description)],  # noqa: S607 - Debian's
            check=True,
        )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
