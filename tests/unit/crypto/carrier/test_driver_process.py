"""A foreign driver may crash, hang or babble: the workstation loses one signature, nothing else."""

import threading

import pytest

from crypto.carrier.driver_process import ask_driver
from crypto.carrier.errors import CarrierCancelled, CarrierExpired, CarrierProtocol
from tests.support.system import driver_entries


def ask(entry, *, timeout_s=30.0, cancelled=lambda: False):
    return ask_driver(entry, b"question", timeout_s=timeout_s, cancelled=cancelled)


def test_an_answer_comes_back_as_bytes():
    assert ask(driver_entries.echo) == b"question"


@pytest.mark.parametrize("entry", [driver_entries.crash, driver_entries.flood])
def test_a_driver_that_dies_or_floods_is_a_failure_of_the_driver(entry):
    with pytest.raises(CarrierProtocol) as failed:
        ask(entry)
    assert failed.value.detail == "driver"


def test_a_driver_that_hangs_is_ended_in_time():
    with pytest.raises(CarrierExpired) as failed:
        ask(driver_entries.hang, timeout_s=0.5)
    assert failed.value.detail == "timeout"


def test_the_teller_can_stop_a_driver_that_hangs():
    called_off = threading.Event()
    called_off.set()

    with pytest.raises(CarrierCancelled):
        ask(driver_entries.hang, cancelled=called_off.is_set)
