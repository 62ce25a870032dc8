"""No field of the policy without a reader: here, and in programs made up for the purpose."""

import json
from textwrap import dedent

import pytest
from click.testing import CliRunner

import resources
from workstation.ctl import program as workstation_ctl
from workstation.ctl.policy_reads import SHAPES, find_unread, installed_sources

SHIPPED = resources.path("policies", "kz-2026-07-12.toml")
RULES = """
    @dataclass
    class Policy:
        tables: tuple[Table, ...]
        attempts: int

        def __post_init__(self):
            if self.attempts < 1:
                raise ValueError

        def most(self) -> int:
            return self.attempts

        def table(self, name: str) -> Table:
            return next(each for each in self.tables if each.name == name)

    @dataclass
    class Table:
        name: str
        limit: int
"""


def unread(program, rules=RULES):
    sources = {"workstation.rules.policy": dedent(rules), "workstation.program": dedent(program)}
    return set(find_unread(sources, ("Policy", "Table")))


ALL = {"Policy.tables", "Policy.attempts", "Table.name", "Table.limit"}


def test_nothing_reads_what_a_program_does_not_name():
    assert unread("") == ALL


def test_a_validator_of_a_class_itself_reads_nothing():
    assert "Policy.attempts" in unread("def go(policy: Policy): return Policy((), 1)")


@pytest.mark.parametrize(
    "program",
    [
        "def go(policy: Policy): return policy.attempts",
        "def go(policy: Policy | None): return policy.attempts",
        "def go(policy: 'Policy'): return policy.attempts",
        "def go(): policy = load(); return policy.attempts\ndef load() -> Policy: ...",
        "def go(policy: Policy): other = policy; return other.attempts",
        "def go(policy: Policy): return replace(policy, tables=()).attempts",
        "def go(all: list[Policy]):\n  for each in all: print(each.attempts)",
        "def go(all: tuple[Policy, ...]): return [each.attempts for each in all]",
        "def go(all: tuple[Policy, ...]): return all[0].attempts",
        "class Desk:\n  policy: Policy\n  def go(self): return self.policy.attempts",
        "class A:\n  def __init__(self, a: Policy): self.a = b = a\n  def go(c): c.a.attempts",
        "class A:\n  def __init__(self): self.a=b()\n  def go(c): c.a.attempts\ndef b()->Policy:0",
        "class Desk:\n  policy: Policy\ndef go(desk: Desk): return desk.policy.attempts",
        "def go(policy: Policy): return policy.most()",
    ],
)
def test_a_read_is_found_by_what_the_annotations_say(program):
    assert unread(program) == ALL - {"Policy.attempts"}


@pytest.mark.parametrize(
    "program",
    [
        "class Desk:\n  attempts: int\ndef go(desk: Desk): return desk.attempts",
        "def go(policy: Policy): policy.attempts = 3",
        "def attempts(): ...\nattempts()",
        "def go(most): return most",
    ],
)
def test_the_same_name_of_something_else_is_no_read(program):
    assert "Policy.attempts" in unread(program)


def test_what_a_method_of_the_policy_reads_counts_when_somebody_calls_it():
    called = "def go(policy: Policy): return policy.table('a').limit"

    assert unread(called) == {"Policy.attempts"}
    assert {"Policy.tables", "Table.name"} <= unread("def go(table: Table): return table.limit")


def test_a_method_that_only_another_unused_method_calls_reads_nothing():
    rules = RULES + "\n    def again(policy: Policy) -> int:\n        return policy.most()\n"

    assert "Policy.attempts" in unread("", rules)
    assert "Policy.attempts" not in unread(
        "from rules import again\ndef go(): return again()", rules
    )


def test_what_is_read_while_the_file_is_judged_is_not_yet_applied():
    judged = """
        def read_policy(policy: Policy): return policy.attempts
        def require_in_force(policy: Policy): return policy.tables
    """
    sources = {
        "workstation.rules.policy": dedent(RULES),
        "workstation.rules.policy_file": dedent(judged),
        "workstation.program": "from x import read_policy, require_in_force\nread_policy()"
        "\nrequire_in_force()",
    }
    found = find_unread(sources, ("Policy", "Table"))

    assert "Policy.attempts" in found
    assert "Policy.tables" not in found


def test_every_field_of_every_table_of_the_policy_has_a_reader():
    assert find_unread(installed_sources()) == ()


def test_a_reader_that_goes_is_missed():
    sources = dict(installed_sources())
    for module, read in (
        ("workstation.session.decision", "operation.longest_wait("),
        ("workstation.verification.release", "policy.delayed_permit_ttl_s"),
        ("workstation.rules.policy", "condition.holds("),
        ("workstation.rules.facts.effects", "condition.holds("),
        ("workstation.rules.conditions", "self.holds("),
    ):
        assert read in sources[module]
        sources[module] = sources[module].replace(read, "print(" if read.endswith("(") else "0")

    assert set(find_unread(sources)) == {
        "Policy.delayed_permit_ttl_s",
        "Wait.hours",
        "Wait.rule",
        "Condition.above",
        "Condition.at_least",
        "Condition.outside",
        "Condition.equals",
        "Condition.one_of",
    }


def test_the_shapes_are_those_that_the_sources_declare():
    text = "\n".join(installed_sources().values())

    assert all(f"class {shape}:" in text for shape in SHAPES)


def test_the_command_counts_them():
    result = CliRunner().invoke(workstation_ctl, ["policy", "check", "--unread", str(SHIPPED)])

    assert (result.exit_code, result.stdout) == (0, "unread: 0\n")


def test_the_command_names_a_rule_about_a_check_that_no_operation_demands(tmp_path):
    text = SHIPPED.read_text(encoding="utf-8").splitlines()
    file = tmp_path / "policy.toml"
    kept = "\n".join(line for line in text if '"questionnaire", hard' not in line)
    file.write_text(kept, encoding="utf-8")
    asked = ["--json", "policy", "check", "--unread", str(file)]
    result = CliRunner().invoke(workstation_ctl, asked)

    assert result.exit_code == 1
    names = ["rules.L-06", "rules.L-06.unblock", "rules.L-06.payment"]
    assert json.loads(result.stdout) == {"unread": 3, "names": names}
