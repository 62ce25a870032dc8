"""A log that grows for years does not keep a branch from opening: a start reads its end only (A11).

The station once read every body at every start, and after every failed append: nine seconds at a
million entries.
"""

import pytest

from crypto.log.file import load
from crypto.log.file.load import RECENT_BODIES
from crypto.log.format.merkle import TILE_WIDTH
from tests.support.station.log import LogSite
from tests.support.station.long_log import RUN, die, fill_runs


def count_rows_read(folder, monkeypatch, count):
    """Start a log of `count` entries whose last session died; return how many bodies are hashed."""
    site = LogSite(folder)
    fill_runs(site, count)
    die(site, 0)
    hashed = []
    with monkeypatch.context() as counting:
        leaf_hash = load.leaf_hash
        counting.setattr(load, "leaf_hash", lambda body: hashed.append(1) or leaf_hash(body))
        site.open().close()
    return len(hashed)


@pytest.mark.parametrize("count", [2_000, 12_000])
def test_a_start_reads_one_run_and_no_more_however_long_the_log_is(tmp_path, monkeypatch, count):
    read = count_rows_read(tmp_path, monkeypatch, count)
    assert RECENT_BODIES <= read <= RUN + 2 * TILE_WIDTH
