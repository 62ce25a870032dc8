"""A local administrator, or one signer, plays with the files of the folder of policies."""

from datetime import UTC, date, datetime

import pytest

from crypto.log.format.note import parse_note
from tests.support.pki.certificates import NOW
from tests.support.pki.policy_signers import COMPLIANCE, RISK, SHIPPED, SIGNERS, dated, put
from workstation.errors import PolicyRefused
from workstation.rules.calendar.reader import read_calendar
from workstation.rules.calendar.signing import sign_policy
from workstation.rules.policy_file import read_policy

MOMENT = max(NOW, datetime(2026, 11, 22, tzinfo=UTC))
BOM = b"\xef\xbb\xbf"


def refusal(folder):
    with pytest.raises(PolicyRefused) as refused:
        read_calendar(folder, SIGNERS, MOMENT)
    return refused.value.detail


@pytest.mark.parametrize(
    "spoil",
    [
        lambda octets: BOM + octets,
        lambda octets: octets.replace(b"\n", b"\r\n"),
        lambda octets: octets.replace(b"\n", b"\r"),
        lambda octets: octets + b"\n",
        lambda octets: octets * 2,
        lambda octets: octets.replace(b'{"id"', b'{ "id"'),
        lambda octets: octets.replace(b'"v":1', b'"v":1,"v":1'),
        lambda octets: octets.replace(b'"valid_to":null', b'"valid_to":"2026-02-30"'),
        lambda octets: octets.replace(b'"valid_to":null', b'"valid_to":"2099-12-31"'),
        lambda octets: octets + octets.splitlines(keepends=True)[-1] * 200,
        lambda octets: octets + octets.splitlines(keepends=True)[-1] * 10_000,
    ],
)
def test_a_note_of_another_spelling_puts_nothing_in_force(tmp_path, spoil):
    path = put(tmp_path, SHIPPED, RISK, COMPLIANCE).with_suffix(".sig")
    path.write_bytes(spoil(path.read_bytes()))
    assert refusal(tmp_path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda octets: BOM + octets,
        lambda octets: octets.replace(b"\n", b"\r\n"),
        lambda octets: octets + b"\n[limits]\n",
        lambda octets: octets + b'\nid = "kz-2026-07-12"\n',
    ],
)
def test_a_policy_of_another_spelling_is_not_the_signed_one(tmp_path, spoil):
    path = put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    path.write_bytes(spoil(path.read_bytes()))
    assert refusal(tmp_path)


def test_lines_of_another_version_sign_nothing(tmp_path):
    first = put(tmp_path, dated("first", "2026-07-12", "2026-12-31"), RISK, COMPLIANCE)
    second = put(tmp_path, dated("second", "2027-01-01"), RISK)
    lent = parse_note(first.with_suffix(".sig").read_bytes()).lines[1]
    note = second.with_suffix(".sig")
    note.write_bytes(note.read_bytes() + lent.encode())
    assert refusal(tmp_path).startswith("second.toml: the signature of compliance is wrong")


def test_a_link_leads_to_nothing_that_was_not_signed(tmp_path):
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "policies"
    for each in (elsewhere, folder):
        each.mkdir()
    path = put(folder, SHIPPED, RISK, COMPLIANCE)
    other = elsewhere / path.name
    other.write_bytes(SHIPPED + b"# looser\n")
    path.unlink()
    path.symlink_to(other)
    assert "about other octets" in refusal(folder)
    other.unlink()
    assert "is not there" in refusal(folder)


@pytest.mark.parametrize("name", ["..toml", ".toml", "a..toml", "KZ-2026-07-12.toml", "kz\n.toml"])
def test_a_name_that_is_no_id_puts_nothing_in_force(tmp_path, name):
    put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    (tmp_path / name).write_bytes(SHIPPED)
    if name == ".toml":  # a name without an ending: it is not looked at
        assert len(read_calendar(tmp_path, SIGNERS, MOMENT).versions) == 1
    else:
        assert refusal(tmp_path)


def test_the_last_day_that_a_first_signer_sets_takes_two(tmp_path):
    path = put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    sign_policy(path, read_policy(SHIPPED), RISK, date(2026, 11, 23))
    assert refusal(tmp_path) == "kz-2026-07-12.toml: signed by risk alone; 2 signers are needed"
