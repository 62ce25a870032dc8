"""What a policy asks is refused with its place where nobody answers it or nothing fills it."""

import pytest

import resources
from workstation.errors import PolicyRefused
from workstation.rules.checks import Hardness
from workstation.rules.policy_file import read_policy
from workstation.rules.questions.definition import AnsweredBy

SHIPPED = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")


def words(text):
    return f'{{ kk = "{text}", ru = "{text}", en = "{text}" }}'


def check(name="employer", by="registry", reasons=("works", "unknown")):
    stated = "\n".join(f"{each} = {words(each)}" for each in reasons)
    return (
        f'[[checks]]\nid = "{name}"\nby = "{by}"\nlabel = {words(name)}\nlook = {words("look")}\n'
        f"[checks.reasons]\n{stated}\n"
    )


BY_REGISTRY = ("works", "unknown", "missing", "no_answer", "not_asked")
ASKS = 'asks = { iin = "iin" }'
QUESTION = f"""
[[questions]]
check = "employer"
registry = "pension_fund"
path = "/employer"
member = "employment"
{ASKS}
[questions.answers]
yes = {{ status = "passed", reason = "works" }}
no = {{ status = "failed", reason = "unknown" }}
"""
RULE = f"""
[[rules]]
id = "S-77"
check = "employer"
grade = "bank"
effective_from = 2026-07-12
{chr(10).join(f'{each} = "The bank wants to know it."' for each in ("kk", "ru", "en"))}
"""
AGE = '  { check = "cool_down", hardness = "hard", rule = "B-02.cool_down" },\n'
LAST = '  { check = "signature", hardness = "hard", rule = "E-03" },\n'
DEMAND = '  { check = "employer", hardness = "HARDNESS", rule = "S-77" },\n'


def policy(*tables, demand="", after=AGE):
    """Return the shipped policy with further tables, and one demand of its first operation."""
    text = SHIPPED.replace(after, after + demand, 1)
    return read_policy("\n".join([text, *tables]).encode())


def refusal(*tables, **changes):
    with pytest.raises(PolicyRefused) as refused:
        policy(*tables, **changes)
    return refused.value.detail


@pytest.mark.parametrize("hardness", list(Hardness))
def test_a_check_of_the_banks_own_is_demanded_as_any(hardness):
    demand = DEMAND.replace("HARDNESS", hardness)
    found = policy(check(reasons=BY_REGISTRY), QUESTION, RULE, demand=demand)

    operation = found.operations[0]
    assert operation.requires("employer").hardness is hardness
    assert found.question("employer").answer("no").reason == "unknown"
    assert found.words()["check.employer"].en == "employer"
    assert {f"employer.{each}" for each in BY_REGISTRY} <= found.words().keys()


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ((check(),), "$.questions: nothing is asked about employer"),
        ((QUESTION,), "$.questions: employer is not answered this way"),
        ((check(reasons=BY_REGISTRY[:-1]), QUESTION), "reasons: not_asked has no words"),
        ((check(reasons=(*BY_REGISTRY, "idle")), QUESTION), "reasons: it never ends by idle"),
        ((check("person"),), ".id: person is taken"),
        ((check(), check()), ".id: employer is taken"),
        ((check(by="attestation"), QUESTION), "employer is not answered this way"),
        (
            (check(reasons=BY_REGISTRY), QUESTION.replace("failed", "passed")),
            "one has to pass and one to fail",
        ),
        (
            (check(reasons=BY_REGISTRY), QUESTION.replace('"unknown"', '"no_answer"')),
            "no_answer is the program's own",
        ),
        (
            (check(reasons=BY_REGISTRY), QUESTION.replace("{ iin =", "{ request_id =")),
            "request_id is taken",
        ),
        (
            (check(reasons=BY_REGISTRY), QUESTION.replace(ASKS, f'{ASKS}\noptional = ["x"]')),
            "optional: x is not asked",
        ),
        (
            (
                check(reasons=BY_REGISTRY),
                QUESTION.replace(ASKS, f'{ASKS}\nfacts = [{{ name = "employment", most = 1 }}]'),
            ),
            "facts: employment is stated twice",
        ),
        ((check(reasons=BY_REGISTRY), QUESTION, QUESTION), "$.questions: employer is stated twice"),
        ((check(reasons=BY_REGISTRY), QUESTION.replace("/employer", "employer")), "path"),
        ((check("Employer"),), "id"),
        ((QUESTION.replace('check = "employer"', 'check = "antifraud"'),), "stated twice"),
    ],
)
def test_what_nobody_answers_or_is_asked_twice_is_refused(tables, told):
    assert told in refusal(*tables)


