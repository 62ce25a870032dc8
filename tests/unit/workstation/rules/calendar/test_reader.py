"""A folder of policies is read whole or refused, with the file's name and a sentence."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from crypto.log.format.note import NoteSigner, parse_note
from tests.support.pki.certificates import NOW, START, usage
from tests.support.pki.policy_signers import (
    COMPLIANCE,
    RISK,
    SHIPPED,
    SIGNERS,
    STRANGER,
    TOKEN,
    cms_of,
    dated,
    put,
    token_of,
)
from workstation.errors import PolicyRefused
from workstation.rules.calendar.reader import MAX_VERSIONS, read_calendar
from workstation.rules.calendar.signing import sign_policy, statement_text, write_certified
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy

MOMENT = max(NOW, datetime(2026, 11, 22, tzinfo=UTC))


def calendar(folder):
    return read_calendar(folder, SIGNERS, MOMENT)


def refusal(folder):
    with pytest.raises(PolicyRefused) as refused:
        calendar(folder)
    return refused.value.detail


def certified(path, holder=TOKEN, name="board", **changes):
    text = statement_text(path, read_policy(path.read_bytes()))
    return write_certified(path, name, cms_of(holder, text, **changes))


def test_two_signers_put_a_policy_in_force_from_its_day(tmp_path):
    put(tmp_path, SHIPPED, COMPLIANCE, RISK)

    version = calendar(tmp_path).require(date(2026, 7, 12))

    assert version.policy == read_policy(SHIPPED)
    assert version.signers == ("risk", "compliance")
    assert calendar(tmp_path).find(date(2026, 7, 11)) is None


def test_a_key_in_a_token_signs_beside_an_ed25519_key(tmp_path):
    certified(put(tmp_path, SHIPPED, RISK))
    assert calendar(tmp_path).versions[0].signers == ("risk", "board")


def test_a_cms_that_holds_its_text_counts_as_one_that_does_not(tmp_path):
    certified(put(tmp_path, SHIPPED, RISK), detached=False)
    assert calendar(tmp_path).versions[0].signers == ("risk", "board")


def test_each_day_has_its_own_version_and_the_last_has_no_end(tmp_path):
    put(tmp_path, dated("second", "2027-01-01"), RISK, COMPLIANCE)
    put(tmp_path, dated("first", "2026-07-12", "2026-12-31"), RISK, COMPLIANCE)

    found = calendar(tmp_path)

    assert [each.policy.id for each in found.versions] == ["first", "second"]
    assert found.require(date(2026, 12, 31)).policy.id == "first"
    assert found.require(date(2027, 1, 1)).policy.id == "second"
    assert found.days_left(date(2031, 1, 1)) is None


def test_signers_end_a_version_whose_file_states_no_end(tmp_path):
    put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    put(tmp_path, dated("next", "2027-01-01"), RISK, COMPLIANCE)
    assert refusal(tmp_path) == ("kz-2026-07-12: it has no last day, and next begins on 2027-01-01")
    path = tmp_path / "kz-2026-07-12.toml"
    for each in (RISK, COMPLIANCE):
        sign_policy(path, read_policy(SHIPPED), each, date(2026, 12, 31))

    version = calendar(tmp_path).require(date(2026, 12, 31))

    assert version.policy.sha256 == read_policy(SHIPPED).sha256
    assert version.policy.valid_to == date(2026, 12, 31)


def test_a_file_changed_after_it_was_signed_needs_everybody_anew(tmp_path):
    path = put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    octets = SHIPPED + b"# later\n"
    path.write_bytes(octets)
    assert "about other octets" in refusal(tmp_path)
    sign_policy(path, read_policy(octets), RISK)
    assert refusal(tmp_path) == ("kz-2026-07-12.toml: signed by risk alone; 2 signers are needed")


@pytest.mark.parametrize(
    ("signers", "sentence"),
    [
        ([RISK], "signed by risk alone; 2 signers are needed"),
        ([], "it is not signed"),
        (
            [RISK, STRANGER],
            "signed by bank.example/policy/stranger, who is no signer of the settings",
        ),
    ],
)
def test_fewer_than_two_of_the_signers_are_not_enough(tmp_path, signers, sentence):
    put(tmp_path, SHIPPED, *signers)
    assert refusal(tmp_path) == f"kz-2026-07-12.toml: {sentence}"


def test_a_wrong_signature_is_not_passed_over_because_two_are_right(tmp_path):
    path = put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    certified(path)
    note = path.with_suffix(".sig")
    note.write_bytes(note.read_bytes() + STRANGER.sign_line(b"another text\n").encode())
    assert "no signer of the settings" in refusal(tmp_path)


def test_one_person_signs_once(tmp_path):
    path = put(tmp_path, SHIPPED, RISK)
    with pytest.raises(PolicyRefused, match="has signed it already"):
        sign_policy(path, read_policy(SHIPPED), RISK)
    note = parse_note(path.with_suffix(".sig").read_bytes())
    twice = note.encode() + RISK.sign_line(note.text).encode()
    path.with_suffix(".sig").write_bytes(twice)
    assert refusal(tmp_path) == "kz-2026-07-12.toml: signed by risk twice"


def test_a_signers_name_over_another_key_signs_nothing(tmp_path):
    put(tmp_path, SHIPPED, RISK, NoteSigner(COMPLIANCE.name, STRANGER._private))
    assert "no signer of the settings" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"holder": token_of("other")}, "it names another certificate than the pinned one"),
        ({"name": "risk"}, "signed by risk, who may not sign with a certificate"),
        ({"name": "nobody"}, "signed by nobody, who may not sign with a certificate"),
        ({"moment": MOMENT + timedelta(days=1)}, "it is of the future"),
        (
            {"moment": START - timedelta(days=1)},
            "it was made outside of its certificate's life",
        ),
    ],
)
def test_a_cms_that_is_not_the_pinned_signers_is_refused(tmp_path, changes, sentence):
    certified(put(tmp_path, SHIPPED, RISK, COMPLIANCE), **changes)
    assert sentence in refusal(tmp_path)


def test_a_key_for_signing_in_signs_no_policy(tmp_path):
    holder = token_of("board", extensions=((usage("digital_signature"), True),))
    certified(put(tmp_path, SHIPPED, RISK), holder)
    signers = (*SIGNERS[:2], type(SIGNERS[2])("board", certificate=holder.parsed))
    with pytest.raises(PolicyRefused, match="its key is not for documents"):
        read_calendar(tmp_path, signers, MOMENT)


def test_a_cms_over_another_text_is_refused(tmp_path):
    path = put(tmp_path, SHIPPED, RISK)
    write_certified(path, "board", cms_of(TOKEN, b"another text\n"))
    assert "the signature of board is wrong" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            [("a", "2026-07-12", "2026-12-31"), ("b", "2026-12-31", "")],
            "b: 2026-12-31 is a day of a too",
        ),
        (
            [("a", "2026-07-12", "2026-12-31"), ("b", "2027-01-02", "")],
            "b: no policy is in force between 2026-12-31 and 2027-01-02",
        ),
        (
            [("a", "2026-07-11", "")],
            "is not in force on 2026-07-11",
        ),
    ],
)
def test_days_twice_or_without_a_version_are_refused(tmp_path, files, sentence):
    for name, begins, ends in files:
        put(tmp_path, dated(name, begins, ends), RISK, COMPLIANCE)
    assert sentence in refusal(tmp_path)


def test_a_last_day_before_the_first_is_refused(tmp_path):
    (tmp_path / "a.toml").write_bytes(dated("a", "2026-07-12", "2026-07-11"))
    assert refusal(tmp_path) == "a.toml: $.valid_to is before $.valid_from"
    with pytest.raises(PolicyRefused, match="its last day is before its first"):
        put(tmp_path, SHIPPED, RISK, valid_to=date(2026, 7, 11))


def test_a_file_under_another_name_than_its_id_is_refused(tmp_path):
    path = put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    (tmp_path / "copy.toml").write_bytes(SHIPPED)
    (tmp_path / "copy.sig").write_bytes(path.with_suffix(".sig").read_bytes())
    assert refusal(tmp_path) == ("copy.toml: its id is kz-2026-07-12: a file is called by its id")


@pytest.mark.parametrize("name", ["gone.sig", "gone.board.p7s"])
def test_a_signature_whose_policy_was_taken_away_is_refused(tmp_path, name):
    put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    (tmp_path / name).write_bytes(b"x")
    assert refusal(tmp_path) == f"{name}: signs gone.toml, which is not there"


def test_an_unknown_key_and_what_the_law_forbids_are_refused_whoever_signs(tmp_path):
    text = statement_text(put(tmp_path, SHIPPED, RISK, COMPLIANCE), read_policy(SHIPPED))
    for before, after, sentence in (
        (b"commands_min = 3", b"commands_min = 2", "$.limits.commands_min"),
        (b"attempts_max = 3", b"attempts_max = 3\nsurprise = 1", "surprise"),
        (
            b'{ check = "signature", hardness = "hard"',
            b'{ check = "signature", hardness = "soft"',
            "signature must be hard",
        ),
    ):
        (tmp_path / "kz-2026-07-12.toml").write_bytes(SHIPPED.replace(before, after, 1))
        assert sentence in refusal(tmp_path)
    assert text


def test_an_empty_or_missing_folder_and_too_many_files_are_refused(tmp_path):
    assert refusal(tmp_path) == "there is no policy"
    assert refusal(tmp_path / "none") == "none: FileNotFoundError"
    for number in range(MAX_VERSIONS + 1):
        (tmp_path / f"p{number}.toml").write_bytes(b"")
    assert "more than 50 policies" in refusal(tmp_path)


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    path.with_suffix(".sig").write_bytes(bytes(70_000))
    assert "kz-2026-07-12.sig: larger than" in refusal(tmp_path)
    path.write_bytes(b"#" * (MAX_POLICY_BYTES + 1))
    assert "kz-2026-07-12.toml: larger than" in refusal(tmp_path)


def test_folders_and_files_of_other_endings_are_not_looked_at(tmp_path):
    put(tmp_path, SHIPPED, RISK, COMPLIANCE)
    (tmp_path / "superseded").mkdir()
    (tmp_path / "superseded" / "old.toml").write_bytes(b"?")
    (tmp_path / "READ ME.txt").write_bytes(b"?")
    assert len(calendar(tmp_path).versions) == 1


@pytest.mark.parametrize("ending", [".toml", ".sig", ".board.p7s"])
def test_every_change_of_one_octet_of_200_is_refused(tmp_path, ending):
    path = put(tmp_path, SHIPPED, RISK)
    certified(path)
    assert calendar(tmp_path).versions
    changed = path.with_name(path.stem + ending)
    octets = changed.read_bytes()
    chance = random.Random(ending)
    for _ in range(200):
        mutated = bytearray(octets)
        mutated[chance.randrange(len(octets))] ^= chance.randrange(1, 256)
        changed.write_bytes(mutated)
        assert refusal(tmp_path)
    changed.write_bytes(octets + b"\n")
    assert refusal(tmp_path)


def test_a_length_in_another_encoding_is_another_message(tmp_path):
    path = put(tmp_path, SHIPPED, RISK)
    message = certified(path)
    der = message.read_bytes()
    message.write_bytes(b"\x30\x80" + der[4:] + b"\x00\x00")
    assert "malformed" in refusal(tmp_path) or "not plain DER" in refusal(tmp_path)
