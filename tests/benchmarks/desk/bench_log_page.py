"""The log's page over a million entries: opening, scrolling, filtering, memory, entries arriving.

    python -m tests.benchmarks.desk.bench_log_page [FOLDER [ENTRIES]]

A folder keeps the log and its index for the next run: to make them takes minutes. The page, its
reading thread, `LogPages` and the index are the desktop's own; the window is offscreen. Times are
of the GUI's thread by the clock. A scroll is a thumb that jumps to a random row and is painted; a
page that has to be read comes later, in the time that stands beside it.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication

from tests.benchmarks.desktop_probe import resident_kib
from tests.support.desktop.log_page import reader_of_log
from tests.support.desktop.snapshots import session
from tests.support.station.log import LogSite
from tests.support.station.long_log import fill_runs
from ui.app import create_application
from ui.context import UiContext
from ui.navigation import Page, Route
from ui.shell.main_window import MainWindow
from ui.theme.theme import apply_theme, load_theme
from workstation.documents.texts import Texts
from workstation.log_index.index_builder import IndexBuilder
from workstation.log_index.index_file import index_path
from workstation.log_index.search import LogSearch
from workstation.rules.parties import Role
from workstation.session.states import State
from workstation.station.log_pages import LogPages
from workstation.station.log_view import LogQuery

ENTRIES = 1_000_000
SCROLLS = 200
_REST_S = 0.001
_SWITCH_INTERVAL_S = 0.0005
"""As the desktop sets it (ui.app.main)."""

NOW_MS = 1_763_803_500_000
FILTERS = {
    "999,000 of them (kind)": LogQuery(kinds=("verify.result",)),
    "2,000 (kind)": LogQuery(kinds=("session.open",)),
    "one case": LogQuery(case=f"{500_005:010x}"),
    "a word": LogQuery(text="вход"),
    "a day": LogQuery(since_ms=1_763_803_499_999, until_ms=1_763_889_900_000),
}


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def timed_ms(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def make_log(folder: Path, entries: int) -> LogSite:
    """Make the log and its index where they are not there."""
    site = LogSite(folder)
    if not site.path.exists():
        made = timed_ms(lambda: fill_runs(site, entries)) / 1000
        say(f"log                  {made:8.1f} s to make")
    builder = IndexBuilder(index_path(site.path), site.path, site.log_key.vkey)

    def follow() -> None:
        while builder.step():
            pass

    say(f"index                {timed_ms(follow) / 1000:8.1f} s to make or to catch up")
    builder.close()
    return site


def wait(done: Callable[[], bool], longest_s: float = 60.0) -> float:
    """Let the window live until something is so; return the milliseconds."""
    started = time.perf_counter()
    while not done():
        QApplication.processEvents()
        # A window that rests leaves the interpreter to the reading thread.
        time.sleep(_REST_S)
        if time.perf_counter() - started > longest_s:
            raise SystemExit("not within a minute")
    return (time.perf_counter() - started) * 1000


def main(arguments: list[str]) -> int:
    """Measure in the folder that is named, or in one that goes again."""
    entries = int(arguments[1]) if len(arguments) > 1 else ENTRIES
    if arguments:
        return measure(Path(arguments[0]), entries)
    with TemporaryDirectory() as folder:
        return measure(Path(folder), entries)


def measure(folder: Path, entries: int) -> int:
    """Measure and print."""
    site = make_log(folder, entries)
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    application = create_application(["bench"])
    ctx = UiContext(
        Texts("ru"), load_theme("light"), lambda _command: None, lambda: 1_763_803_500_000
    )
    apply_theme(application, ctx.theme)
    search = LogSearch(index=index_path(site.path))
    pages = LogPages(site.path, site.log_key.vkey, lambda: True, search=search)
    ctx.log_pages = pages
    window = MainWindow(ctx)
    window.resize(1280, 680)
    window.show()
    window.show_station(reader_of_log(Role.AUDITOR, log_size=0))
    window.show_session(session(State.IDLE))
    while window.built.prepare():
        pass
    wait(lambda: not ctx.reading.busy)
    gc.collect()
    before = resident_kib("self")
    screen = window.screen_of(Page.LOG)
    table, model = screen.table, screen.model  # type: ignore[attr-defined]

    def shown() -> bool:
        row = table.rowAt(0)
        if row < 0 or model.index(row, 0).data() == "…":
            return False
        table.viewport().repaint()
        return True

    status = reader_of_log(Role.AUDITOR, log_size=entries)
    opening = timed_ms(lambda: (window.show_station(status), window.navigate(Route.LOG)))
    say(f"opens                {opening + wait(shown):8.0f} ms, of it {opening:.0f} in one go")
    bar, jumps, own, read = table.verticalScrollBar(), [], [], []
    chance = random.Random(7)
    for _ in range(SCROLLS):
        place = chance.randrange(bar.maximum())
        begun = time.thread_time()
        jumps.append(
            timed_ms(lambda place=place: (bar.setValue(place), table.viewport().repaint()))
        )
        own.append((time.thread_time() - begun) * 1000)
        read.append(wait(lambda: model.index(table.rowAt(0), 0).data() != "…"))
        begun = time.thread_time()
        jumps.append(timed_ms(table.viewport().repaint))
        own.append((time.thread_time() - begun) * 1000)
    jumps.sort()
    own.sort()
    read.sort()
    say(
        f"random scroll        {statistics.median(jumps):8.1f} ms median,"
        f" p99 {jumps[len(jumps) * 99 // 100]:.1f}, longest {jumps[-1]:.1f};"
        f" of the processor p99 {own[len(own) * 99 // 100]:.1f};"
        f" read after {statistics.median(read):.1f}, p99 {read[SCROLLS * 99 // 100]:.1f}"
    )
    for name, query in FILTERS.items():
        model.search(LogQuery())
        wait(lambda: model.rowCount() == entries and not ctx.reading.busy)
        table.scrollToTop()
        asked = timed_ms(lambda query=query: model.search(query))
        took = wait(lambda: model.rowCount() != entries and (shown() or not model.rowCount()))
        say(f"filter               {asked + took:8.0f} ms to {model.rowCount():,} rows: {name}")
    gc.collect()
    say(f"memory               {(resident_kib('self') - before) / 1024:8.1f} MiB more")
    window.session = None
    ctx.reading.close()
    window.close()
    pages.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