def test_a_reason_of_the_programs_own_check_has_words_already():
    text = SHIPPED.replace('reason = "victim"', 'reason = "suspect"')
    with pytest.raises(PolicyRefused, match="suspect has no words"):
        read_policy(text.encode())


def test_what_no_field_fills_is_refused_unless_it_may_be_left_out():
    asks = QUESTION.replace(ASKS, 'asks = { iin = "iin", power = "power_number" }')
    demand = DEMAND.replace("HARDNESS", "hard")
    stated = (check(reasons=BY_REGISTRY), RULE)

    told = refusal(*stated, asks, demand=demand)
    left_out = policy(*stated, asks.replace("[questions.", 'optional = ["power"]\n[questions.'))

    assert told.endswith("no field fills power_number of employer")
    assert left_out.question("employer").optional == ("power",)


def test_an_amount_is_asked_about_only_where_a_field_holds_one():
    asks = QUESTION.replace(ASKS, 'asks = { amount = "amount_kzt" }')
    told = refusal(
        check(reasons=BY_REGISTRY), RULE, asks, demand=DEMAND.replace("HARDNESS", "soft")
    )
    assert told.endswith("no field fills amount_kzt of employer")


def test_a_check_of_the_banks_own_stands_before_consent():
    demand = DEMAND.replace("HARDNESS", "hard")
    told = refusal(check(reasons=BY_REGISTRY), QUESTION, RULE, demand=demand, after=LAST)
    assert told.endswith("required is out of order")


@pytest.mark.parametrize("hardness", [Hardness.HARD, Hardness.SILENT])
def test_what_another_officer_confirms_is_soft(hardness):
    four_eyes = check(by=AnsweredBy.SECOND_PERSON, reasons=("needed",))
    told = refusal(four_eyes, RULE, demand=DEMAND.replace("HARDNESS", hardness))
    assert told.endswith("employer must be soft")


def test_a_question_about_a_check_that_an_operation_demands_cannot_be_left_out():
    begin = SHIPPED.index('[[attestations]]\ncheck = "questionnaire"')
    end = SHIPPED.index("# The customer reads these", begin)
    with pytest.raises(PolicyRefused, match="nothing is asked about questionnaire"):
        read_policy((SHIPPED[:begin] + SHIPPED[end:]).encode())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('good = "yes"', 'good = "maybe"', "good"),
        ('id = "money_known"', 'id = "advised"', "advised is stated twice"),
        (
            '[[attestations]]\ncheck = "questionnaire"',
            '[[attestations]]\ncheck = "antifraud"',
            "antifraud is not answered this way",
        ),
    ],
)
def test_what_the_teller_is_asked_has_one_good_answer_and_one_name(old, new, told):
    assert old in SHIPPED
    with pytest.raises(PolicyRefused, match=told):
        read_policy(SHIPPED.replace(old, new, 1).encode())


def test_the_questions_of_one_check_are_asked_of_one_person():
    at = SHIPPED.index('id = "asked_to_hide"')
    mixed = SHIPPED[:at] + SHIPPED[at:].replace('asked_of = "customer"\n', "", 1)
    with pytest.raises(PolicyRefused, match="asked of one person, not of two"):
        read_policy(mixed.encode())


def test_a_policy_that_asks_customers_has_them_sign_their_answers():
    unsigned = SHIPPED.replace("{fields}\n{answers}\n", "{fields}\n")
    with pytest.raises(PolicyRefused, match=r"\{answers\} is not said"):
        read_policy(unsigned.encode())
