"""Records a second that `policy replay` judges, on one core.

Run from the repository's root: python -m tests.benchmarks.replay.bench_replay [sessions]
CPU seconds of this process, so that other work on the machine does not count. Two logs: one whose
sessions are as unlike as chance makes them, and the same again: a year holds few kinds of sessions,
each of which is decided once.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from crypto.log.audit.reader import LogReader
from tests.support.station.recorded import RecordedLog, write_sessions
from workstation.replay.draft import DraftPolicy
from workstation.replay.judgement import Replay
from workstation.replay.reading import CaseReader

ROUNDS = 5


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


def read(log: RecordedLog, replay: Replay | None) -> float:
    """Return the seconds that reading and proving took, and judging unless there is no replay."""
    with LogReader(log.path, log.vkey) as reader, reader.snapshot() as view:
        began = time.process_time()
        for case in CaseReader(view, lambda *_: None, lambda: False).cases():
            if replay is not None:
                replay.judge(case)
        return time.process_time() - began


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as folder:
        log = write_sessions(Path(folder), count)
        draft = DraftPolicy(replace(log.policy, sha256="dd" * 32, idec_match_percent=98), {})
        reads, unlike, known = [], [], []
        for _ in range(ROUNDS):
            replay = Replay(draft)
            reads.append(read(log, None))
            unlike.append(read(log, replay))
            known.append(read(log, replay))
        say(f"{count} sessions a log")
        say(f"read and proven:         {count / min(reads):8.0f} a second")
        say(f"and judged, all unlike:  {count / min(unlike):8.0f} a second")
        say(f"and judged, kinds known: {count / min(known):8.0f} a second")


if __name__ == "__main__":
    main()
