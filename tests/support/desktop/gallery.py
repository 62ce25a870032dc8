"""Every page in every language and theme at the sizes of a branch's screens, for eyes.

    python -m tests.support.desktop.gallery FOLDER [only=NAME,NAME] [sizes=SIZE,SIZE]

Each size is a process of its own with a screen of that size (offscreen); `index.html` shows them
side by side. What may not happen on any of them is held by tests/ui/appearance/test_every_page.py.
"""

import html
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["LANGUAGES", "SIZES", "Shot", "pages", "put"]

LANGUAGES = ("kk", "ru", "en")
SIZES = {"1280x720": (1280, 720, "1"), "1366x768": (1366, 768, "1"), "150": (1920, 1080, "1.5")}
"""Pixels of the screen and QT_SCALE_FACTOR: 150 % on Full HD leaves 1280x720 as the first does."""

TITLE_BAR = 40
"""Logical pixels that a window leaves to its title bar and the task bar."""


@dataclass(frozen=True)
class Shot:
    """One page in one state: what the window is shown."""

    name: str
    status: Any
    session: Any
    route: Any


def pages() -> Iterator[Shot]:
    """Return every page and every variant of one that the pictures' tests know."""
    from tests.support.desktop.snapshots import session
    from tests.ui.test_screenshots import PAGES, VARIANTS

    for name, (status, state, route) in PAGES.items():
        yield Shot(name, status, None if state is None else session(state), route)
    for name, (page, changed) in VARIANTS.items():
        status, state, route = PAGES[page]
        yield Shot(name, status, session(state, **changed), route)


def put(window: Any, shot: Shot) -> None:
    """Show a page in the window, as the station's pictures make it."""
    from tests.support.desktop.snapshots import preview_image
    from ui.navigation import Route

    if window.route is not Route.NONE:
        window.route = Route.NONE
    window.show_station(shot.status)
    if shot.session is not None:
        window.show_session(shot.session)
        window.navigate(shot.route.value)
        window.show_preview(preview_image())


def render(folder: Path, size: str, only: set[str]) -> None:
    """Write one size's pictures; called in a process whose screen has it."""
    from PySide6.QtWidgets import QApplication

    from tests.support.desktop.snapshots import NOW_MS, LogLines
    from ui.app import create_application
    from ui.context import UiContext
    from ui.shell.main_window import MainWindow
    from ui.theme.theme import apply_theme, load_theme
    from workstation.documents.texts import Texts

    application = create_application(["gallery"])
    ctx = UiContext(Texts("ru"), load_theme("light"), lambda _command: None, lambda: NOW_MS)
    ctx.log_pages = LogLines(1_000_000)
    ctx.case = f"{249_990:032x}"
    apply_theme(application, ctx.theme)
    window = MainWindow(ctx)
    window.resize(window.screen().size().width(), window.screen().size().height() - TITLE_BAR)
    window.show()
    for theme in ("light", "dark"):
        ctx.use_theme(load_theme(theme))
        apply_theme(application, ctx.theme)
        for language in LANGUAGES:
            ctx.use_language(language)
            for shot in pages():
                if only and shot.name not in only:
                    continue
                put(window, shot)
                for _ in range(3):
                    QApplication.processEvents()
                while ctx.reading.busy:
                    QApplication.processEvents()
                target = folder / f"{shot.name}_{size}_{language}_{theme}.png"
                window.grab().save(str(target), "PNG", 60)
    if not only or "customer" in only:
        ctx.use_theme(load_theme("light"))
        apply_theme(application, ctx.theme)
        render_customer(folder, size, ctx)
    window.session = None
    window.close()


def render_customer(folder: Path, size: str, ctx: Any) -> None:
    """Write what the customer sees: the window is always light, its language the customer's."""
    from PySide6.QtWidgets import QApplication

    from tests.support.desktop.snapshots import preview_image, session
    from tests.support.station.operations import definition, sample
    from ui.shell.customer_window import CustomerWindow
    from workstation.session.states import State

    for language in LANGUAGES:
        words = definition("large_payment").say_window(sample("large_payment"), language)
        for state in (State.IDLE, State.CONSENT, State.LIVENESS, State.SIGNATURE):
            customer = CustomerWindow(ctx)
            customer.resize(customer.screen().size())
            customer.show()
            told = "" if state in {State.IDLE, State.LIVENESS} else words
            customer.show_session(session(state, language=language, window=told))
            customer.show_preview(preview_image())
            for _ in range(3):
                QApplication.processEvents()
            target = folder / f"customer_{state.value}_{size}_{language}_light.png"
            customer.grab().save(str(target), "PNG", 60)
            customer.close()


def write_index(folder: Path) -> int:
    """Write the sheet that shows all pictures of the folder; return how many there are."""
    names = sorted({file.name.rsplit("_", 3)[0] for file in folder.glob("*_*_*_*.png")})
    style = (
        "body{font:14px sans-serif;background:#888;margin:16px}img{width:420px;margin:4px;"
        "background:#fff}h2{margin:24px 0 4px}figure{display:inline-block;margin:0}"
    )
    lines = [f"<!doctype html><meta charset='utf-8'><title>Screens</title><style>{style}</style>"]
    count = 0
    for name in names:
        lines.append(f"<h2>{html.escape(name)}</h2>")
        for file in sorted(folder.glob(f"{name}_*.png")):
            if file.name.rsplit("_", 3)[0] != name:
                continue
            label = html.escape(" ".join(file.stem.rsplit("_", 3)[1:]))
            source = html.escape(file.name)
            lines.append(
                f"<figure><a href='{source}'><img loading='lazy' src='{source}'></a>"
                f"<figcaption>{label}</figcaption></figure>"
            )
            count += 1
    (folder / "index.html").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return count


def main(arguments: list[str]) -> int:
    """Render every size, each in its own process, and write the sheet."""
    folder = Path(arguments[0])
    given = dict(argument.split("=", 1) for argument in arguments[1:])
    only = {name for name in given.get("only", "").split(",") if name}
    if "here" in given:
        render(folder, given["here"], only)
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    for size in given.get("sizes", ",".join(SIZES)).split(","):
        width, height, factor = SIZES[size]
        with tempfile.TemporaryDirectory() as place:
            screen = {"name": "one", "x": 0, "y": 0, "width": width, "height": height, "dpr": 1}
            configuration = Path(place) / "screens.json"
            configuration.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
            environment = {
                **os.environ,
                "QT_QPA_PLATFORM": f"offscreen:configfile={configuration}",
                "QT_SCALE_FACTOR": factor,
            }
            command = [sys.executable, "-m", __spec__.name, *arguments, f"here={size}"]
            subprocess.run(command, check=True, env=environment)
    sys.stdout.write(f"{write_index(folder)} pictures: {folder / 'index.html'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
