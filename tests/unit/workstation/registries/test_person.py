"""The person registry over real HTTP: bound to the question, signed, of closed words, or nobody."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.x509.iin import Sex
from tests.support.station.sandbox import person
from tests.support.system.http_server import serving
from workstation.registries.endpoint import RegistryEndpoint, RegistryExchange
from workstation.registries.person import (
    ANSWER_TYPE,
    DocumentKind,
    PersonRegistry,
    PersonStatus,
    _NoPerson,
)
from workstation.registries.registry import AnswerStatus
from workstation.rules.reference import ReferenceSource
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.services.answer_signer import AnswerSigner
from workstation.sandbox.services.person_registry import PersonFault, SandboxPersonRegistry

GOOD = person(CustomerKey.GOOD)
NOW_MS = int(datetime(2026, 9, 1, 9, 0, tzinfo=UTC).timestamp() * 1000)
PORTRAIT = b"\xff\xd8\xff and so on"


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return AnswerSigner.open(tmp_path_factory.mktemp("signer"))


@pytest.fixture
def registry(signer):
    served = SandboxPersonRegistry(signer)
    served.start()
    yield served
    served.close()


def endpoint(url, **changes):
    fields = {
        "base_url": url,
        "source": "sandbox",
        "timeout_s": 5,
        "tls_anchors": (),
        "clock_ms": lambda: NOW_MS,
    }
    return RegistryEndpoint(**(fields | changes))


def ask(registry, signer, iin=GOOD.iin, **changes):
    return PersonRegistry(endpoint(registry.url, keys=(signer.public,), **changes)).ask(iin)


def set_fault(registry, fault, **changes):
    registry.put(GOOD.iin, replace(registry.record(GOOD.iin), fault=fault, **changes))


def outcome(found):
    return found.answer.status, found.answer.reason, found.person


def test_a_person_is_told_with_a_portrait(registry, signer):
    found = ask(registry, signer)
    assert (found.answer.status, found.answer.reason) == (AnswerStatus.PASSED, "person.found")
    told = found.person
    assert (told.iin, told.name, told.phone) == (GOOD.iin, GOOD.full_name, GOOD.phone)
    assert (told.birth_date, told.sex) == (date(1992, 3, 14), Sex.FEMALE)
    assert (told.status, told.resident, told.staff) == (PersonStatus.ALIVE, True, False)
    assert (told.other_clients_on_phone, told.married, told.first_loan) == (0, False, False)
    assert told.document.kind is DocumentKind.IDENTITY_CARD
    assert told.document.valid_until == date(2034, 3, 14)
    if told.portrait is None:
        pytest.skip("the demo photographs are not installed")
    assert (told.portrait.taken, told.portrait.source) == (
        date(2024, 3, 14),
        ReferenceSource.REGISTRY,
    )
    assert dict(found.answer.facts)["portrait_sha256"] == told.portrait.sha256


def test_the_record_of_the_question_names_nobody(registry, signer):
    found = ask(registry, signer)
    said = " ".join(map(str, (found.answer, found.person)))
    assert GOOD.iin not in said
    assert GOOD.surname not in said
    assert GOOD.phone not in said


def test_what_the_registry_does_not_say_is_none(registry, signer):
    quiet = {"other_clients_on_phone": None, "married": None, "first_loan": None, "faces": ()}
    set_fault(registry, PersonFault.NONE, **quiet)
    told = ask(registry, signer).person
    assert (told.other_clients_on_phone, told.married, told.first_loan) == (None, None, None)
    assert told.portrait is None


@pytest.mark.parametrize("status", [PersonStatus.DECEASED, PersonStatus.BLOCKED])
def test_who_may_not_be_served_is_told_and_has_failed(registry, signer, status):
    set_fault(registry, PersonFault.NONE, status=status)
    found = ask(registry, signer)
    assert (found.answer.status, found.answer.reason) == (AnswerStatus.FAILED, f"person.{status}")
    assert found.person.status is status


def test_an_iin_that_the_registry_does_not_know_has_failed(registry, signer):
    registry.put(GOOD.iin, None)
    assert outcome(ask(registry, signer)) == (AnswerStatus.FAILED, "person.not_found", None)


FAULTS = {
    PersonFault.SILENT: "no_answer",
    PersonFault.LATE: "no_answer",
    PersonFault.DOWN: "no_answer",
    PersonFault.SERVER_ERROR: "no_answer",
    PersonFault.OVERSIZE: "no_answer",
    PersonFault.WRONG_REQUEST_ID: "malformed",
    PersonFault.OTHER_IIN: "other_iin",
    PersonFault.UNKNOWN_WORD: "malformed",
    PersonFault.EXTRA_MEMBER: "malformed",
    PersonFault.DUPLICATE_MEMBER: "malformed",
    PersonFault.NOT_JSON: "malformed",
    PersonFault.UNSIGNED: "malformed",
    PersonFault.FOREIGN_KEY: "malformed",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_way_of_not_answering_is_nobody_and_says_why(registry, signer, fault):
    set_fault(registry, fault)
    found = ask(registry, signer, timeout_s=1)
    assert outcome(found) == (AnswerStatus.INDETERMINATE, f"person.{FAULTS[fault]}", None)
    # What was read and not understood can still be found again on both sides.
    assert bool(found.answer.body_sha256) is (FAULTS[fault] != "no_answer")


def test_every_fault_of_the_sandbox_is_judged_here_or_by_who_looks_at_the_photo():
    of_the_photo = {PersonFault.FUTURE_PHOTO, PersonFault.NO_FACE, PersonFault.TWO_FACES}
    assert set(PersonFault) == {PersonFault.NONE, *FAULTS, *of_the_photo}


def reply(exchange_id="0" * 32, **changes):
    """Return a whole answer about GOOD as a dict; `person` members are changed by name."""
    told = {
        "name": "Нұрғалиева Әсел",
        "birth_date": "1992-03-14",
        "sex": "female",
        "phone": "+77000000101",
        "status": "alive",
        "resident": True,
        "staff": False,
        "document": None,
        "portrait": {
            "image": base64.b64encode(PORTRAIT).decode(),
            "taken": "2024-03-14",
            "source": "bank",
        },
    }
    return {"request_id": exchange_id, "iin": GOOD.iin, "person": told | changes}


def read(body, *, now_ms=NOW_MS):
    """Judge these octets as an unsigned answer."""
    asked = RegistryExchange("0" * 32, now_ms, now_ms, body)
    try:
        return PersonRegistry(endpoint("http://127.0.0.1:1"))._read(asked, GOOD.iin)
    except _NoPerson as none:
        return none.reason.removeprefix("person.")


def judge(**changes):
    return read(json.dumps(reply(**changes)).encode())


def portrait(**changes):
    return judge(portrait=reply()["person"]["portrait"] | changes)


def test_the_source_of_the_photo_says_who_vouches_for_it():
    assert judge().portrait.source is ReferenceSource.BANK
    assert portrait(source="state").portrait.source is ReferenceSource.REGISTRY


@pytest.mark.parametrize(
    "changes",
    [
        {"image": ""},
        {"image": "AAAA"},
        {"image": "not base64!"},
        {"image": base64.b64encode(b"GIF89a").decode()},
        {"image": base64.b64encode(PORTRAIT + bytes(2 * 1024 * 1024)).decode()},
        {"taken": "2024-02-30"},
        {"taken": "20240214"},
        {"taken": "2024-02-14T00:00:00"},
        {"source": "newspaper"},
    ],
)
def test_a_portrait_that_is_none_makes_the_answer_none(changes):
    assert portrait(**changes) == "malformed"


def test_a_portrait_of_two_mebibytes_is_taken():
    image = PORTRAIT + bytes(2 * 1024 * 1024 - len(PORTRAIT))
    told = portrait(image=base64.b64encode(image).decode())
    assert len(told.portrait.octets) == 2 * 1024 * 1024


def test_a_portrait_from_the_future_is_refused_and_one_of_today_in_kazakhstan_is_not():
    assert portrait(taken="2026-09-01").portrait.taken == date(2026, 9, 1)
    assert portrait(taken="2026-09-02") == "future_photo"
    # At 20:00 UTC it is one in the morning of the next day there.
    evening = int(datetime(2026, 9, 1, 20, 0, tzinfo=UTC).timestamp() * 1000)
    body = reply()
    body["person"]["portrait"]["taken"] = "2026-09-02"
    assert read(json.dumps(body).encode(), now_ms=evening).portrait.taken == date(2026, 9, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 201},
        {"birth_date": "1992-13-01"},
        {"birth_date": "2027-01-01"},
        {"sex": "other"},
        {"phone": "87000000101"},
        {"phone": "+7 700 000 01 01"},
        {"status": "ALIVE"},
        {"resident": "true"},
        {"resident": 1},
        {"staff": None},
        {"other_clients_on_phone": -1},
        {"other_clients_on_phone": 1.0},
        {"married": "no"},
        {"document": {"kind": "driving_licence", "number": "1", "valid_until": None}},
        {"document": {"kind": "passport", "number": "", "valid_until": None}},
        {"document": {"kind": "passport", "number": "N1", "valid_until": "never"}},
        {"surplus": 1},
    ],
)
def test_a_member_outside_its_list_or_bounds_makes_the_answer_none(changes):
    assert judge(**changes) == "malformed"


@pytest.mark.parametrize(
    "missing", ["name", "birth_date", "sex", "phone", "status", "resident", "staff", "document"]
)
def test_a_missing_member_makes_the_answer_none(missing):
    body = reply()
    del body["person"][missing]
    assert read(json.dumps(body).encode()) == "malformed"


@given(st.binary(max_size=300))
def test_any_octets_are_nobody(body):
    assert read(body) == "malformed"


# Under Wine some process-wide switch flushes subnormal numbers to zero, which Hypothesis refuses.
FLOATS = st.floats(allow_subnormal=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=9), inside),
    max_leaves=6,
)


@given(st.sampled_from(sorted(reply()["person"])), JSON)
def test_any_value_in_any_place_is_told_as_it_is_or_makes_the_answer_none(name, value):
    told = read(json.dumps(reply(**{name: value})).encode())
    if isinstance(told, str):
        assert told in {"malformed", "future_photo"}
    else:
        assert told.iin == GOOD.iin


def test_a_signed_answer_of_another_kind_is_none(signer):
    def replied(_method, _path, body, _headers):
        payload = json.dumps(reply(json.loads(body)["request_id"])).encode()
        return 200, {"Content-Type": "application/jose"}, signer.sign(payload, kind)

    answers = {}
    with serving(replied) as host:
        for kind in (ANSWER_TYPE, "comparison-result+jwt", "JWT"):
            at = endpoint(f"http://{host}", keys=(signer.public,))
            answers[kind] = PersonRegistry(at).ask(GOOD.iin).answer.reason
    assert answers == {
        ANSWER_TYPE: "person.found",
        "comparison-result+jwt": "person.malformed",
        "JWT": "person.malformed",
    }


def test_nothing_listening_is_no_answer_and_raises_nothing(signer):
    found = PersonRegistry(endpoint("http://127.0.0.1:1", keys=(signer.public,))).ask(GOOD.iin)
    assert outcome(found) == (AnswerStatus.INDETERMINATE, "person.no_answer", None)
