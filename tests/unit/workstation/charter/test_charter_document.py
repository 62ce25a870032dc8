"""The charter's text has one spelling, and its signers are head office or two persons."""

import json

import msgspec
import pytest

from crypto.log.format.note import Note, NoteSigner
from tests.support.station.log import private_key
from workstation.charter.contents import Contents, compose
from workstation.charter.difference import (
    ChangeCode,
    Difference,
    compare_accounts,
    compare_contents,
    compare_tables,
    difference_facts,
)
from workstation.charter.document import (
    CharterAccount,
    CharterRecipient,
    PinnedFile,
    PinnedPolicy,
    encode_charter,
    parse_charter,
)
from workstation.charter.signatures import (
    SignedCharter,
    add_signature,
    read_signed,
    require_signers,
    sign_charter,
)
from workstation.errors import CharterRefused
from workstation.rules.parties import Role
from workstation.settings.settings import Profile

ONE, TWO = "1" * 64, "2" * 64
OFFICE = NoteSigner("bank.example/sup/a-001", private_key(0x10))
FIRST, SECOND, TELLER, STRANGER = (
    NoteSigner(f"bank.example/op/{name}", private_key(number))
    for number, name in ((0x20, "adm-1"), (0x30, "adm-2"), (0x40, "t-0042"), (0x50, "adm-1"))
)
CONTENTS = Contents(
    "bank.example/log/b-w/g1",
    Profile.PRODUCTION,
    ONE,
    (PinnedPolicy("kz-2026-07-12", TWO),),
    (PinnedFile("../gateway.pem", ONE), PinnedFile("trust/root.cer", TWO)),
    (CharterRecipient("head-office", ONE),),
)
ACCOUNTS = (
    CharterAccount("ADM-1", Role.ADMIN, FIRST.vkey, disabled=False),
    CharterAccount("ADM-2", Role.ADMIN, SECOND.vkey, disabled=False),
    CharterAccount("T-0042", Role.TELLER, TELLER.vkey, disabled=False),
)
CHARTER = compose(CONTENTS, ACCOUNTS, 1_763_803_500_000)
NEXT = compose(CONTENTS, ACCOUNTS, 1_763_803_500_000, number=2, previous=ONE)


def changed(**members):
    return msgspec.structs.replace(CHARTER, **members)


def test_a_charter_is_read_back_as_it_was_written():
    assert parse_charter(encode_charter(CHARTER)) == CHARTER
    signed = sign_charter(CHARTER, OFFICE)
    assert read_signed(signed.octets) == signed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b" " + text,
        lambda text: text.rstrip(b"\n"),
        lambda text: text.replace(b'"v":1', b'"v":2'),
        lambda text: text.replace(b'"v":1', b'"v":1.0'),
        lambda text: text.replace(b'"v":1', b'"v":1,"v":1'),
        lambda text: text.replace(b'"v":1', b'"v":1,"w":1'),
        lambda text: text.replace(b',"v":1', b""),
        lambda text: text.replace(ONE.encode(), ONE.upper().replace("1", "F").encode()),
        lambda text: text.replace(b'"admin"', b'"root"', 1),
        lambda text: text.replace(b'"disabled":false', b'"disabled":0', 1),
        lambda text: text.replace(b'"number":1', b'"number":2'),
        lambda text: text.replace(b'"previous":null', b'"previous":"' + ONE.encode() + b'"'),
        lambda _text: b"[]\n",
        lambda _text: b"x" * 300_000,
    ],
)
def test_any_other_spelling_is_refused(spoil):
    text = encode_charter(CHARTER)
    assert spoil(text) != text
    with pytest.raises(CharterRefused, match="malformed"):
        parse_charter(spoil(text))


@pytest.mark.parametrize(
    "charter",
    [
        changed(accounts=[*ACCOUNTS, CharterAccount("t-0042", Role.ADMIN, "", disabled=False)]),
        changed(accounts=list(reversed(ACCOUNTS))),
        changed(files=[CONTENTS.files[0]] * 2),
        changed(recipients=[CONTENTS.recipients[0]] * 2),
        changed(accounts=[]),
        changed(number=2),
    ],
)
def test_what_is_twice_or_out_of_order_is_no_charter(charter):
    with pytest.raises(CharterRefused, match="malformed"):
        encode_charter(charter)


def test_head_office_alone_suffices():
    assert require_signers(sign_charter(CHARTER, OFFICE), [OFFICE.verifier], None) == (OFFICE.name,)


def test_two_administrators_of_the_charter_before_suffice():
    signed = add_signature(sign_charter(NEXT, FIRST), SECOND)
    assert require_signers(signed, [OFFICE.verifier], CHARTER) == ("ADM-1", "ADM-2")


