import hashlib
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from crypto.asn1 import oids
from crypto.report.policy import CarrierRule, Environment, IdentificationRule, TimestampRule
from tests.support.station.operations import KINDS
from workstation.errors import PolicyRefused
from workstation.rules.checks import CheckId, Hardness
from workstation.rules.conditions import CaseFacts
from workstation.rules.facts.effects import Wait
from workstation.rules.local_time import KAZAKHSTAN
from workstation.rules.parties import PartyRole
from workstation.rules.people.signer import SIGNER_OF_BEFORE
from workstation.rules.policy import Policy
from workstation.rules.policy_file import (
    MAX_POLICY_BYTES,
    read_policy,
    require_in_force,
)

PATH = resources.path("policies", "kz-2026-07-12.toml")
SHIPPED = PATH.read_bytes()
TODAY = date(2026, 11, 22)
IIN_AGAIN = '"iin", hardness = "hard", rule = "B-01.iin"'
TWO_FACTORS = (CheckId.LIVENESS, CheckId.MATCH, CheckId.SIGNATURE)


def refusal(content):
    with pytest.raises(PolicyRefused) as refused:
        read_policy(content.encode() if isinstance(content, str) else content)
    return refused.value.detail


def edited(pattern, replacement, count=1):
    text, changes = re.subn(pattern, replacement, SHIPPED.decode(), count=count, flags=re.MULTILINE)
    assert changes > 0
    return text


def test_the_shipped_policy_is_accepted_and_in_force():
    policy = read_policy(SHIPPED)
    require_in_force(policy, TODAY)
    assert policy.id == PATH.stem
    assert policy.sha256 == hashlib.sha256(SHIPPED).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_demands_face_and_signature_firmly(kind):
    operation = read_policy(SHIPPED).operation(kind)
    assert [operation.requires(check).hardness for check in TWO_FACTORS] == [Hardness.HARD] * 3


def test_what_is_not_hard_is_what_a_second_person_or_a_later_review_can_judge():
    soft = {
        CheckId.OLD_PHONE_OWNER,
        CheckId.NUMBER_NOT_SHARED,
        CheckId.OLD_NUMBER_CALLED,
        CheckId.AGE_CONFIRMED,
        CheckId.REFERENCE_CONFIRMED,
        CheckId.DOCUMENT_NAME,
        CheckId.NAME,
        CheckId.KEY_AGE,
        "four_eyes",
    }
    silent = {CheckId.NOT_STAFF, CheckId.NOT_STAFF_FACE, CheckId.ONE_IDENTITY}
    found = {Hardness.SOFT: set(), Hardness.SILENT: set(), Hardness.HARD: set()}
    for operation in read_policy(SHIPPED).operations:
        for people in ((PartyRole.CUSTOMER,), *(each.roles for each in operation.parties)):
            for required in operation.required_of(people):
                found[required.hardness].add(required.check)
    assert found == {
        Hardness.SOFT: soft,
        Hardness.SILENT: silent,
        Hardness.HARD: set(CheckId) - soft - silent | {"own_will"},
    }


def test_each_operation_has_its_own_checks():
    policy = read_policy(SHIPPED)
    own = {
        operation.kind: {required.check for required in operation.required}
        for operation in policy.operations
        if operation.kind in KINDS
    }
    everywhere = set.intersection(*own.values())
    assert everywhere == {
        CheckId.IIN,
        CheckId.AGE,
        CheckId.COOL_DOWN,
        CheckId.PERSON,
        CheckId.NOT_STAFF,
        CheckId.PHONE_OWNER,
        CheckId.NUMBER_NOT_SHARED,
        CheckId.ANTIFRAUD,
        CheckId.CONSENT,
        CheckId.REFERENCE,
        CheckId.DOCUMENT_NAME,
        CheckId.NOT_STAFF_FACE,
        CheckId.ONE_IDENTITY,
        CheckId.NAME,
        CheckId.KEY_AGE,
        *TWO_FACTORS,
    }
    assert own["change_trusted_phone"] - everywhere == {
        CheckId.OLD_PHONE_OWNER,
        CheckId.OLD_NUMBER_CALLED,
        CheckId.REFERENCE_CONFIRMED,
    }
    assert own["app_registration"] - everywhere == {CheckId.AUTHORITY}
    assert own["loan_issue"] - everywhere == {
        CheckId.LOAN_REFUSAL,
        CheckId.SPOUSE_CONSENT,
        CheckId.PERSONAL_VISIT,
        CheckId.QUESTIONNAIRE,
        CheckId.AGE_CONFIRMED,
        CheckId.AUTHORITY,
    }


