"""Killed at any moment, the log has every entry it acknowledged; a damaged tail is not accepted."""

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crypto.errors import LogRolledBack
from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import AuditStatus, Tier
from crypto.log.file.released import ReleasedHead
from tests.support.station.log import LogSite

ROOT = Path(__file__).resolve().parents[5]
KILLS = 20
CHILD = """
import sys
from pathlib import Path
from tests.support.station.log import LogSite

site = LogSite(Path(sys.argv[1]))
store = site.open()
for number in range(int(sys.argv[2])):
    done = store.append("x", {"n": number})
    sys.stdout.write(f"{done.entry.seq} {done.checkpoint.root.hex()}\\n")
    sys.stdout.flush()
sys.stdin.read()
"""


def acknowledged_until_killed(folder, count, most=100_000):
    """Run a child that appends up to `most`, kill it once it has acknowledged `count` entries."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(most)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = [child.stdout.readline() for _ in range(count)]
    child.kill()  # SIGKILL, or TerminateProcess on Windows
    lines += child.stdout.readlines()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    whole = [line for line in lines if re.fullmatch(r"\d+ [0-9a-f]{64}\n", line)]
    return {int(line.split()[0]): line.split()[1] for line in whole}


def test_no_acknowledged_entry_is_lost_by_a_kill(tmp_path):
    site = LogSite(tmp_path)
    site.create().close()
    rng = random.Random(20261122)
    acknowledged = {}
    for _ in range(KILLS):
        fresh = acknowledged_until_killed(tmp_path, rng.randrange(1, 30))
        assert fresh
        assert not acknowledged.keys() & fresh.keys()
        acknowledged |= fresh
        site.clock.run = f"run{rng.random()}"
        with site.open() as store:
            assert store.size > max(acknowledged)
            for seq, root in fresh.items():
                assert store.checkpoint(seq + 1).root.hex() == root
    expected = Expectations(site.log_key.verifier, (site.supervisor.verifier,), len(acknowledged))
    report = audit(site.path, expected, Tier.EVERY_HEAD)
    assert (report.status, report.fault) == (AuditStatus.PASSED, None)


def delete(wal):
    wal.unlink()


def flip(wal):
    content = bytearray(wal.read_bytes())
    content[len(content) // 2] ^= 1
    wal.write_bytes(content)


def truncate(wal):
    wal.write_bytes(wal.read_bytes()[: wal.stat().st_size // 3])


@pytest.mark.parametrize("damage", [delete, flip, truncate])
def test_a_damaged_write_ahead_log_that_sqlite_accepts_is_refused(tmp_path, damage):
    site = LogSite(tmp_path)
    site.create().close()
    # Not one more: after a thousand pages SQLite begins the file anew, and what is damaged then
    # may be what nobody reads any more.
    acknowledged_until_killed(tmp_path, 25, most=25)
    damage(site.path.with_name("log.db-wal"))
    with pytest.raises(LogRolledBack):
        site.open()
    mark = ReleasedHead(site.released_path).last()
    expected = Expectations(site.log_key.verifier, (site.supervisor.verifier,), released=(mark,))
    assert audit(site.path, expected, Tier.INTEGRITY).fault == "rolled_back"
