"""An accepted signature is time-stamped as the policy says, and a session never rests on hope."""

import base64
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest

from crypto.asn1 import writer as w
from crypto.carrier.errors import CarrierRefused
from crypto.cms.create import attribute
from crypto.cms.signed_data import SignedData
from crypto.report.alarm import AlarmCode
from crypto.report.policy import TimestampRule
from crypto.revocation.crl import ParsedCrl
from crypto.signatures.revalidation import revalidate
from tests.support.pki import certificates as pki
from tests.support.pki.time_stamping import stamp
from tests.support.pki.time_stamping_server import stamping
from tests.support.station.scripted import failing
from tests.support.station.stations import Desk, signed
from workstation.devices.signing_methods import SigningMethod
from workstation.records.pack_folder import StoredPack
from workstation.records.validation_data_archive import LISTS_FOLDER
from workstation.session.states import State
from workstation.station import commands as c
from workstation.trust.timestamps import Timestamping


@contextmanager
def stamped_desk(site, rule=TimestampRule.WANTED, *, by_carrier=False):
    with stamping(site.services.now) as (server, service):
        services = site.services
        services.policy = replace(services.policy, timestamp=rule)
        services.timestamping = Timestamping(service, by_carrier)
        services.validator = services.validator.wrap_sources(_WithLists)
        yield Desk(site), server


class _WithLists:
    """The validator's sources with the list about the time-stamping authority."""

    def __init__(self, sources):
        world = pki.world()
        self._lists = [world.root_crl(), ParsedCrl.parse(pki.make_crl(world.authority))]
        self.nonce, self.ocsp = sources.nonce, sources.ocsp

    def crls(self, certificate):
        return tuple(("given", each) for each in self._lists if each.issuer == certificate.issuer)


def step_of(site, name="signature"):
    found = [e.data for e in site.entries("verify.step") if e.data["step"] == name]
    return found[-1] if found else None


def opened(site):
    (entry,) = site.entries("verify.result")
    return site.opened_payload(entry)


def test_the_workstation_stamps_what_it_has_accepted(site):
    with stamped_desk(site) as (desk, server):
        desk.to(State.RECORDED)
    assert desk.outcome == ("approved", "decision.approved")
    assert server.asked == 1
    moment = int(pki.NOW.timestamp() * 1000)
    assert step_of(site)["timestamp"] == {"at_ms": moment, "by": "station"}
    cms = base64.b64decode(opened(site)["cms"])
    (signer,) = SignedData.parse(cms).signers
    assert [each.oid for each in signer.unsigned] == ["1.2.840.113549.1.9.16.2.14"]
    assert step_of(site)["cms_sha256"] == sha256(cms).hexdigest()


def test_the_time_stamp_and_what_its_authority_rests_on_are_in_the_evidence(site, tmp_path):
    with stamped_desk(site) as (desk, _):
        desk.to(State.RECORDED)
    path = tmp_path / "payload.json"
    path.write_text(json.dumps(opened(site)))
    stored = StoredPack(path, site.folder / LISTS_FOLDER)
    again = revalidate(stored.pack, stored.octets)
    assert again.same
    assert again.report.signatures[0].timestamp_ms == int(pki.NOW.timestamp() * 1000)


def test_in_ten_years_the_pack_proves_the_signature_by_its_time_stamp_alone(site, tmp_path):
    answer, brought = site.carrier.answer, []

    def keep(request, cancelled):
        brought.append(answer(request, cancelled))
        return brought[-1]

    site.carrier.answer = keep
    with stamped_desk(site) as (desk, _):
        desk.to(State.RECORDED)
    path = tmp_path / "payload.json"
    path.write_text(json.dumps(opened(site)))
    stored = StoredPack(path, site.folder / LISTS_FOLDER)
    later = pki.NOW + timedelta(days=3653)
    proven = revalidate(stored.pack, stored.octets, moment=later)
    assert proven.repeated == (("TOTAL_PASSED", None, "signature.passed"),)
    (bare,) = brought
    name = sha256(bare).hexdigest()
    without = msgspec.structs.replace(stored.pack, cms=name)
    unproven = revalidate(
        without, lambda digest: bare if digest == name else stored.octets(digest), moment=later
    )
    assert unproven.repeated[0][0] == "INDETERMINATE"


def test_nobody_is_asked_where_the_policy_asks_for_none(site):
    with stamped_desk(site, TimestampRule.NONE) as (desk, server):
        desk.to(State.RECORDED)
    assert (desk.outcome[0], server.asked) == ("approved", 0)
    assert "timestamp" not in step_of(site)


def test_a_silent_service_costs_a_wanted_time_stamp_and_no_approval(site):
    with stamped_desk(site) as (desk, server):
        server.status = 503
        desk.to(State.RECORDED)
    assert desk.outcome[0] == "approved"
    assert step_of(site)["timestamp"] == {"fault": "unreachable", "detail": "http_503"}
    assert site.services.alarms.open == ()


def test_without_a_required_time_stamp_nothing_is_approved_and_it_can_be_asked_for_again(site):
    with stamped_desk(site, TimestampRule.REQUIRED) as (desk, server):
        server.status = 503
        desk.to(State.SIGNATURE)
        calls = len(site.carrier.asked)
        shown = desk.do(c.Sign(SigningMethod.NCALAYER))
        assert (shown.state, shown.message) == (State.SIGNATURE, "timestamp_fault.unreachable")
        assert step_of(site, "timestamp.failed")["reason"] == "timestamp_fault.unreachable"
        assert step_of(site) is None
        server.status = 200
        desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.outcome == ("approved", "decision.approved")
    # The customer was asked for one signature only.
    assert len(site.carrier.asked) == calls + 1