def test_every_rule_has_its_basis_in_three_languages():
    for rule in read_policy(SHIPPED).rules:
        texts = {rule.text(language) for language in ("kk", "ru", "en")}
        assert len(texts) == 3, rule.id
    with pytest.raises(PolicyRefused):
        read_policy(SHIPPED).rules[0].text("de")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_rule_without_a_language_is_refused(language):
    assert f"`{language}`" in refusal(edited(rf"^{language} = .*$", ""))
    assert f".{language}" in refusal(edited(rf"^{language} = .*$", f'{language} = ""'))


@pytest.mark.parametrize("check", TWO_FACTORS)
@pytest.mark.parametrize("occurrence", [1, 2, 3])
def test_neither_factor_can_be_dropped_or_softened(check, occurrence):
    line = rf'^  \{{ check = "{check}".*$\n'
    lines = list(re.finditer(line, SHIPPED.decode(), flags=re.MULTILINE))
    start, end = lines[occurrence - 1].span()
    text = SHIPPED.decode()
    dropped = text[:start] + text[end:]
    softened = text[:start] + text[start:end].replace('"hard"', '"soft"') + text[end:]
    assert refusal(dropped) == f"$.operations[{occurrence - 1}].required: {check} is missing"
    assert refusal(softened) == f"$.operations[{occurrence - 1}].required: {check} must be hard"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("commands_min", "2"),
        ("commands_min", "0"),
        ("attempts_max", "4"),
        ("attempts_max", "0"),
        ("permit_ttl_s", "301"),
        ("minimum_rsa_bits", "1024"),
        ("minimum_age", "-1"),
        ("clock_tolerance_s", "86400"),
        ("session_deadline_ms", "0"),
        ("crl_max_age_s", "99999999"),
        ("attempts_max", "3.0"),
        ("attempts_max", '"3"'),
        ("attempts_max", "true"),
    ],
)
def test_a_limit_beyond_what_the_law_or_sense_allows_is_named(key, value):
    assert f"`$.limits.{key}`" in refusal(edited(rf"^{key} = [\d_]+", f"{key} = {value}"))


def test_the_score_of_the_state_centre_is_never_below_95():
    assert "$.authority" in refusal(edited(r"^idec_match_percent = 95", "idec_match_percent = 94"))


