"""A log of nine entries more than its first, and a witness that watches it."""

import pytest

from tests.support.station.log import LogSite
from tests.support.station.witnesses import WitnessSite, grow


@pytest.fixture
def site(tmp_path):
    made = LogSite(tmp_path / "site")
    with made.create() as store:
        grow(store, 9)
    return made


@pytest.fixture
def witness(tmp_path, site):
    made = WitnessSite(tmp_path / "witness")
    assert made.state.add(site.log_key.verifier)
    return made
