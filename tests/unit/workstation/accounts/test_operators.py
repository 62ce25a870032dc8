import re
import sqlite3
from contextlib import closing

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.accounts.staged import disable_account, reset_secret
from tests.support.system.exposure import is_private
from tests.support.system.platforms import by_mode
from workstation.accounts.credential import SealedCredential
from workstation.accounts.lockout import Lockout
from workstation.accounts.operators import Operators, Permission, may, require
from workstation.accounts.secret import SecretCost, require_strong, stretch
from workstation.errors import (
    AlreadyInitialised,
    NotInitialised,
    OperatorRefused,
    RoleMissing,
)
from workstation.rules.parties import Operator, Role

CHEAP = SecretCost(memory_kib=64, iterations=1, lanes=1)
SECRET = "дом у реки 48 Тобол"
T0 = 1_790_000_000_000
BANK = "bank.example"


@pytest.fixture
def store(tmp_path):
    store = Operators.create(tmp_path / "operators.sqlite", BANK, CHEAP)
    store.add(Operator("t-1", "Айгүл Сейтқали", Role.TELLER), SECRET, T0)
    store.add(Operator("root", "Админ", Role.ADMIN), SECRET, T0)
    return store


def sign_in(store, operator, secret=SECRET):
    """Try a secret as if nobody had failed before: who is locked is the lock-out's rule."""
    lockout = Lockout(store._path, bytes(32))
    lockout.create(0)
    return store.authenticate(lockout.count(operator, 0), secret)


def fail(store, operator, secret="wrong wrong wrong"):
    with pytest.raises(OperatorRefused) as refused:
        sign_in(store, operator, secret)
    return refused.value


def change(store, statement, *values):
    with closing(sqlite3.connect(store._path)) as connection, connection:
        connection.execute(statement, values)


def test_the_right_secret_gives_the_person_and_the_credential(store):
    found = sign_in(store, "t-1")
    assert found.operator == Operator("t-1", "Айгүл Сейтқали", Role.TELLER)
    assert found.credential.name == "bank.example/op/t-1"
    (account,) = [each for each in store.accounts() if each.id == "t-1"]
    assert found.credential.vkey == account.vkey


def test_letter_case_of_the_number_is_nothing(store):
    assert sign_in(store, "T-1").operator.id == "t-1"
    with pytest.raises(OperatorRefused, match="exists"):
        store.add(Operator("T-1", "Other", Role.SUPERVISOR), SECRET, T0)


def test_unknown_disabled_and_wrong_are_refused_alike(store):
    disable_account(store._path, "t-1", T0)
    answers = {
        (type(error), error.code, error.detail)
        for error in (
            fail(store, "nobody"),
            fail(store, "root"),
            fail(store, "t-1", SECRET),
            fail(store, "'; drop table operators; --"),
        )
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [("role", "supervisor"), ("id", "t-2"), ("name", "Смирнова Ольга"), ("vkey", "x+00+AA==")],
)
def test_a_row_edited_by_hand_no_longer_opens(store, column, value):
    change(store, f"UPDATE operators SET {column} = ? WHERE id = 't-1'", value)
    fail(store, "t-2" if column == "id" else "t-1", SECRET)


def test_a_credential_copied_from_a_colleagues_row_opens_nothing(store):
    store.add(Operator("s-1", "Ольга", Role.SUPERVISOR), "другой секрет 1948", T0)
    change(
        store,
        "UPDATE operators SET credential = (SELECT credential FROM operators WHERE id = 't-1'),"
        " vkey = (SELECT vkey FROM operators WHERE id = 't-1') WHERE id = 's-1'",
    )
    fail(store, "s-1", SECRET)


def test_a_disabled_account_is_not_enabled_by_hand(store):
    disable_account(store._path, "t-1", T0)
    change(store, "UPDATE operators SET disabled = 0 WHERE id = 't-1'")
    fail(store, "t-1", SECRET)


