"""The bank's gateways, tried: name, TLS and, for an ИИН that somebody gave, an answer.

Without an ИИН a gateway is only reached: no made-up person is ever asked about. What it answers is
read by the same readers as in a session, so that a good answer here is one there; the search for
the fault comes after. Nothing of an answer stands in a result, only what was expected.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crypto.jws import JwsRefused
from crypto.net.url import HttpUrl
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.diagnosis.connections import describe_trial, find_failure
from workstation.diagnosis.probe import (
    Probe,
    ProbeFact,
    ProbeFinding,
    ProbeKind,
    ProbeResult,
    conclude,
)
from workstation.registries.attempts import COUNT_PATH, read_tally
from workstation.registries.authority import PushAuthority, SessionAuthority
from workstation.registries.endpoint import (
    WORD,
    AnswerForm,
    PostTrial,
    RegistryEndpoint,
    RegistryExchange,
    try_ask,
)
from workstation.registries.gateways import (
    build_attempts,
    build_authority,
    build_centres,
    build_gateways,
)
from workstation.registries.identification import IdentificationCentre
from workstation.registries.person import ANSWER_TYPE, PERSON_FORM, PERSON_PATH, PersonRegistry
from workstation.registries.questions import read_answer
from workstation.rules.questions.definition import CUSTOMER, KIND, RegistryQuestion
from workstation.settings.settings import LoadedSettings

__all__ = ["Inquiry", "registry_probes"]

_SLACK_S: Final = 5.0
"""Beyond an exchange's own deadline: for a name that is looked up and a thread that starts."""

_TRIED_KIND: Final = "change_trusted_phone"
_READABLE: Final = frozenset(
    {"person.found", "person.not_found", "person.deceased", "person.blocked"}
)
_PERSON_MEMBERS: Final = "request_id, iin, person"

_Stopped = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Whom registries are asked about; empty: nobody.

    phone  for questions about a number
    """

    untrusted_iin: str = ""
    untrusted_phone: str = ""

    def fill(self, question: RegistryQuestion) -> dict[str, str] | None:
        """Return the members of a question; None when it needs more than is given."""
        known = {CUSTOMER: self.untrusted_iin, KIND: _TRIED_KIND}
        members = {}
        for member, filled_by in question.asks:
            value = known.get(filled_by, self.untrusted_phone if "phone" in filled_by else "")
            if value:
                members[member] = value
            elif member not in question.optional:
                return None
        return members


@dataclass(frozen=True, slots=True)
class _Tried:
    """One question of a gateway.

    accepts   whether a session would take the exchange as an answer
    explain   looks for what is wrong with the decoded members of one that it would not take
    typ       of a signed answer; empty: unsigned
    """

    path: str
    members: Mapping[str, str]
    accepts: Callable[[RegistryExchange], bool]
    explain: Callable[[dict[str, Any]], tuple[ProbeFinding, str]]
    form: AnswerForm = WORD
    typ: str = ""


def registry_probes(
    loaded: LoadedSettings,
    questions: tuple[RegistryQuestion, ...],
    clock_ms: Callable[[], int],
    inquiry: Inquiry,
) -> tuple[Probe, ...]:
    """Return a probe of every gateway that the settings name; SettingsRefused with the place.

    questions  of the policy, by which the gateways are asked
    """
    gateways = build_gateways(loaded, clock_ms)
    found = [
        _probe(ProbeKind.REGISTRY, name, endpoint, _choose_question(name, questions, inquiry))
        for name, endpoint in gateways.registries.items()
    ]
    if gateways.persons is not None:
        asked = _ask_person(gateways.persons, inquiry)
        found.append(_probe(ProbeKind.REGISTRY, "person", gateways.persons.endpoint, asked))
    if gateways.relations is not None:
        found.append(_probe(ProbeKind.REGISTRY, "relations", gateways.relations.endpoint))
    attempts = build_attempts(loaded, clock_ms)
    if attempts is not None:
        found.append(
            _probe(ProbeKind.ATTEMPTS, "attempts", attempts.endpoint, _ask_attempts(inquiry))
        )
    return (*found, *_reached_only(loaded, clock_ms))


def _reached_only(loaded: LoadedSettings, clock_ms: Callable[[], int]) -> Iterator[Probe]:
    """Yield those whose questions carry a face: to try them takes a customer."""

    def never(_reference: str, _nonce: str) -> bool:
        return False

    authority = build_authority(loaded, clock_ms, never)
    if isinstance(authority, PushAuthority | SessionAuthority):
        yield _probe(ProbeKind.AUTHORITY, "authority", authority.endpoint)
    for way, centre in build_centres(loaded, clock_ms, never).items():
        if isinstance(centre, IdentificationCentre):
            yield _probe(ProbeKind.CENTRE, way.value, centre.endpoint)


def _probe(
    kind: ProbeKind, name: str, endpoint: RegistryEndpoint, tried: _Tried | None = None
) -> Probe:
    def run(stopped: _Stopped) -> ProbeResult:
        if tried is None:
            return _reach(kind, name, endpoint, stopped)
        return _ask(kind, name, endpoint, tried, stopped)

    return Probe(kind, name, run, endpoint.timeout_s + _SLACK_S)


def _where(endpoint: RegistryEndpoint) -> tuple[ProbeFact, str]:
    """Name scheme, host and port: what follows may be a secret of the bank's."""
    scheme, host, port = HttpUrl.parse(endpoint.base_url).origin
    return ProbeFact.ADDRESS, f"{scheme}://{host}:{port}"


