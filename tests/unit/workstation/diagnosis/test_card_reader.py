"""`doctor`, the probe and a session mean the same card reader, or none."""

from types import SimpleNamespace

import pytest

from workstation.ctl import doctor_chip
from workstation.diagnosis import carriers
from workstation.diagnosis.probe import ProbeState
from workstation.settings.settings import ChipTable


@pytest.mark.parametrize(
    ("configured", "names", "good"),
    [
        ("", ("A 00",), True),
        ("A 1", ("A 1", "A 12"), True),
        ("", (), False),
        ("C", ("A 00",), False),
        ("", ("A 00", "B 00"), False),
        ("A", ("A 00", "A 01"), False),
    ],
)
def test_what_doctor_warns_of_the_probe_calls_no_reader(monkeypatch, configured, names, good):
    for module in (doctor_chip, carriers):
        monkeypatch.setattr(module, "list_readers", lambda: names)
    loaded = SimpleNamespace(values=SimpleNamespace(chip=ChipTable(reader=configured)))

    [(_, doctor, _)] = doctor_chip.check_configured_reader(loaded)
    probe = carriers._readers(loaded)

    assert (doctor == "good", probe.state is ProbeState.OK) == (good, good)