def test_a_row_cannot_ask_for_the_machines_memory(store):
    sealed = SealedCredential.create(Operator("t-1", "N", Role.TELLER), BANK, SECRET, CHEAP).text()
    change(store, "UPDATE operators SET credential = ?", sealed.replace("$64$", "$9999999$"))
    assert fail(store, "t-1", SECRET).detail == "store"


def test_who_was_disabled_or_changed_is_not_in_force(store):
    operator = sign_in(store, "t-1").operator
    assert store.is_in_force(operator)
    assert not store.is_in_force(Operator("t-9", "N", Role.TELLER))
    change(store, "UPDATE operators SET role = 'supervisor' WHERE id = 't-1'")
    assert not store.is_in_force(operator)
    change(store, "UPDATE operators SET role = 'teller' WHERE id = 't-1'")
    disable_account(store._path, "t-1", T0)
    assert not store.is_in_force(operator)


def test_a_person_changes_their_own_secret_and_keeps_the_credential(store):
    found = sign_in(store, "t-1")
    store.change_own_secret(found, SECRET, SECRET + " жаңа")
    assert sign_in(store, "t-1", SECRET + " жаңа").credential.vkey == found.credential.vkey
    fail(store, "t-1", SECRET)


def test_nobody_changes_an_own_secret_without_it_or_to_a_weak_one(store):
    found = sign_in(store, "t-1")
    for secret, new in ((SECRET + "?", SECRET + "!"), (SECRET, "short")):
        with pytest.raises(OperatorRefused):
            store.change_own_secret(found, secret, new)
    assert sign_in(store, "t-1").operator.id == "t-1"


def test_a_reset_secret_comes_with_a_new_credential(store):
    before = sign_in(store, "t-1").credential.vkey
    vkey = reset_secret(store._path, "t-1", SECRET + "!", T0)
    assert sign_in(store, "t-1", SECRET + "!").credential.vkey == vkey != before
    disable_account(store._path, "t-1", T0)
    with pytest.raises(OperatorRefused, match="disabled"):
        reset_secret(store._path, "t-1", SECRET, T0)


def test_the_same_letters_composed_differently_are_the_same_secret(store):
    reset_secret(store._path, "t-1", "й" * 3 + "abcdefghijk", T0)
    assert sign_in(store, "t-1", "й" * 3 + "abcdefghijk").operator.id == "t-1"


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("short", "secret_too_short"),
        ("aaaaaaaaaaaaaaaaaaa", "secret_too_simple"),
        ("my T-1 secret phrase", "secret_contains_id"),
        ("abcdef" * 400, "secret_too_long"),
    ],
)
def test_a_weak_secret_is_refused(store, secret, why):
    with pytest.raises(OperatorRefused) as refused:
        reset_secret(store._path, "t-1", secret, T0)
    assert refused.value.detail == why


def test_an_id_exists_once(store):
    with pytest.raises(OperatorRefused, match="exists"):
        store.add(Operator("t-1", "Other", Role.ADMIN), SECRET, T0)


@pytest.mark.parametrize("operator", ["", "-x", "a b", "a" * 33, "т-1", "a\n", "a/b"])
def test_an_id_is_plain_ascii(store, operator):
    with pytest.raises(OperatorRefused, match="id"):
        store.add(Operator(operator, "Name", Role.TELLER), SECRET, T0)


def test_the_last_administrator_stays(store):
    with pytest.raises(OperatorRefused, match="last_admin"):
        disable_account(store._path, "root", T0)


def test_no_listing_holds_a_secret_or_its_hash(store, tmp_path):
    stored = (tmp_path / "operators.sqlite").read_bytes()
    shown = repr(store.accounts()) + repr(sign_in(store, "t-1"))
    assert b"ed25519$argon2id$" in stored
    assert SECRET.encode() not in stored
    assert "argon2id" not in shown