@pytest.mark.parametrize(
    ("pattern", "replacement", "named"),
    [
        (r"^\[limits\]", "[limits]\nsurprise = 1", "`$.limits`"),
        (r'^id = "kz', 'surprise = 1\nid = "kz', "surprise"),
        (r'^grade = "press"', 'grade = "press"\nsurprise = 1', "`$.rules[0]`"),
        (r'^grade = "press"', 'grade = "rumour"', "grade"),
        (r'rule = "B-02", any', 'rule = "B-77", any', "rules.B-77"),
        (r'rule = "B-02", any', 'rule = "E-03", any', "E-03 is not about liveness"),
        (r'^id = "E-03"', 'id = "E-02"', "E-02 is stated twice"),
        (r"^year = 2026", "year = 2025", "2025 is stated twice"),
        (r'^kind = "loan_issue"', 'kind = "app_registration"', "stated twice"),
        (r'"age", hardness = "hard", rule = "A-01"', IIN_AGAIN, "iin is stated twice"),
        (r'^name = "loan"', 'name = "approved"', "$.retention: approved is stated twice"),
        (r'^name = "other"', 'name = "other"\noutcomes = ["rejected"]', "$.retention: the last"),
        (r"^years = 10", "years = 0", "$.retention[0].years"),
        (r"^maximum_age = 120", "maximum_age = 17", "maximum_age"),
        (r"^valid_from = 2026-07-12", "valid_from = 2026-07-12\nvalid_to = 2026-07-11", "valid_to"),
        (r"^effective_from", "effective_to = 2020-01-01\neffective_from", "effective_to"),
        (r"^match_ppm = 550_000", "match_ppm = 0.4", "$.vision.match"),
        (r"^live_person_ppm = 150_000", "live_person_ppm = 0", "$.faces.live_person_ppm"),
        (r"^live_person_ppm = 150_000", "live_person_ppm = 1_000_000", "live_person_ppm"),
        (r"^document_share_ppm = .*$", "", "document_share_ppm"),
        (r'^undecided = "review"', 'undecided = "teller"', "undecided"),
        (r'^undecided = "review"', 'undecided = "authority"', "authority is missing"),
        (r'source = "chip"', 'source = "selfie"', "source"),
        (r'source = "chip"', 'source = "bank"', "reference: bank is stated twice"),
        (r'"file", greatest_age_days = 0', '"file", greatest_age_days = -1', "greatest_age_days"),
        (r'"B-05" \}', '"B-05", when = [{ fact = "age", above = 1 }] }', "must be unconditional"),
        (r'"authority", hardness = "hard"', '"authority", hardness = "soft"', "must be hard"),
        (r'"iin", hardness = "hard"', '"iin", hardness = "silent"', "iin may not be silent"),
        (r'"consent", hardness = "hard"', '"consent", hardness = "silent"', "may not be silent"),
        (r'"age_confirmed", hardness = "soft"', '"age_confirmed", hardness = "hard"', "be soft"),
        (
            r'"reference_confirmed", hardness = "soft"',
            '"reference_confirmed", hardness = "hard"',
            "must be soft",
        ),
        (r'\["document_camera", "file"\]', '["document_camera"]', "leaves file out"),
        (r'^  \{ check = "reference_confirmed"(.*\n){3}', "", "reference_confirmed is missing"),
        (r'fact = "reference_source", one_of = .*$', 'fact = "age", above = 20 },', "out"),
        (
            r'fact = "reference_source", one_of = .*$',
            'fact = "channel", one_of = ["branch"] },',
            "reference_confirmed leaves",
        ),
        (
            r'fact = "reference_source", one_of = .*$',
            'fact = "reference_source" },',
            "one of one_of is wanted",
        ),
        (
            r'\["document_camera", "file"\]',
            '["document_camera", "file", "selfie"]',
            "selfie is unknown",
        ),
        (r'\["document_camera", "file"\]', "[]", "one_of"),
        (r"outside = \[21, 55\]", "outside = [55, 21]", "outside is the wrong way round"),
        (r"outside = \[21, 55\]", "outside = [21]", "outside"),
        (r"outside = \[21, 55\]", "equals = true", "one of above, at_least, outside is wanted"),
        (r"at_least = 1_000 ", "at_least = 1_000, above = 1 ", "is wanted"),
        (r"at_least = 1_000 ", "at_least = -1 ", "at_least"),
        (r'"married", equals = true', '"married", above = 1', "one of equals is wanted"),
        (r'"married", equals = true', '"shoes", equals = true', "fact"),
        (r"hours = 8,", "hours = 0,", "waits[0].hours"),
        (r"hours = 8,", "hours = 721,", "waits[0].hours"),
        (r'hours = 8, rule = "L-02"', 'hours = 8, rule = "L-77"', "rules.L-77"),
        (r'hours = 8, rule = "L-02"', 'hours = 8, rule = "L-01"', "L-01 is not about a wait"),
        (r"hours = 8, (.*)above = 150", r"hours = 8, \1equals = true", "].waits.when.amount_mci"),
    ],
)
def test_what_contradicts_itself_or_is_unknown_is_named(pattern, replacement, named):
    assert named in refusal(edited(pattern, replacement))


