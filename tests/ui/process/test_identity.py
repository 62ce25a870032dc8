"""The system is told what the program is called, and a build without the demo says so."""

import configparser

import pytest

import resources
from ui import app
from ui.process.identity import APP_ID, DESKTOP_FILE, application_icon
from workstation import __version__, flavour
from workstation.documents.texts import Texts


def test_the_application_has_its_name_version_and_icon(qapp, monkeypatch):
    given = []
    monkeypatch.setattr(app, "QApplication", lambda arguments: given.append(arguments) or qapp)
    named = app.create_application(["/somewhere/ui/app.py"])

    assert given == [[DESKTOP_FILE]]
    assert named.applicationName() == named.desktopFileName() == DESKTOP_FILE
    assert named.applicationVersion() == __version__
    sizes = {size.width() for size in named.windowIcon().availableSizes()}
    assert {16, 32, 48, 256} <= sizes
    assert APP_ID.isascii()


@pytest.mark.parametrize("size", [16, 32, 256])
def test_the_icon_is_drawn_in_every_size(qapp, size):
    image = application_icon().pixmap(size, size).toImage()

    assert image.pixelColor(image.width() // 2, 1 + image.height() // 12).alpha() > 0


def test_the_desktop_entry_has_the_name_that_qt_tells_the_system():
    root = resources.path("application").parents[1]
    path = root / ".ci" / "package" / f"{DESKTOP_FILE}.desktop"
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(path, encoding="utf-8")

    stated = entry["Desktop Entry"]
    assert stated["StartupWMClass"] == stated["Icon"] == DESKTOP_FILE
    for language in ("kk", "ru"):
        assert stated[f"Name[{language}]"] == Texts(language).tr("app.name")


def test_a_build_without_the_sandbox_refuses_the_demo(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(flavour, "SANDBOX", "workstation.no_sandbox_here")

    code = app.main(["--demo", "--data", str(tmp_path / "demo"), "--language", "en"])

    assert code == 3
    assert "holds no demo" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()