@pytest.mark.parametrize("rule", [TimestampRule.WANTED, TimestampRule.REQUIRED])
def test_a_station_without_a_service_says_so(site, rule):
    services = site.services
    services.policy = replace(services.policy, timestamp=rule)
    desk = Desk(site)
    desk.to(State.SIGNATURE)
    shown = desk.do(c.Sign(SigningMethod.NCALAYER))
    if rule is TimestampRule.REQUIRED:
        assert (shown.state, shown.message) == (State.SIGNATURE, "timestamp_fault.not_configured")
    else:
        assert desk.outcome[0] == "approved"
        assert step_of(site)["timestamp"] == {
            "fault": "not_configured",
            "detail": "",
        }


def test_an_answer_to_another_request_is_an_alarm_and_stamps_nothing(site):
    with stamped_desk(site) as (desk, server):
        server.nonce = False
        desk.to(State.RECORDED)
    assert desk.outcome[0] == "approved"
    assert step_of(site)["timestamp"]["fault"] == "nonce_differs"
    alarms = [e.data["code"] for e in site.entries("security.alarm")]
    assert alarms == [AlarmCode.TOKEN_REPLAYED.value]


def test_a_wait_that_the_teller_stops_leaves_the_session_at_the_signature(site):
    with stamped_desk(site) as (desk, server):
        stopped = threading.Event()

        def stop():
            desk.station.handle(c.StopSigning())
            stopped.wait(1)

        server.before = stop
        desk.to(State.SIGNATURE)
        shown = desk.do(c.Sign(SigningMethod.NCALAYER))
        assert (shown.state, shown.message) == (State.SIGNATURE, "timestamp_fault.cancelled")
        server.before = lambda: None
        desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.outcome[0] == "approved"


def test_a_signature_that_is_not_accepted_is_not_stamped(site):
    site.carrier.answer = lambda request, _: signed(request, pki.NOW, holder=pki.world().authority)
    with stamped_desk(site) as (desk, server):
        desk.to(State.RECORDED)
    assert desk.outcome[0] != "approved"
    assert server.asked == 0


def carrier_stamped(request, moment):
    return pki.world().cms(
        request.document,
        signing_time=moment,
        unsigned=lambda value: [
            attribute("1.2.840.113549.1.9.16.2.14", stamp(value, moment)),
        ],
    )


def test_a_carrier_that_stamps_by_itself_is_asked_first_and_its_time_counts(site):
    site.carrier.answer = lambda request, _: carrier_stamped(request, site.services.now())
    with stamped_desk(site, TimestampRule.REQUIRED, by_carrier=True) as (desk, server):
        desk.to(State.RECORDED)
    assert site.carrier.asked[-1].timestamp is True
    assert (desk.outcome[0], server.asked) == ("approved", 0)
    assert step_of(site)["timestamp"]["by"] == "carrier"


def test_a_carrier_that_refuses_is_asked_again_without_its_time_stamp(site):
    good = site.carrier.answer
    site.carrier.answer = failing(CarrierRefused("SIGNING_FAILURE"))
    with stamped_desk(site, by_carrier=True) as (desk, server):
        desk.to(State.SIGNATURE)
        desk.do(c.Sign(SigningMethod.NCALAYER))
        site.carrier.answer = good
        desk.do(c.Sign(SigningMethod.NCALAYER))
    assert [each.timestamp for each in site.carrier.asked] == [True, False]
    assert (desk.outcome[0], server.asked) == ("approved", 1)


def test_junk_that_a_signature_brings_leaves_room_for_the_workstations_time_stamp(site):
    def answer(request, _cancelled):
        junk = [attribute("1.2.840.113549.1.9.16.2.14", stamp(b"else", pki.NOW)) for _ in range(3)]
        return pki.world().cms(
            request.document, signing_time=site.services.now(), unsigned=lambda _: junk
        )

    site.carrier.answer = answer
    with stamped_desk(site, TimestampRule.REQUIRED) as (desk, server):
        desk.to(State.RECORDED)
    assert (desk.outcome[0], server.asked) == ("approved", 1)
    assert step_of(site)["timestamp"]["by"] == "station"


def crowded(added):
    """A carrier's answer whose unsigned attributes are what the customer likes."""
    return lambda request, _: pki.world().cms(
        request.document, signing_time=pki.NOW, unsigned=lambda _value: added
    )


_JUNK = [attribute("1.2.840.113549.1.9.16.2.14", w.sequence(w.integer(n))) for n in range(80)]


@pytest.mark.parametrize("rule", [TimestampRule.WANTED, TimestampRule.REQUIRED])
@pytest.mark.parametrize(
    "added",
    [
        _JUNK[:8],
        [attribute("1.2.840.113549.1.9.16.2.14", stamp(bytes([n]), pki.NOW)) for n in range(12)],
        _JUNK[:64],
        _JUNK,
        [attribute("1.2.840.113549.1.9.16.2.14", *(w.integer(n) for n in range(64)))],
        [w.octet_string(b"no attribute")],
    ],
    ids=["eight", "of_others", "64", "80", "64_values", "no_attribute"],
)
def test_a_customer_keeps_no_time_stamp_away_by_what_is_added_beforehand(site, added, rule):
    site.carrier.answer = crowded(added)
    with stamped_desk(site, rule) as (desk, _):
        desk.to(State.RECORDED)
    assert desk.outcome == ("approved", "decision.approved")
    assert step_of(site)["timestamp"]["by"] == "station"