@pytest.mark.parametrize(
    "signers",
    [
        (FIRST,),
        (FIRST, FIRST),
        (FIRST, TELLER),
        (FIRST, STRANGER),
        (OFFICE, STRANGER),
        (OFFICE, OFFICE),
        (TELLER, TELLER),
    ],
)
def test_nobody_else_suffices_and_a_foreign_line_spoils_it(signers):
    signed = sign_charter(NEXT, signers[0])
    for each in signers[1:]:
        signed = add_signature(signed, each)
    with pytest.raises(CharterRefused, match="signature"):
        require_signers(signed, [OFFICE.verifier], CHARTER)


def test_one_person_under_two_spellings_is_one():
    twice = CharterAccount("adm-\uff11", Role.ADMIN, SECOND.vkey, disabled=False)
    before = changed(accounts=[ACCOUNTS[0], twice])
    signed = add_signature(sign_charter(NEXT, FIRST), SECOND)
    with pytest.raises(CharterRefused, match="one person twice"):
        require_signers(signed, [OFFICE.verifier], before)


@pytest.mark.parametrize(
    "account",
    [
        CharterAccount("ADM-2", Role.ADMIN, SECOND.vkey, disabled=True),
        CharterAccount("ADM-2", Role.SUPERVISOR, SECOND.vkey, disabled=False),
        CharterAccount("ADM-2", Role.ADMIN, "", disabled=False),
    ],
)
def test_who_is_disabled_or_no_administrator_signs_nothing(account):
    before = changed(accounts=[ACCOUNTS[0], account])
    signed = add_signature(sign_charter(NEXT, FIRST), SECOND)
    with pytest.raises(CharterRefused, match="may not sign"):
        require_signers(signed, [OFFICE.verifier], before)


def test_a_signature_under_another_text_is_refused():
    text = encode_charter(NEXT)
    lines = sign_charter(CHARTER, OFFICE).note.lines
    with pytest.raises(CharterRefused, match="not that of"):
        require_signers(SignedCharter(NEXT, Note(text, lines)), [OFFICE.verifier], None)


def test_every_difference_has_its_code_and_place():
    other = Contents(
        CONTENTS.origin,
        Profile.DEMO,
        TWO,
        (PinnedPolicy("kz-2026-07-12", ONE), PinnedPolicy("kz-2027", ONE)),
        (PinnedFile("../gateway.pem", TWO), PinnedFile("trust/own.cer", ONE)),
        (CharterRecipient("head-office", TWO), CharterRecipient("mine", ONE)),
    )
    assert [str(each) for each in compare_contents(CHARTER, other)] == [
        "profile_changed: profile",
        "recipient_replaced: head-office",
        "recipient_added: mine",
        "file_replaced: ../gateway.pem",
        "file_added: trust/own.cer",
        "file_removed: trust/root.cer",
        "policy_replaced: kz-2026-07-12",
        "policy_added: kz-2027",
        "settings_changed: workstation.toml",
    ]
    assert list(compare_contents(CHARTER, CONTENTS)) == []


def test_accounts_differ_by_being_there_by_role_by_key_and_by_state():
    after = (
        CharterAccount("ADM-1", Role.ADMIN, FIRST.vkey, disabled=True),
        CharterAccount("ADM-2", Role.SUPERVISOR, STRANGER.vkey, disabled=False),
        CharterAccount("T-0666", Role.TELLER, TELLER.vkey, disabled=False),
    )
    assert [str(each) for each in compare_accounts(ACCOUNTS, after)] == [
        "account_disabled: ADM-1",
        "account_role_changed: ADM-2",
        "account_key_replaced: ADM-2",
        "account_removed: T-0042",
        "account_added: T-0666",
    ]


def test_tables_differ_place_by_place():
    before = {"a": {"b": 1, "c": [1, 2]}, "d": [{"e": 1}, {"e": 2}]}
    after = {"a": {"b": 2, "c": [1, 2]}, "d": [{"e": 1}], "f": True}
    assert list(compare_tables(ChangeCode.SETTING_CHANGED, before, after)) == [
        Difference(ChangeCode.SETTING_CHANGED, "$.a.b", "1", "2"),
        Difference(ChangeCode.SETTING_CHANGED, "$.d[1].e", "2", ""),
        Difference(ChangeCode.SETTING_CHANGED, "$.f", "", "True"),
    ]


def test_what_an_entry_says_of_many_and_long_changes_has_room_in_it():
    many = [Difference(ChangeCode.FILE_ADDED, "ж" * 999, "x" * 999, "y" * 999)] * 300
    facts = difference_facts(many)
    assert facts[-1] == {"what": "more", "at": str(300 - (len(facts) - 1))}
    assert 1 < len(facts) < 300
    assert len(json.dumps(facts, ensure_ascii=False).encode()) < 6_000