@by_mode
def test_the_file_is_for_its_owner_only(store, tmp_path):
    assert is_private(tmp_path / "operators.sqlite")


def test_accounts_are_created_once_and_never_by_opening(tmp_path):
    path = tmp_path / "operators.sqlite"
    with pytest.raises(NotInitialised):
        Operators(path, CHEAP)
    Operators.create(path, BANK, CHEAP)
    with pytest.raises(AlreadyInitialised):
        Operators.create(path, BANK, CHEAP)


def test_a_sign_in_renews_an_outdated_hash(store, tmp_path):
    dearer = SecretCost(memory_kib=128, iterations=2, lanes=1)
    again = Operators(tmp_path / "operators.sqlite", dearer)
    assert sign_in(again, "t-1").operator.id == "t-1"
    assert b"$128$2$1$" in (tmp_path / "operators.sqlite").read_bytes()
    assert sign_in(again, "t-1").operator.id == "t-1"


def test_a_damaged_file_is_our_error(tmp_path):
    path = tmp_path / "operators.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(OperatorRefused, match="store"):
        Operators(path, CHEAP).accounts()


def test_production_secrets_cost_64_mib_and_three_passes():
    assert SecretCost() == SecretCost(memory_kib=65_536, iterations=3, lanes=4)


def test_roles_never_overlap_between_running_approving_and_appointing():
    powers = [Permission.RUN_SESSION, Permission.OVERRIDE, Permission.MANAGE_OPERATORS]
    for role in Role:
        assert sum(may(role, power) for power in powers) <= 1, role
    for permission in Permission:
        assert any(may(role, permission) for role in Role), permission


def test_require_names_the_missing_permission():
    teller = Operator("t-1", "N", Role.TELLER)
    require(teller, Permission.RUN_SESSION)
    with pytest.raises(RoleMissing) as refused:
        require(teller, Permission.READ_LOG)
    assert refused.value.detail == "read_log"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_id_and_secret_end_in_a_refusal(tmp_path_factory, operator, secret):
    path = tmp_path_factory.mktemp("operators") / "operators.sqlite"
    store = Operators.create(path, BANK, CHEAP)
    with pytest.raises(OperatorRefused):
        sign_in(store, operator, secret)


@given(st.text(max_size=40), st.text(max_size=10))
def test_judging_a_secret_raises_only_refusals(secret, operator):
    outcome = "strong"
    try:
        require_strong(secret, operator)
    except OperatorRefused as refused:
        outcome = refused.detail.split("_")[0]
    assert outcome in {"strong", "secret"}


# -- the second secret ------------------------------------------------------------------------

SECOND = "white birds over the steppe"


def with_second(store):
    store.set_duress_secret(sign_in(store, "t-1"), SECRET, SECOND)
    return store


def stored(store):
    with closing(sqlite3.connect(store._path)) as database:
        return database.execute("SELECT credential FROM operators WHERE id = 't-1'").fetchone()[0]


def test_either_secret_opens_one_key_and_only_the_second_says_duress(store):
    with_second(store)
    own, forced = sign_in(store, "t-1", SECRET), sign_in(store, "t-1", SECOND)

    assert own.credential.vkey == forced.credential.vkey
    assert own.operator == forced.operator
    assert (own.duress, forced.duress) == (False, True)
    assert repr(own) == repr(forced)
    with pytest.raises(OperatorRefused):
        sign_in(store, "t-1", "another secret of theirs")


def test_the_file_has_the_same_shape_with_and_without_a_second_secret(store):
    shape = re.compile(r"[0-9a-f]{8,}")
    before = stored(store)
    with_second(store)
    after = stored(store)

    assert shape.sub("#", before) == shape.sub("#", after)
    assert len(before) == len(after)


def places(text):
    """Return both sealed keys."""
    return re.findall(r"[0-9a-f]{98}", text)