def test_checks_stand_in_the_order_they_are_performed():
    lines = SHIPPED.decode().splitlines()
    first = next(i for i, line in enumerate(lines) if 'check = "iin"' in line and "{" in line)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    assert "out of order" in refusal("\n".join(lines))


@pytest.mark.parametrize(
    ("day", "accepted"),
    [(date(2026, 7, 11), False), (date(2026, 7, 12), True), (date(2030, 1, 1), True)],
)
def test_a_policy_binds_from_its_first_day(day, accepted):
    outcome = True
    try:
        require_in_force(read_policy(SHIPPED), day)
    except PolicyRefused:
        outcome = False
    assert outcome is accepted


def test_a_policy_or_a_rule_behind_a_check_that_has_ended_is_not_in_force():
    ended = edited(r"^valid_from = 2026-07-12", "valid_from = 2026-07-12\nvalid_to = 2026-08-01")
    rule_ended = edited(r'^id = "B-02"$', 'id = "B-02"\neffective_to = 2026-08-01')
    for content in (ended, rule_ended):
        policy = read_policy(content.encode())
        require_in_force(policy, date(2026, 8, 1))
        with pytest.raises(PolicyRefused, match="not in force"):
            require_in_force(policy, date(2026, 8, 2))


@pytest.mark.parametrize(
    ("amount", "hours"), [(648_750, 0), (648_751, 8), (1_102_875, 8), (1_102_876, 24)]
)
def test_a_larger_loan_cools_off_longer(amount, hours):
    policy = read_policy(SHIPPED)
    facts = CaseFacts(age=36, amount_kzt=amount, mci_kzt=policy.mci_on(TODAY))
    wait = policy.operation("loan_issue").longest_wait(facts)
    assert (0 if wait is None else wait.hours) == hours


@pytest.mark.parametrize(("amount", "rule"), [(648_750, ""), (648_751, "L-02")])
def test_who_waits_for_a_loan_confirms_it_once_more(amount, rule):
    policy = read_policy(SHIPPED)
    facts = CaseFacts(age=36, amount_kzt=amount, mci_kzt=policy.mci_on(TODAY))
    assert policy.operation("loan_issue").second_confirmation(facts) == rule


def test_nobody_confirms_once_more_what_does_not_wait():
    line = 'second_confirmation = [{ rule = "L-02" }]\nundecided = "review"'
    with pytest.raises(PolicyRefused, match="there is no wait to confirm after"):
        read_policy(edited(r'^undecided = "review"', line).encode())


def test_a_year_without_its_index_is_refused_not_guessed():
    policy = read_policy(SHIPPED)
    with pytest.raises(PolicyRefused, match=r"mci_kzt\.2027"):
        policy.mci_on(date(2027, 1, 1))
    with pytest.raises(PolicyRefused, match="mci"):
        policy.operation("loan_issue").longest_wait(CaseFacts(36, 1, None))


@pytest.mark.parametrize("kind", ["change_trusted_phone", "app_registration"])
def test_what_has_no_amount_does_not_wait(kind):
    operation = read_policy(SHIPPED).operation(kind)
    assert (operation.needs_mci, operation.longest_wait(CaseFacts(36, 0, None))) == (False, None)


def test_any_operation_may_wait_and_without_a_condition_always_does():
    always = edited(
        r'^undecided = "review"', 'waits = [{ hours = 5, rule = "L-02" }]\nundecided = "review"'
    )
    operation = read_policy(always.encode()).operation("change_trusted_phone")
    wait = operation.longest_wait(CaseFacts(36, 0, None))
    assert (operation.needs_mci, wait) == (False, Wait(5, "L-02"))


