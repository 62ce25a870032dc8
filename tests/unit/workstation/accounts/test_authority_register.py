"""A result of the authority counts once on this station, whatever happened in between."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from workstation.accounts.authority_register import AuthorityRegister
from workstation.errors import SettingsRefused


def test_a_station_that_was_started_again_still_knows_what_it_had(tmp_path):
    path = tmp_path / "authority.sqlite"
    assert AuthorityRegister(path).claim("N-0001", "ab" * 16)
    again = AuthorityRegister(path)
    assert not again.claim("N-0001", "cd" * 16)
    assert not again.claim("N-0002", "ab" * 16)
    assert again.claim("N-0002", "cd" * 16)


def test_a_register_whose_disk_is_gone_refuses(tmp_path):
    register = AuthorityRegister(tmp_path / "authority.sqlite")
    (tmp_path / "authority.sqlite").unlink()
    (tmp_path / "authority.sqlite").mkdir()
    with pytest.raises(SettingsRefused, match=r"authority\.sqlite"):
        register.claim("N-0001", "ab" * 16)


def test_of_many_claims_at_once_one_succeeds(tmp_path):
    register = AuthorityRegister(tmp_path / "authority.sqlite")
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda n: register.claim("N-0001", f"{n:032x}"), range(8)))
    assert sum(claims) == 1


def test_a_file_that_is_no_database_is_refused_by_its_name(tmp_path):
    (tmp_path / "authority.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(SettingsRefused, match=r"authority\.sqlite"):
        AuthorityRegister(tmp_path / "authority.sqlite")
