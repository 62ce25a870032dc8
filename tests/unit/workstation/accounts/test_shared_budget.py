"""One count for the stations of a branch; each counts alone while the branch does not answer."""

from contextlib import ExitStack

import pytest

from workstation.accounts.attempt_budget import AttemptCount, AttemptSource
from workstation.accounts.cool_down import CoolDown
from workstation.accounts.shared_budget import SharedBudget
from workstation.errors import OperationRefused
from workstation.registries.attempts import AttemptEvent, AttemptRegistry
from workstation.registries.endpoint import RegistryEndpoint
from workstation.sandbox.services.attempts import AttemptFault, SandboxAttempts

IIN, OTHER = "920314400005", "880722300007"
KEEP = 100_000


@pytest.fixture
def branch():
    server = SandboxAttempts()
    server.start()
    yield server
    server.close()


@pytest.fixture
def station(tmp_path, branch):
    """Open stations of the branch by their name."""
    with ExitStack() as opened:

        def build(name):
            endpoint = RegistryEndpoint(branch.url, "attempts", 1, (), lambda: 0)
            local = CoolDown(tmp_path / f"{name}.sqlite", name.encode() * 16)
            budget = SharedBudget(local, AttemptRegistry(endpoint))
            opened.callback(budget.close)
            return budget

        yield build


def fail(budget, at_ms, iin=IIN, teller="T-1"):
    budget.record(iin, at_ms, keep_ms=KEEP, case=f"case-{at_ms}", teller=teller)


def branch_count(refusals, *, lifted=False):
    return AttemptCount(refusals, lifted, AttemptSource.BRANCH)


def alone(refusals, *, lifted=False):
    return AttemptCount(refusals, lifted, AttemptSource.LOCAL_ALONE)


def test_what_one_station_learned_holds_at_the_next(station):
    first, second = station("a"), station("b")
    fail(first, 1_000)
    assert first.refusals_since(IIN, 0) == branch_count(1)
    fail(second, 2_000)

    assert second.refusals_since(IIN, 0) == branch_count(2)
    assert second.refusals_since(IIN, 1_500) == branch_count(1)
    assert second.refusals_since(OTHER, 0) == branch_count(0)


def test_a_lift_holds_in_the_whole_branch_until_the_next_failure(station):
    first, second = station("a"), station("b")
    fail(first, 1_000)
    first.refusals_since(IIN, 0)
    assert second.lift(IIN, by="S-1", at_ms=2_000, since_ms=0) == ()
    second.refusals_since(IIN, 0)
    assert first.refusals_since(IIN, 0) == branch_count(1, lifted=True)

    fail(first, 3_000)

    assert first.refusals_since(IIN, 0) == branch_count(2)


def test_a_lift_is_spent_in_the_whole_branch(station):
    first, second = station("a"), station("b")
    fail(first, 1_000)
    first.lift(IIN, by="S-1", at_ms=2_000, since_ms=0)
    first.refusals_since(IIN, 0)
    second.spend_lift(IIN, 3_000)
    second.refusals_since(IIN, 0)

    assert first.refusals_since(IIN, 0) == branch_count(1)


def test_the_teller_of_a_failure_lifts_nothing_anywhere(station):
    budget = station("a")
    fail(budget, 1_000)
    with pytest.raises(OperationRefused) as refused:
        budget.lift(IIN, by="T-1", at_ms=2_000, since_ms=0)

    assert refused.value.code == "cool_down.same_person"
    assert budget.refusals_since(IIN, 0) == branch_count(1)


@pytest.mark.parametrize("fault", list(AttemptFault)[1:])
def test_a_branch_that_does_not_answer_is_counted_without_and_that_is_said(branch, station, fault):
    first, second = station("a"), station("b")
    fail(second, 500)
    second.refusals_since(IIN, 0)
    branch.fault = fault
    fail(first, 1_000)

    assert first.refusals_since(IIN, 0) == alone(1)
    assert first.refusals_since(OTHER, 0) == alone(0)

    branch.fault = AttemptFault.NONE

    assert first.refusals_since(IIN, 0) == branch_count(2)
    assert second.refusals_since(IIN, 0) == branch_count(2)


def test_an_event_that_is_told_twice_counts_once(station, branch):
    registry = station("a")._registry
    for _ in range(2):
        assert registry.report(IIN, AttemptEvent.REFUSED, 1_000, "e1")

    assert registry.count(IIN, 0).refusals == 1


def test_the_larger_count_holds_when_the_branch_has_forgotten(station, branch):
    budget = station("a")
    fail(budget, 1_000)
    budget.refusals_since(IIN, 0)
    branch._events.clear()

    assert budget.refusals_since(IIN, 0) == branch_count(1)
