"""What a large policy costs: 50 operations and 300 rules, read and refused or not, then decided by.

    python -m tests.benchmarks.rules.bench_policy

The shipped policy, its operations and rules stated again under other names. Beside it the same
octets read as TOML only, so that what the program itself takes is a ratio of one run. Processor
time, the best of ROUNDS: a shared machine disturbs the mean.
"""

import re
import sys
import time
import tomllib
from collections.abc import Callable
from datetime import date
from itertools import cycle

import resources
from tests.support.station import sessions
from workstation.rules.policy_file import read_policy, require_in_force
from workstation.session.decision import decide

ROUNDS = 15
DECISIONS = 20
OPERATIONS, RULES = 50, 300
_DAY = date(2026, 11, 22)
_NEXT = re.compile(r"^(?:# |\[(?!\[operations\]\]))", re.MULTILINE)


def state_again() -> bytes:
    """Return the shipped policy with its operations and rules stated again under other names."""
    text = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
    head, *operations = re.split(r"^(?=\[\[operations\]\])", text, flags=re.MULTILINE)
    end = _NEXT.search(operations[-1], 1)
    at = len(operations[-1]) if end is None else end.start()
    operations[-1], tail = operations[-1][:at], operations[-1][at:]
    rules = re.findall(r"^\[\[rules\]\]\n(?:.+\n)+", head, flags=re.MULTILINE)
    more = (
        re.sub(r'^kind = "\w+"', f'kind = "other_{number}"', each, count=1, flags=re.MULTILINE)
        for number, each in enumerate(cycle(operations))
    )
    operations += [next(more) for _ in range(OPERATIONS - len(operations))]
    named = (
        re.sub(r'^id = "[^"]+"', f'id = "{_name(number)}"', each, count=1, flags=re.MULTILINE)
        for number, each in enumerate(cycle(rules))
    )
    others = [next(named) for _ in range(RULES - len(rules))]
    first = head.index("[[rules]]")
    stated = (head[:first], *(f"{each}\n" for each in others), head[first:], *operations, tail)
    return "".join(stated).encode()


def _name(number: int) -> str:
    return f"Z-{number % 100:02}.{chr(ord('a') + number // 100)}"


def measure(run: Callable[[], object]) -> float:
    """Return the best processor time in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        run()
        taken.append(time.process_time() - begun)
    return min(taken) * 1_000


def main() -> None:
    """Say what reading, the day's check and a decision take."""
    stated = state_again()
    policy, evidence = read_policy(stated), sessions.good_evidence("loan_issue")
    parsed = measure(lambda: tomllib.loads(stated.decode()))
    read = measure(lambda: read_policy(stated))
    judged = measure(lambda: [decide(policy, evidence) for _ in range(DECISIONS)]) / DECISIONS
    lines = (
        f"{len(policy.operations)} operations, {len(policy.rules)} rules, {len(stated)} octets",
        f"read and verified {read:.1f} ms, {read / parsed:.2f} of reading the TOML alone",
        f"in force on a day {measure(lambda: require_in_force(policy, _DAY)):.2f} ms",
        f"one decision {judged:.3f} ms",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
