"""What the client asks and what the sandbox answers is what docs/api describes."""

import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.support.station.sandbox import person
from tests.support.system.http_server import serving
from tests.support.system.openapi import DESCRIPTIONS, Description, payload_of
from workstation.registries.authority import (
    ComparisonRequest,
    PushAuthority,
    SessionAuthority,
)
from workstation.registries.endpoint import AnswerForm, RegistryEndpoint, ask
from workstation.registries.person import PersonRegistry
from workstation.sandbox.people import PEOPLE, CustomerKey
from workstation.sandbox.services.answer_signer import AnswerSigner
from workstation.sandbox.services.face_authority import SandboxFaceAuthority
from workstation.sandbox.services.person_registry import SandboxPersonRegistry

GOOD = person(CustomerKey.GOOD)
JOSE = {"Content-Type": "application/jose"}


def endpoint(url, **changes):
    fields = {
        "base_url": url,
        "source": "sandbox",
        "timeout_s": 5,
        "tls_anchors": (),
        "clock_ms": lambda: 1_788_000_000_000,
    }
    return RegistryEndpoint(**(fields | changes))


def references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        node = list(node.values())
    for each in node if isinstance(node, list) else []:
        yield from references(each)


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_description_is_whole_and_closed(name):
    description = Description.read(name)
    document = description.document
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(document["info"])
    for reference in references(document):
        _, components, kind, component = reference.split("/")
        assert (components, component in document["components"][kind]) == ("components", True)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) <= set(schema["properties"])
    for path, operation in description.operations():
        assert operation["operationId"]
        assert operation["parameters"] == [{"$ref": "#/components/parameters/RequestIdHeader"}]
        for described, schema in (
            (operation["requestBody"], description.question_schema(path)),
            (operation["responses"]["200"], description.answer_schema(path)),
        ):
            example = described["content"]["application/json"]["example"]
            description.require(schema, example)
            with pytest.raises(ValidationError):
                description.require(schema, example | {"surplus": 1})


def record_questions(put, answer=lambda _path, _body: b""):
    """Return path, headers and body of every question that `put(url)` asks."""
    questions = []

    def reply(_method, path, body, headers):
        questions.append((path, headers, json.loads(body)))
        return 200, JOSE, answer(path, json.loads(body))

    with serving(reply) as host:
        put(f"http://{host}")
    return questions


def require_described(description, questions):
    for path, headers, body in questions:
        description.require(description.question_schema(path), body)
        assert headers["X-Request-Id"] == body["request_id"]
        assert headers["Content-Type"] == "application/json"


def test_the_question_about_a_person_is_the_described_one():
    questions = record_questions(lambda url: PersonRegistry(endpoint(url)).ask(GOOD.iin))
    assert [path for path, _, _ in questions] == ["/person"]
    require_described(Description.read("person-registry.yaml"), questions)


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return AnswerSigner.open(tmp_path_factory.mktemp("signer"))


def answer_of(url, path, question):
    """Return the body that the sandbox answers the question with."""
    return ask(endpoint(url), path, question, AnswerForm.signed(8 << 20)).untrusted_body


@pytest.mark.parametrize("iin", [*(each.iin for each in PEOPLE), "000000000000"])
def test_the_sandbox_answers_about_a_person_as_described(signer, iin):
    served = SandboxPersonRegistry(signer)
    served.start()
    try:
        body = answer_of(served.url, "/person", {"iin": iin})
    finally:
        served.close()
    description = Description.read("person-registry.yaml")
    description.require(description.answer_schema("/person"), payload_of(body))
    description.require(description.document["components"]["schemas"]["CompactJws"], body.decode())


def authority_request():
    return ComparisonRequest(GOOD.iin, "ab" * 16, "cd" * 32, b"\xff\xd8\xff live", 95, 60)


def compare(authority):
    return authority.compare(
        authority_request(), cancelled=lambda: False, on_invitation=lambda _invitation: None
    )


def claim(_reference, _nonce):
    return True


def test_the_questions_to_the_authority_are_the_described_ones(signer):
    description = Description.read("authority.yaml")

    def answer(path, question):
        if path == "/sessions":
            opened = {"request_id": question["request_id"], "session": "session-1", "code": "1234"}
            return signer.sign(json.dumps(opened).encode(), "comparison-session+jwt")
        return b""

    def put(url):
        at = endpoint(url, keys=(signer.public,))
        compare(PushAuthority(at, claim))
        compare(SessionAuthority(at, claim, session_s=1, poll_s=0.01))

    questions = record_questions(put, answer)
    asked = [path for path, _, _ in questions]
    assert asked == [path for path, _ in description.operations()]
    require_described(description, questions)


@pytest.mark.parametrize("by_code", [False, True])
def test_the_sandbox_compares_as_described(signer, by_code):
    description = Description.read("authority.yaml")
    served = SandboxFaceAuthority(signer, lambda: 1_788_000_000_000)
    served.by_code = by_code
    bound = {"iin": GOOD.iin, "nonce": "ab" * 16, "evidence_sha256": "cd" * 32}
    served.start()
    try:
        answers = [
            ("/comparisons", answer_of(served.url, "/comparisons", bound | {"image": "/9j/"})),
            ("/sessions", answer_of(served.url, "/sessions", bound)),
        ]
        opened = {"session": payload_of(answers[1][1])["session"]}
        answers += [
            ("/sessions/result", answer_of(served.url, "/sessions/result", opened))
            for _ in range(2)
        ]
    finally:
        served.close()
    for path, body in answers:
        description.require(description.answer_schema(path), payload_of(body))
    assert payload_of(answers[2][1])["state"] == "pending"
    assert payload_of(answers[3][1])["verdict"] == "match"


def test_the_example_of_a_result_is_one_to_the_client():
    described = Description.read("authority.yaml").document["paths"]["/comparisons"]["post"]
    content = {"Content-Type": "application/json"}
    example = described["responses"]["200"]["content"]["application/json"]["example"]
    with serving(lambda *_: (200, content, json.dumps(example).encode())) as host:
        at = endpoint(f"http://{host}", clock_ms=lambda: example["answered_ms"])
        asked = ComparisonRequest(
            example["iin"], example["nonce"], example["evidence_sha256"], b"\xff\xd8\xff", 95, 60
        )
        answer = PushAuthority(at, claim).compare(
            asked, cancelled=lambda: False, on_invitation=lambda _invitation: None
        )
    assert (answer.reason, answer.reference) == ("authority.match", example["reference"])


def test_the_example_of_an_answer_about_a_person_is_one_to_the_client():
    description = Description.read("person-registry.yaml")
    example = description.document["paths"]["/person"]["post"]["responses"]["200"]["content"]
    answer = example["application/json"]["example"]

    def reply(_method, _path, body, _headers):
        content = answer | {"request_id": json.loads(body)["request_id"]}
        return 200, {"Content-Type": "application/json"}, json.dumps(content).encode()

    with serving(reply) as host:
        found = PersonRegistry(endpoint(f"http://{host}")).ask(answer["iin"])
    assert found.answer.reason == "person.found"
    assert found.person.name == answer["person"]["name"]
