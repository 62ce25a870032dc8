from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.system.exposure import is_private
from tests.support.system.platforms import by_mode
from workstation.accounts.operators import Operators, Permission, may, require
from workstation.accounts.secret import SecretCost, SecretHash, require_strong
from workstation.errors import (
    AlreadyInitialised,
    NotInitialised,
    OperatorLocked,
    OperatorRefused,
    RoleMissing,
)
from workstation.rules.parties import Operator, Role

CHEAP = SecretCost(memory_kib=64, iterations=1, lanes=1)
SECRET = "дом у реки 48 Тобол"
T0 = 1_790_000_000_000
HOUR = 3_600_000


@pytest.fixture
def store(tmp_path):
    store = Operators.create(tmp_path / "operators.sqlite", CHEAP)
    store.add(Operator("t-1", "Айгүл Сейтқали", Role.TELLER), SECRET, T0)
    store.add(Operator("root", "Админ", Role.ADMIN), SECRET, T0)
    return store


def fail(store, operator, now, secret="wrong wrong wrong"):
    with pytest.raises(OperatorRefused) as refused:
        store.authenticate(operator, secret, now)
    return refused.value


def test_the_right_secret_signs_in(store):
    assert store.authenticate("t-1", SECRET, T0) == Operator("t-1", "Айгүл Сейтқали", Role.TELLER)


def test_unknown_disabled_and_wrong_are_refused_alike(store):
    store.disable("t-1", T0)
    answers = {
        (type(error), error.code, error.detail)
        for error in (
            fail(store, "nobody", T0),
            fail(store, "root", T0),
            fail(store, "t-1", T0, SECRET),
            fail(store, "'; drop table operators; --", T0),
        )
    }
    assert len(answers) == 1


@pytest.mark.parametrize("operator", ["t-1", "nobody"])
def test_the_third_failure_locks_known_and_unknown_ids_alike(store, operator):
    for _ in range(3):
        assert not isinstance(fail(store, operator, T0), OperatorLocked)
    locked = fail(store, operator, T0 + 1)
    assert isinstance(locked, OperatorLocked)
    assert locked.detail == "30"


def test_the_delay_doubles_up_to_an_hour(store):
    now, seen = T0, []
    for _ in range(12):
        fail(store, "t-1", now)
        try:
            store.authenticate("t-1", "wrong wrong wrong", now)
        except OperatorLocked as locked:
            seen.append(int(locked.detail))
            now += int(locked.detail) * 1000
        except OperatorRefused:
            continue
    assert seen[:4] == [30, 60, 120, 240]
    assert max(seen) == seen[-1] == 3600


def test_the_right_secret_does_not_open_a_lock(store):
    for _ in range(3):
        fail(store, "t-1", T0)
    with pytest.raises(OperatorLocked):
        store.authenticate("t-1", SECRET, T0 + 29_000)
    assert store.authenticate("t-1", SECRET, T0 + 30_000).id == "t-1"


def test_a_success_clears_the_failures(store):
    for _ in range(3):
        fail(store, "t-1", T0)
        fail(store, "t-1", T0)
        store.authenticate("t-1", SECRET, T0)


def test_a_lock_survives_a_restart(store, tmp_path):
    for _ in range(3):
        fail(store, "t-1", T0)
    again = Operators(tmp_path / "operators.sqlite", CHEAP)
    assert isinstance(fail(again, "t-1", T0), OperatorLocked)


def test_setting_the_clock_back_does_not_open_a_lock(store):
    for _ in range(3):
        fail(store, "t-1", T0)
    assert isinstance(fail(store, "t-1", T0 - HOUR), OperatorLocked)


def test_a_new_secret_does_not_open_a_lock(store):
    for _ in range(3):
        fail(store, "t-1", T0)
    store.change_secret("t-1", SECRET + " жаңа", T0)
    with pytest.raises(OperatorLocked):
        store.authenticate("t-1", SECRET + " жаңа", T0)


def test_parallel_guesses_get_no_more_tries_than_serial_ones(store):
    def guess(_):
        try:
            store.authenticate("t-1", "wrong wrong wrong", T0)
        except OperatorLocked:
            return "locked"
        except OperatorRefused:
            return "tried"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(16)))
    assert outcomes.count("tried") == 3


def test_the_same_letters_composed_differently_are_the_same_secret(store):
    store.change_secret("t-1", "й" * 3 + "abcdefghijk", T0)
    assert store.authenticate("t-1", "й" * 3 + "abcdefghijk", T0).id == "t-1"


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
        store.change_secret("t-1", secret, T0)
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
        store.disable("root", T0)


def test_no_listing_holds_a_secret_or_its_hash(store, tmp_path):
    stored = (tmp_path / "operators.sqlite").read_bytes()
    shown = repr(store.accounts()) + repr(SecretHash.derive(SECRET, CHEAP))
    assert b"argon2id$" in stored
    assert SECRET.encode() not in stored
    assert "argon2id" not in shown


@by_mode
def test_the_file_is_for_its_owner_only(store, tmp_path):
    assert is_private(tmp_path / "operators.sqlite")


def test_accounts_are_created_once_and_never_by_opening(tmp_path):
    path = tmp_path / "operators.sqlite"
    with pytest.raises(NotInitialised):
        Operators(path, CHEAP)
    Operators.create(path, CHEAP)
    with pytest.raises(AlreadyInitialised):
        Operators.create(path, CHEAP)


def test_a_sign_in_renews_an_outdated_hash(store, tmp_path):
    dearer = SecretCost(memory_kib=128, iterations=2, lanes=1)
    again = Operators(tmp_path / "operators.sqlite", dearer)
    assert again.authenticate("t-1", SECRET, T0).id == "t-1"
    assert b"argon2id$128$2$1$" in (tmp_path / "operators.sqlite").read_bytes()
    assert again.authenticate("t-1", SECRET, T0).id == "t-1"


def test_a_damaged_file_is_our_error(tmp_path):
    path = tmp_path / "operators.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(OperatorRefused, match="store"):
        Operators(path, CHEAP).authenticate("t-1", SECRET, T0)


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
    store = Operators.create(path, CHEAP)
    with pytest.raises(OperatorRefused):
        store.authenticate(operator, secret, T0)


@given(st.text(max_size=40), st.text(max_size=10))
def test_judging_a_secret_raises_only_refusals(secret, operator):
    outcome = "strong"
    try:
        require_strong(secret, operator)
    except OperatorRefused as refused:
        outcome = refused.detail.split("_")[0]
    assert outcome in {"strong", "secret"}
