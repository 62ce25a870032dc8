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
from workstation.replay.judgement import Change, Replay
from workstation.replay.reading import CaseReader
from workstation.replay.stored_case import StoredCase

ROUNDS = 5


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


def read(log: RecordedLog) -> tuple[list[StoredCase], float]:
    """Return the sessions of a log, and the seconds that reading and proving them took."""
    with LogReader(log.path, log.vkey) as reader, reader.snapshot() as view:
        began = time.process_time()
        cases = list(CaseReader(view, lambda *_: None, lambda: False).cases())
        return cases, time.process_time() - began


def judge(replay: Replay, cases: list[StoredCase]) -> float:
    """Return the seconds that judging took."""
    began = time.process_time()
    for case in cases:
        replay.judge(case)
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as folder:
        log = write_sessions(Path(folder), count)
        draft = DraftPolicy(replace(log.policy, sha256="dd" * 32, idec_match_percent=98), {})
        reads, colds, warms = [], [], []
        for _ in range(ROUNDS):
            cases, seconds = read(log)
            reads.append(seconds)
            replay = Replay(draft)
            colds.append(judge(replay, cases))
            warms.append(judge(replay, cases))
        refused = sum(replay.judge(each).change is Change.REFUSED for each in cases)
        say(f"{count} sessions; {refused} refused by the draft")
        say(f"read and proven:     {count / min(reads):8.0f} a second")
        say(f"judged, all unlike:  {count / min(colds):8.0f} a second")
        say(f"judged, kinds known: {count / min(warms):8.0f} a second")
        say(f"both, all unlike:    {count / (min(reads) + min(colds)):8.0f} a second")
        say(f"both, kinds known:   {count / (min(reads) + min(warms)):8.0f} a second")


if __name__ == "__main__":
    main()