@pytest.mark.parametrize("act", ["change_own_secret", "set_duress_secret"])
def test_two_copies_of_the_file_show_a_changed_secret_not_which(store, act):
    before = stored(store)
    getattr(store, act)(sign_in(store, "t-1"), SECRET, SECOND)
    pairs = zip(places(before), places(stored(store)), strict=True)

    assert [old == new for old, new in pairs].count(False) == 1


def test_no_sign_in_changes_the_file(store):
    with_second(store)
    before = stored(store)
    sign_in(store, "t-1", SECOND)
    sign_in(store, "t-1", SECRET)

    assert stored(store) == before


def test_a_secret_is_stretched_once_whichever_it_is(store, monkeypatch):
    with_second(store)
    counted = []

    def counting(*given):
        counted.append(given)
        return stretch(*given)

    monkeypatch.setattr("workstation.accounts.credential.stretch", counting)
    for secret in (SECRET, SECOND):
        sign_in(store, "t-1", secret)
    for number, secret in (("t-1", "a wrong secret here"), ("nobody", SECRET)):
        with pytest.raises(OperatorRefused):
            sign_in(store, number, secret)

    assert len(counted) == 4


def test_the_own_secret_is_changed_and_the_second_one_stays(store):
    with_second(store)
    store.change_own_secret(sign_in(store, "t-1"), SECRET, SECRET + " жаңа")

    assert not sign_in(store, "t-1", SECRET + " жаңа").duress
    assert sign_in(store, "t-1", SECOND).duress


@pytest.mark.parametrize("act", ["change_own_secret", "set_duress_secret"])
def test_who_is_forced_to_change_secrets_changes_the_second_one_only(store, act):
    with_second(store)
    getattr(store, act)(sign_in(store, "t-1", SECOND), SECOND, SECOND + "!")

    assert sign_in(store, "t-1", SECOND + "!").duress
    assert not sign_in(store, "t-1", SECRET).duress


def test_one_secret_is_never_both(store):
    person = sign_in(store, "t-1")
    with pytest.raises(OperatorRefused, match="secret_taken"):
        store.set_duress_secret(person, SECRET, SECRET)
    with_second(store)
    with pytest.raises(OperatorRefused, match="secret_taken"):
        store.change_own_secret(person, SECRET, SECOND)
    with pytest.raises(OperatorRefused, match="secret_taken"):
        store.change_own_secret(person, SECOND, SECRET)
    with pytest.raises(OperatorRefused, match="secret_too_short"):
        store.set_duress_secret(person, SECRET, "short")


def test_a_wrong_secret_sets_no_second_one(store):
    with pytest.raises(OperatorRefused):
        store.set_duress_secret(sign_in(store, "t-1"), "not the own secret", SECOND)


def test_an_account_of_before_is_read_and_renewed_at_the_sign_in(store):
    """The form of before there were two places: one key, its own purpose, no octet beside it."""
    sealed = SealedCredential.parse(sign_in(store, "t-1").credential.vkey, stored(store))
    operator, salt, nonce = sign_in(store, "t-1").operator, bytes(16), bytes(12)
    seed = sealed._find(operator, SECRET).seed
    account = f"{operator.id}\n{operator.role.value}\n{operator.name}"
    bound = f"operator-credential/v1\n{sealed.vkey}\n{account}".encode()
    kept = AESGCM(stretch(SECRET, salt, CHEAP)).encrypt(nonce, seed, bound)
    before = f"ed25519$argon2id$64$1$1${salt.hex()}${nonce.hex()}${kept.hex()}"
    change(store, "UPDATE operators SET credential = ? WHERE id = 't-1'", before)

    assert not sign_in(store, "t-1", SECRET).duress
    assert len(places(stored(store))) == 2
    assert not sign_in(store, "t-1", SECRET).duress
    change(store, "UPDATE operators SET credential = ? WHERE id = 't-1'", before)
    with_second(store)
    assert sign_in(store, "t-1", SECOND).duress
