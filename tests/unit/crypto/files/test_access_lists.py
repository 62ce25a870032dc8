"""Windows' access lists: who besides the owner may read a secret or change its folder."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.files import access_list
from crypto.files.access_list import (
    ADMINISTRATORS,
    CHANGE,
    EVERYBODY,
    FULL,
    READ,
    SYSTEM,
    Grant,
    grants,
    owner,
    private_descriptor,
)
from crypto.vault.keyfile import make_private_folder
from tests.support.system.exposure import expose, is_private
from tests.support.system.platforms import not_under_wine, on_windows

ACCOUNT = "S-1-5-21-3623811015-3361044348-30300820-1013"
USERS = "S-1-5-32-545"


def ace(kind, flags, rights, who):
    packed = access_list._packed(who)
    return struct.pack("<BBHI", kind, flags, 8 + len(packed), rights) + packed


def descriptor(*entries, control=0x8004):
    """As GetFileSecurity gives it: header, owner left out, the list at octet 20."""
    listed = b"".join(entries)
    head = struct.pack("<BBHIIII", 1, 0, control, 0, 0, 0, 20)
    return head + struct.pack("<BBHHH", 2, 0, 8 + len(listed), len(entries), 0) + listed


# D:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU), octet by octet.
PUBLISHED = bytes.fromhex(
    "0100048400000000000000000000000014000000"
    "0200340002000000"
    "00101400ff011f00010100000000000512000000"
    "00101800a90012000102000000000005200000002102000"
    "0"
)


def test_a_list_is_read_octet_by_octet():
    assert grants(PUBLISHED) == (Grant(SYSTEM, FULL), Grant(USERS, 0x1200A9))


def test_what_is_written_lets_in_the_owner_the_system_and_administrators_only():
    for folder in (False, True):
        found = grants(private_descriptor(ACCOUNT, folder=folder))
        assert [each.who for each in found] == [ACCOUNT, SYSTEM, ADMINISTRATORS]
        assert {each.rights for each in found} == {FULL}


@pytest.mark.parametrize(
    "listless", [descriptor(control=0x8000), struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 0)]
)
def test_without_a_list_everybody_may_do_everything(listless):
    assert grants(listless) == (Grant(EVERYBODY, FULL),)


def test_the_owner_is_told():
    named = access_list._packed(ACCOUNT)
    at = len(PUBLISHED)
    owned = PUBLISHED[:4] + struct.pack("<I", at) + PUBLISHED[8:] + named
    assert owner(owned) == ACCOUNT
    assert owner(PUBLISHED) == EVERYBODY
    for spoilt in (owned[: at + 3], owned[:6]):
        with pytest.raises(ValueError, match="security descriptor"):
            owner(spoilt)


def test_an_empty_list_lets_nobody_in():
    assert grants(descriptor()) == ()


def test_entries_that_forbid_audit_or_are_only_inherited_allow_nothing():
    found = grants(
        descriptor(
            ace(0x01, 0, FULL, EVERYBODY),
            ace(0x02, 0, FULL, EVERYBODY),
            ace(0x00, 0x0B, FULL, USERS),
            ace(0x09, 0, READ, USERS),
        )
    )
    assert found == (Grant(USERS, READ),)


@given(st.binary(max_size=200))
def test_any_octets_are_a_list_or_a_value_error(octets):
    with contextlib.suppress(ValueError):
        assert all(each.who.startswith("S-") for each in grants(octets))


@given(st.integers(0, len(PUBLISHED) - 1))
def test_a_list_that_is_cut_is_an_error_never_a_shorter_list(length):
    with pytest.raises(ValueError, match="security descriptor"):
        grants(PUBLISHED[:length])


@on_windows
def test_a_private_folder_and_file_let_nobody_else_in(tmp_path):
    folder = tmp_path / "above" / "keys"
    make_private_folder(folder)
    assert is_private(folder)
    (folder / "file").write_bytes(b"secret")
    access_list.make_private(folder / "file", folder=False)
    assert is_private(folder / "file")
    with (folder / "file").open("rb") as file:
        assert not access_list.others_may(file.fileno(), READ)
    expose(folder / "file")
    with (folder / "file").open("rb") as file:
        assert access_list.others_may(file.fileno(), READ)


@on_windows
@not_under_wine("a file inherits no access list from its folder")
def test_what_is_made_in_a_private_folder_is_private_too(tmp_path):
    make_private_folder(tmp_path / "keys")
    (tmp_path / "keys" / "below").mkdir()
    (tmp_path / "keys" / "below" / "file").write_bytes(b"secret")
    assert is_private(tmp_path / "keys" / "below" / "file")


@on_windows
def test_a_folder_that_is_there_keeps_its_list(tmp_path):
    expose(tmp_path)
    make_private_folder(tmp_path)
    assert access_list.others_may(tmp_path, CHANGE)
