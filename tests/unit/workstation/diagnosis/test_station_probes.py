"""`camera`, `registry` and `carrier` tried on a demo station, and every probe the desktop has."""

import json
import sys
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from tests.support.station.sandbox import person
from vision.analysis import InlineAnalysis
from vision.camera.simulated import SimulatedVariant
from workstation.ctl import program
from workstation.diagnosis.areas import ProbeArea
from workstation.diagnosis.probe import ProbeKind, ProbeRunner
from workstation.diagnosis.registries import Inquiry
from workstation.sandbox.demo import DemoStation
from workstation.sandbox.people import CustomerKey

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="demo folders are made for POSIX")

IIN = person(CustomerKey.GOOD).iin
NOT_IN_THE_DEMO = {ProbeKind.TOKEN, ProbeKind.ATTEMPTS, ProbeKind.WITNESS, ProbeKind.CLOCK}


@contextmanager
def station_in(folder):
    with DemoStation(
        folder, variant=SimulatedVariant.GENUINE, analysis=InlineAnalysis()
    ) as station:
        yield station


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("probes") / "station"
    with station_in(folder):
        yield folder


def run(demo, *arguments):
    result = CliRunner().invoke(program, ["--data", str(demo), "--json", *arguments])
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_every_gateway_answers_about_a_person_that_somebody_gave(demo):
    result, rows = run(demo, "registry", "test", "--iin", IIN, "--phone", "+77012223344")

    assert result.exit_code == 0, result.output
    codes = {row["subject"]: row["code"] for row in rows}
    asked = ("phone_owner", "antifraud", "loan_refusal", "person")
    assert {codes[each] for each in asked} == {"probe.answers"}
    assert codes["authority"] == "probe.reached"
    assert IIN not in result.output


def test_without_a_person_the_gateways_are_only_reached(demo):
    result, rows = run(demo, "registry", "test")

    assert (result.exit_code, {row["code"] for row in rows}) == (0, {"probe.reached"})


@pytest.mark.parametrize("iin", ["920314400006", "12", "920314 400005"])
def test_digits_that_are_no_iin_are_asked_about_nowhere(demo, iin):
    result, rows = run(demo, "registry", "test", "--iin", iin)

    assert (result.exit_code, rows[0]["error"]["code"]) == (3, "usage")


def test_a_gateway_that_the_settings_do_not_name_is_not_found(demo):
    result, rows = run(demo, "registry", "test", "tax")

    assert (result.exit_code, rows[0]["error"]["code"]) == (3, "nothing_found")


def test_ncalayer_is_greeted_and_nobody_is_asked_for_a_key(demo):
    result, rows = run(demo, "carrier", "test")

    found = {row["kind"]: row for row in rows}
    assert result.exit_code == 0, result.output
    assert found["ncalayer"]["code"] == "probe.answers"
    assert found["ncalayer"]["facts"]["version"]
    assert found["egov"]["code"] == "probe.reached"


def test_the_camera_of_the_settings_is_measured(demo):
    result, (row,) = run(demo, "camera", "test")

    assert result.exit_code == 0, result.output
    assert (row["code"], row["facts"]["size"]) == ("probe.delivers", "640x480")
    assert float(row["facts"]["rate"]) > 10


def test_a_camera_that_is_not_there_is_said_to_be_absent(demo):
    result, (row,) = run(demo, "camera", "test", "63")

    assert (result.exit_code, row["state"], row["code"]) == (1, "bad", "camera_absent")
    assert row["next"]


def test_every_probe_of_the_desktop_ends_and_names_nobody(tmp_path):
    found, wanted = [], []
    with station_in(tmp_path / "station") as station:
        services = station.services
        services.revocation.update(services.now())
        for area in ProbeArea:
            probes = services.diagnosis.find_probes(area, inquiry=Inquiry(IIN))
            ProbeRunner().run_all(probes, found.append)
            wanted += [each.name for each in probes]

    assert {each.name for each in found} == set(wanted)
    assert {each.kind for each in found} >= {*ProbeKind} - NOT_IN_THE_DEMO
    assert [each for each in found if each.code in {"probe.failed", "probe.hangs"}] == []
    assert IIN not in repr(found)
