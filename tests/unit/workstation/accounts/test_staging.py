"""What is staged admits nobody until a document that states it is in force."""

import sqlite3
from contextlib import closing

import pytest

from workstation.accounts.operators import Operators
from workstation.accounts.secret import SecretCost
from workstation.accounts.staging import StagedAccounts
from workstation.charter.document import CharterAccount
from workstation.errors import OperatorRefused
from workstation.rules.parties import Operator, Role

CHEAP = SecretCost(64, 1, 1)
SECRET, OTHER = "дом у реки 48 Тобол", "другой дом 48 Тобол"
ADMIN = Operator("a-001", "А", Role.ADMIN)
TELLER = Operator("T-0042", "Т", Role.TELLER)


@pytest.fixture
def path(tmp_path):
    operators = Operators.create(tmp_path / "operators.sqlite", "bank.kz", CHEAP)
    operators.add(ADMIN, SECRET, 1)
    operators.add(TELLER, SECRET, 1)
    return tmp_path / "operators.sqlite"


@pytest.fixture
def staged(path):
    return StagedAccounts(path, CHEAP)


def ids(accounts):
    return [(each.id, each.role, each.disabled) for each in accounts]


def test_whoever_only_looks_changes_nothing(path, staged):
    before = path.read_bytes()
    assert ids(staged.accounts()) == ids(Operators(path).accounts())
    staged.adopt(())
    staged.withdraw()
    assert (path.read_bytes(), staged.changed()) == (before, ())


def test_what_is_staged_becomes_an_account_only_as_it_is_stated(path, staged):
    staged.add(Operator("T-9", " Г ", Role.TELLER), SECRET, 2)
    (new,) = [each for each in staged.accounts() if each.id == "T-9"]
    assert new.name == "Г"
    for other in (
        CharterAccount("T-9", Role.SUPERVISOR, new.vkey, disabled=False),
        CharterAccount("T-9", Role.TELLER, "bank.kz/op/t-9+other", disabled=False),
        CharterAccount("T-9", Role.TELLER, new.vkey, disabled=True),
        CharterAccount("t-9", Role.TELLER, new.vkey, disabled=False),
    ):
        staged.adopt([other])
        assert "T-9" not in {each.id for each in Operators(path).accounts()}
    staged.adopt([CharterAccount("T-9", Role.TELLER, new.vkey, disabled=False)])
    assert new in Operators(path).accounts()
    assert staged.changed() == ()


def test_a_new_secret_is_a_new_key_and_the_old_one_opens_until_it_is_stated(path, staged):
    (before,) = [each for each in Operators(path).accounts() if each.id == TELLER.id]
    staged.renew("t-0042", OTHER, 2)
    (after,) = [each for each in staged.accounts() if each.id == TELLER.id]
    assert (after.vkey != before.vkey, after.created_ms) == (True, before.created_ms)
    assert before in Operators(path).accounts()
    staged.adopt([CharterAccount(TELLER.id, Role.TELLER, after.vkey, disabled=False)])
    assert after in Operators(path).accounts()


def test_a_disabled_account_loses_its_sealed_key(path, staged):
    staged.disable(TELLER.id, 2)
    (after,) = [each for each in staged.accounts() if each.id == TELLER.id]
    staged.adopt([CharterAccount(TELLER.id, Role.TELLER, after.vkey, disabled=True)])
    assert (TELLER.id, Role.TELLER, True) in ids(Operators(path).accounts())
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT credential FROM operators WHERE disabled").fetchall() == [
            ("",)
        ]
    with pytest.raises(OperatorRefused, match="disabled"):
        staged.renew(TELLER.id, OTHER, 3)


def test_the_last_administrator_is_neither_disabled_nor_anything_else(staged):
    with pytest.raises(OperatorRefused, match="last_admin"):
        staged.disable("A-001", 2)
    with pytest.raises(OperatorRefused, match="last_admin"):
        staged.renew(ADMIN.id, OTHER, 2, Role.TELLER)
    staged.renew(ADMIN.id, OTHER, 2)


@pytest.mark.parametrize("spelling", ["T-0042", "t-0042"])
def test_nobody_is_staged_twice_in_any_spelling(staged, spelling):
    with pytest.raises(OperatorRefused, match="exists"):
        staged.add(Operator(spelling, "Я", Role.SUPERVISOR), SECRET, 2)
    with pytest.raises(OperatorRefused, match="unknown"):
        staged.disable("nobody", 2)