def test_a_wait_whose_rule_has_ended_is_not_in_force():
    ended = edited(r'^id = "L-02"$', 'id = "L-02"\neffective_to = 2026-08-01')
    policy = read_policy(ended.encode())
    require_in_force(policy, date(2026, 8, 1))
    with pytest.raises(PolicyRefused, match="L-02 is not in force"):
        require_in_force(policy, date(2026, 8, 2))


def test_an_operation_that_the_policy_does_not_cover_is_refused():
    text = SHIPPED.decode()
    shorter = text[: text.rindex("[[operations]]")] + text[text.index("[documents.roles]") :]
    shorter = shorter.replace(', "aml_update"]', "]")
    kinds = [
        {each.kind for each in read_policy(of).operations} for of in (SHIPPED, shorter.encode())
    ]
    left = kinds[0] - kinds[1]
    assert len(left) == 1
    with pytest.raises(PolicyRefused, match=min(left)):
        read_policy(shorter.encode()).operation(min(left))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"a = " + b"[" * 50_000, b"a = " + b"9" * 5_000, b"id = 1\nid = 2", b"\x00"],
)
def test_what_is_not_a_policy_is_refused(content):
    assert refusal(content)


def test_a_file_too_large_is_refused_before_it_is_parsed():
    assert "larger" in refusal(b"#" * (MAX_POLICY_BYTES + 1))


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_as_a_policy(untrusted):
    assert refusal(untrusted)


@given(st.data())
def test_a_damaged_policy_is_a_policy_or_a_refusal(data):
    content = bytearray(SHIPPED)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        outcome = type(read_policy(bytes(content)))
    except PolicyRefused as refused:
        outcome = refused.code
    assert outcome in {Policy, "policy_refused"}


@pytest.mark.parametrize("key", ["carrier", "identification"])
@pytest.mark.parametrize("value", ['"cloud"', '""', "1", "true"])
def test_an_unknown_demand_on_the_signature_is_named(key, value):
    named = refusal(edited(rf'^{key} = "any"', f"{key} = {value}"))
    assert f"$.signature.{key}" in named


def test_a_policy_cannot_leave_the_demands_on_the_signature_open():
    assert "$.signature" in refusal(edited(r"^carrier = .*$", ""))


def test_a_policy_may_ask_for_hardware_and_for_identification_in_person():
    text = edited(r'^carrier = "any"', 'carrier = "hardware"')
    policy = read_policy(
        text.replace('identification = "any"', 'identification = "not_remote"').encode()
    )
    assert policy.carrier is CarrierRule.HARDWARE
    assert policy.identification is IdentificationRule.NOT_REMOTE


def test_a_policy_that_says_nothing_of_time_stamps_asks_for_none():
    assert read_policy(SHIPPED).timestamp is TimestampRule.WANTED
    silent = edited(r"^timestamp = .*$", "")
    assert read_policy(silent.encode()).timestamp is TimestampRule.NONE
    required = edited(r"^timestamp = .*$", 'timestamp = "required"')
    assert read_policy(required.encode()).timestamp is TimestampRule.REQUIRED


def test_a_time_stamp_cannot_be_required_of_clocks_that_must_agree_to_the_second():
    text = edited(r"^timestamp = .*$", 'timestamp = "required"')
    exact = text.replace("clock_tolerance_s = 60", "clock_tolerance_s = 0")
    assert "clock_tolerance_s" in refusal(exact)


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (r"^roles = .*$", "roles = []"),
        (r"^roles = .*$", 'roles = ["individual"]'),
        (r"^roles = .*$", 'roles = ["1.2.398.03"]'),
        (r"^authority_policies = .*$", 'authority_policies = ["1..2"]'),
        (r"^start_tolerance_s = 300", "start_tolerance_s = 601"),
        (r"^start_tolerance_s = 300", "start_tolerance_s = -1"),
        (r"^certificate_named = true", "certificate_named = 1"),
    ],
)
def test_a_demand_on_the_signer_that_is_none_is_refused(line, change):
    assert "$.signature." in refusal(edited(line, change))