def _reach(
    kind: ProbeKind, name: str, endpoint: RegistryEndpoint, stopped: _Stopped
) -> ProbeResult:
    trial, where = endpoint.reach(stopped), _where(endpoint)
    if trial.failure is not None:
        found = find_failure(trial.failure, foreign=trial.foreign)
        return conclude(kind, name, found, where)
    vouched = (ProbeFact.VOUCHED, endpoint.voucher)
    return conclude(kind, name, ProbeFinding.REACHED, where, vouched)


def _ask(
    kind: ProbeKind, name: str, endpoint: RegistryEndpoint, tried: _Tried, stopped: _Stopped
) -> ProbeResult:
    exchange, trial = try_ask(endpoint, tried.path, tried.members, tried.form, stopped)
    where = _where(endpoint)
    if tried.accepts(exchange):
        vouched = (ProbeFact.VOUCHED, endpoint.voucher)
        return conclude(kind, name, ProbeFinding.ANSWERS, where, vouched)
    finding, facts = _find_fault(endpoint, tried, exchange, trial)
    return conclude(kind, name, finding, where, *facts)


def _find_fault(
    endpoint: RegistryEndpoint, tried: _Tried, exchange: RegistryExchange, trial: PostTrial
) -> tuple[ProbeFinding, tuple[tuple[ProbeFact, str], ...]]:
    """Say in which step an answer that no session takes is none: the first one counts."""
    wrong = describe_trial(trial, tried.form.media_types)
    if wrong is not None or trial.untrusted_body is None:
        return wrong or (ProbeFinding.FAILED, ())
    payload = trial.untrusted_body
    if tried.typ:
        try:
            payload = endpoint.verify(payload, tried.typ)
        except JwsRefused as refused:
            unsigned = payload.lstrip()[:1] == b"{"
            finding = ProbeFinding.UNSIGNED if unsigned else ProbeFinding.SIGNATURE
            return finding, ((ProbeFact.CODE, refused.detail),)
    try:
        members = strict_decoded(payload, dict[str, Any])
    except JsonRefused:
        return ProbeFinding.NOT_JSON, ()
    if members.get("request_id") != exchange.request_id:
        return ProbeFinding.OTHER_QUESTION, ((ProbeFact.EXPECTED, "request_id"),)
    finding, expected = tried.explain(members)
    return finding, ((ProbeFact.EXPECTED, expected),)


def _choose_question(
    name: str, questions: tuple[RegistryQuestion, ...], inquiry: Inquiry
) -> _Tried | None:
    """Return the first question of the policy to this registry that can be put; None for none."""
    if not inquiry.untrusted_iin:
        return None
    for question in questions:
        members = inquiry.fill(question) if question.registry == name else None
        if members is not None:
            return _Tried(question.path, members, _accepts(question), _explains(question))
    return None


def _accepts(question: RegistryQuestion) -> Callable[[RegistryExchange], bool]:
    return lambda exchange: read_answer(question, exchange)[0] is not None


def _explains(
    question: RegistryQuestion,
) -> Callable[[dict[str, Any]], tuple[ProbeFinding, str]]:
    wanted, counted = {"request_id", question.member}, {each.name for each in question.facts}

    def explain(members: dict[str, Any]) -> tuple[ProbeFinding, str]:
        if members.keys() - counted != wanted:
            optional = ", ".join(f"[{each}]" for each in sorted(counted))
            return ProbeFinding.OTHER_MEMBERS, ", ".join(filter(None, (*sorted(wanted), optional)))
        words = " | ".join(each.word for each in question.answers)
        return ProbeFinding.OTHER_WORD, f"{question.member}: {words}"

    return explain


def _ask_person(persons: PersonRegistry, inquiry: Inquiry) -> _Tried | None:
    iin = inquiry.untrusted_iin
    if not iin:
        return None

    def explain(members: dict[str, Any]) -> tuple[ProbeFinding, str]:
        if members.get("iin") != iin:
            return ProbeFinding.OTHER_PERSON, "iin"
        return ProbeFinding.OTHER_MEMBERS, _PERSON_MEMBERS

    return _Tried(
        path=PERSON_PATH,
        members={"iin": iin},
        accepts=lambda exchange: persons.read(exchange, iin).answer.reason in _READABLE,
        explain=explain,
        form=PERSON_FORM,
        typ=ANSWER_TYPE,
    )


def _ask_attempts(inquiry: Inquiry) -> _Tried | None:
    if not inquiry.untrusted_iin:
        return None
    return _Tried(
        path=COUNT_PATH,
        members={"iin": inquiry.untrusted_iin, "since_ms": "0"},
        accepts=lambda exchange: read_tally(exchange) is not None,
        explain=lambda _members: (ProbeFinding.OTHER_MEMBERS, "lifted, refusals, request_id"),
    )
