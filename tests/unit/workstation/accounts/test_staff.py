import sqlite3
from contextlib import closing

import pytest

from tests.support.accounts.staged import disable_account
from tests.support.vision.templates import face, near
from workstation.accounts.lockout import Lockout
from workstation.accounts.operators import Operators
from workstation.accounts.secret import SecretCost
from workstation.accounts.staff import Staff, StaffRecord
from workstation.accounts.staging import StagedAccounts
from workstation.errors import NotInitialised, OperatorRefused
from workstation.rules.parties import Operator, Role

CHEAP = SecretCost(memory_kib=64, iterations=1, lanes=1)
PASSWORD = "дом у реки 48 Тобол"
SECRET, MODEL = b"k" * 32, "ab" * 32
IIN, OTHER_IIN = "920314400005", "880722300007"
T0 = 1_790_000_000_000


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "operators.sqlite"
    accounts = Operators.create(path, "bank.example", CHEAP)
    accounts.add(Operator("root", "Админ", Role.ADMIN), PASSWORD, T0)
    for name in ("t-1", "t-2"):
        accounts.add(Operator(name, "Айгүл Сейтқали", Role.TELLER), PASSWORD, T0)
    return path


@pytest.fixture
def staff(path):
    return Staff(path, SECRET, MODEL)


def execute(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_an_employee_is_known_by_the_iin_and_nobody_else_is(staff):
    staff.set_iin("t-1", f" {IIN} ")

    assert staff.is_staff_iin(IIN)
    assert not staff.is_staff_iin(OTHER_IIN)


def test_the_teller_is_told_from_a_colleague(staff):
    staff.set_iin("t-1", IIN)

    assert staff.is_staff_iin(IIN, "t-1")
    assert not staff.is_staff_iin(IIN, "t-2")


def test_a_corrected_iin_replaces_the_first(staff):
    staff.set_iin("t-1", OTHER_IIN)
    staff.set_iin("t-1", IIN)

    assert not staff.is_staff_iin(OTHER_IIN)
    assert staff.is_staff_iin(IIN)


@pytest.mark.parametrize("typed", ["920314400006", "92031440000", "", "abc", "929914400005"])
def test_an_iin_that_does_not_add_up_is_not_taken(staff, typed):
    with pytest.raises(OperatorRefused, match="iin"):
        staff.set_iin("t-1", typed)


def test_a_face_is_nearest_to_itself_whoever_it_is_of(staff):
    assert staff.nearest_staff(face("a")) is None
    staff.enrol_face("t-1", face("a"), T0)
    staff.enrol_face("t-2", face("b"), T0)

    assert staff.nearest_staff(near(face("b"))) < 1_000
    assert staff.nearest_staff(face("c")) > 500_000
    assert staff.nearest_staff(face("b"), "t-1") > 500_000
    assert staff.nearest_staff(face("a"), "root") is None


def test_whose_consent_is_withdrawn_is_forgotten(staff):
    staff.enrol_face("t-1", face("a"), T0)
    staff.remove_face("t-1")

    assert staff.nearest_staff(face("a")) is None
    with pytest.raises(OperatorRefused, match="no_face"):
        staff.remove_face("t-1")


def test_who_has_left_does_not_count_and_is_forgotten(staff, path):
    staff.set_iin("t-1", IIN)
    staff.enrol_face("t-1", face("a"), T0)
    disable_account(path, "t-1", T0)

    assert not staff.is_staff_iin(IIN)
    assert staff.nearest_staff(face("a")) is None
    assert StaffRecord("t-1", iin=False, face=False) in staff.records()


def test_a_disabled_account_is_not_known_as_staff_again(staff, path):
    disable_account(path, "t-1", T0)
    staff.set_iin("t-1", IIN)

    assert not staff.is_staff_iin(IIN)


def test_two_accounts_of_one_person_are_not_four_eyes(staff, path):
    staff.set_iin("t-1", IIN)
    staff.set_iin("T-1", IIN)
    for act in (staff.set_iin, staff.require_own_iin):
        with pytest.raises(OperatorRefused, match="iin_taken"):
            act("t-2", IIN)
    disable_account(path, "t-1", T0)
    staff.set_iin("t-2", IIN)

    assert staff.is_staff_iin(IIN, "t-2")


def test_an_account_that_waits_has_no_iin_of_another_either(staff, path):
    staged = StagedAccounts(path, CHEAP)
    staged.add(Operator("s-9", "S", Role.SUPERVISOR), PASSWORD, T0)
    staff.set_iin("s-9", IIN)
    with pytest.raises(OperatorRefused, match="iin_taken"):
        staff.set_iin("t-1", IIN)

    staged.withdraw()
    staff.set_iin("t-1", IIN)


def test_a_number_in_other_letters_is_the_same_person(staff):
    staff.set_iin("T-1", IIN)
    staff.enrol_face("T-1", face("a"), T0)

    assert staff.is_staff_iin(IIN, "t-1")
    assert staff.nearest_staff(face("a"), "t-1") < 1_000


def test_nothing_is_kept_of_an_unknown_id(staff):
    for act in (
        lambda: staff.set_iin("nobody", IIN),
        lambda: staff.enrol_face("nobody", face("a"), T0),
        lambda: staff.remove_face("nobody"),
        lambda: staff.require_known("nobody"),
    ):
        with pytest.raises(OperatorRefused, match="unknown"):
            act()


def test_faces_of_another_model_are_not_compared(staff, path):
    staff.enrol_face("t-1", face("a"), T0)

    assert Staff(path, SECRET, "cd" * 32).nearest_staff(face("a", 64)) is None


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE staff_face SET sealed = zeroblob(length(sealed))",
        "UPDATE staff_face SET sealed = x''",
        "UPDATE staff_face SET sealed = 'text'",
        "UPDATE staff_face SET id = 't-2'",
    ],
)
def test_a_face_that_was_changed_or_given_to_another_is_refused(staff, path, spoil):
    staff.enrol_face("t-1", face("a"), T0)
    execute(path, spoil)

    with pytest.raises(OperatorRefused, match="face"):
        staff.nearest_staff(face("a"))


def test_another_stations_key_opens_no_face_and_knows_no_iin(staff, path):
    staff.set_iin("t-1", IIN)
    staff.enrol_face("t-1", face("a"), T0)
    foreign = Staff(path, b"x" * 32, MODEL)

    assert not foreign.is_staff_iin(IIN)
    with pytest.raises(OperatorRefused, match="face"):
        foreign.nearest_staff(face("a"))


def test_the_records_say_what_is_kept_and_the_file_says_no_more(staff, path):
    staff.set_iin("t-1", IIN)
    staff.enrol_face("t-2", face("a"), T0)

    assert staff.records() == (
        StaffRecord("root", iin=False, face=False),
        StaffRecord("t-1", iin=True, face=False),
        StaffRecord("t-2", iin=False, face=True),
    )
    assert IIN.encode() not in path.read_bytes()


def test_accounts_of_before_go_on_working(path):
    """`path` was made without the tables of the staff."""
    staff = Staff(path, SECRET, MODEL)

    assert not staff.is_staff_iin(IIN)
    attempt = Lockout(path, SECRET).count("t-1", 0)
    assert Operators(path, CHEAP).authenticate(attempt, PASSWORD).operator.id == "t-1"


def test_staff_are_kept_beside_accounts_only(tmp_path):
    with pytest.raises(NotInitialised):
        Staff(tmp_path / "operators.sqlite", SECRET, MODEL)
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"not a database" * 100)
    with pytest.raises(OperatorRefused, match="store"):
        Staff(damaged, SECRET, MODEL)
