"""What comes of a signature that is asked for, late, wrong, broken or given up."""

from dataclasses import replace

from crypto.carrier.errors import CarrierCancelled
from crypto.report.report import Indication
from tests.support.pki import certificates as pki
from tests.support.station.scripted import failing
from tests.support.station.stations import (
    signed,
)
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State
from workstation.station import commands as c


def test_a_cancelled_dialog_can_be_tried_again(desk, site):
    again = site.carrier.answer
    site.carrier.answer = failing(CarrierCancelled("customer"))
    desk.to(State.SIGNATURE)
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert (desk.now.state, desk.now.message) == (State.SIGNATURE, "carrier_cancelled")
    site.carrier.answer = again
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome[0] == "approved"


def test_a_carrier_that_breaks_ends_the_session_as_a_fault(desk, site):
    site.carrier.answer = failing(RuntimeError("broken"))
    desk.to(State.SIGNATURE)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("indeterminate", "internal")


def test_a_signature_over_another_text_rejects(desk, site):
    def other(request, _cancelled):
        return signed(replace(request, document=b"something else"), site.services.now())

    site.carrier.answer = other
    desk.to(State.SIGNATURE)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("rejected", "signature.content_mismatch")
    assert desk.now.signature.indication == Indication.TOTAL_FAILED.value
    assert site.permits() == []


def test_a_signed_file_serves_as_well(desk, site):
    desk.to(State.SIGNATURE)
    file = site.folder / "signed.cms"
    file.write_bytes(pki.world().cms(desk.now.statement.encode(), signing_time=site.services.now()))
    desk.do(c.Sign(SigningMethod.FILE, file))

    assert desk.outcome[0] == "approved"


def test_an_expired_statement_is_replaced_before_it_is_signed(desk, site):
    before = desk.to(State.SIGNATURE).statement
    site.clock.tick(site.services.policy.statement_ttl_ms + 1)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert site.carrier.asked[0].document.decode() != before
    assert site.steps().count("statement") == 2
    assert desk.outcome[0] == "approved"


def test_a_signature_that_arrives_after_the_abort_is_ignored(desk, site):
    desk.to(State.SIGNATURE)
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    task = desk.pending
    desk.do(c.Abort("teller_aborted"))
    desk.pending = task
    desk.settle()

    assert desk.outcome == ("indeterminate", "teller_aborted")
    assert len(site.results()) == 1
    assert site.permits() == []


def test_a_signature_of_before_the_pause_is_not_judged_against_the_new_statement(desk, site):
    desk.to(State.SIGNATURE)
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    late = desk.pending
    outcome = late.run()
    desk.park()
    desk.take_up()
    desk.live()
    assert desk.now.state is State.SIGNATURE
    assert desk.station.finish(late, outcome) is None

    assert desk.now.state is State.SIGNATURE
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.outcome[0] == "approved"


def test_a_validation_of_before_the_pause_is_ignored_too(desk, site):
    desk.to(State.SIGNATURE)
    asked = desk.station.handle(c.Sign(SigningMethod.NCALAYER))
    judging = desk.station.finish(asked, asked.run())
    outcome = judging.run()
    desk.park()
    desk.take_up()
    desk.live()
    desk.station.finish(judging, outcome)

    assert desk.now.state is State.SIGNATURE
    assert desk.now.signature is None


def test_stopping_tells_the_carrier_and_nobody_after_it(desk, site):
    stopped = []
    site.carrier.answer = lambda request, cancelled: (
        stopped.append(cancelled),
        signed(request, site.services.now()),
    )[1]
    desk.to(State.SIGNATURE)
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    waiting, outcome = desk.pending, desk.pending.run()
    desk.station.handle(c.StopSigning())
    assert stopped[0]()
    desk.station.finish(waiting, CarrierCancelled("teller"))
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    desk.pending.run()

    assert outcome
    assert stopped[0]()
    assert not stopped[1]()