def test_a_policy_that_says_nothing_of_the_signer_accepts_whom_it_accepted_before():
    silent = re.sub(
        r"^(certificate_named|start_tolerance_s|roles|authority_policies|test_authority_policies) ="
        r".*$|^policies = \[[^]]*\]$",
        "",
        SHIPPED.decode(),
        flags=re.MULTILINE,
    )
    # Except that a signature has to name its certificate, whoever wrote the policy.
    assert read_policy(silent.encode()).signer == replace(SIGNER_OF_BEFORE, certificate_named=True)


@pytest.mark.parametrize("name", ["kz-2024-08-20", "kz-2026-01-19"])
def test_a_shipped_policy_of_before_demands_of_the_signer_what_it_demanded(name):
    stated = resources.path("policies", f"{name}.toml").read_bytes()
    assert read_policy(stated).signer == SIGNER_OF_BEFORE


def test_the_shipped_policy_accepts_persons_under_the_policies_of_the_national_centre():
    signer = read_policy(SHIPPED).signer
    assert signer.roles == (oids.KZ_INDIVIDUAL,)
    assert set(signer.policies) == {oids.KZ_POLICIES, f"{oids.KZ_POLICIES}.3"}
    assert signer.certificate_named
    test = "1.2.398.3.10.1.1.1.2"
    assert test in signer.find_authority_policies(Environment.TEST)
    assert test not in signer.find_authority_policies(Environment.PROD)


def test_a_retired_family_counts_until_the_end_of_its_last_day():
    keys = read_policy(SHIPPED).keys()
    evening = datetime(2025, 6, 25, 23, 59, 59, tzinfo=KAZAKHSTAN)
    assert keys.at(evening).refusal("gost2004", 256) == ""
    assert keys.at(evening + timedelta(seconds=1)).refusal("gost2004", 256) == (
        "gost2004:until:2025-06-25"
    )
    assert keys.at(evening + timedelta(days=9000)).refusal("gost2015", 512) == ""


def test_a_family_that_does_not_exist_is_refused():
    assert "$.signature.last_days" in refusal(edited(r"^gost2004 = ", "gost2003 = "))
    assert "last_days" in refusal(edited(r"^\[signature.last_days\]\ngost2004 = .*$", ""))


OFFICERS = r"^exception_officers = 2$"


@pytest.mark.parametrize("count", [0, 2, 4])
def test_an_exception_is_offered_by_two_officers_or_more_or_not_at_all(count):
    policy = read_policy(edited(OFFICERS, f"exception_officers = {count}").encode())
    assert policy.exception_officers == count
    assert policy.offers_exception is (count > 0)


@pytest.mark.parametrize("count", [-1, 1, 5])
def test_a_single_officer_never_vouches_for_a_face(count):
    assert "exception_officers" in refusal(edited(OFFICERS, f"exception_officers = {count}"))


def test_an_exception_needs_an_attempt_before_the_last_one():
    single = edited(r"^attempts_max = 3", "attempts_max = 1")
    assert "exception_officers" in refusal(single)
    read_policy(single.replace("exception_officers = 2", "exception_officers = 0").encode())


def test_a_policy_cannot_leave_open_whether_the_exception_is_offered():
    assert "exception_officers" in refusal(edited(OFFICERS, ""))


@pytest.mark.parametrize(
    ("operation", "outcome", "name", "years"),
    [
        ("loan_issue", "approved", "loan", 10),
        ("loan_issue", "rejected", "other", 5),
        ("change_trusted_phone", "approved", "approved", 6),
        ("an operation of before", "indeterminate", "other", 5),
    ],
)
def test_the_first_class_that_fits_says_how_long_evidence_is_kept(operation, outcome, name, years):
    found = read_policy(SHIPPED).retention_class(operation, outcome)
    assert (found.name, found.years) == (name, years)


def test_a_policy_without_retention_is_read_and_knows_no_term():
    classes = r"^\[\[retention\]\]\n(.+\n)+"
    policy = read_policy(edited(classes, "", count=0).encode())
    assert policy.retention_class("loan_issue", "approved") is None
