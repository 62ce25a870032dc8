"""A station of its own for every test, and the desk from which it is driven without threads."""

import pytest

from tests.support.station.stations import Desk, a_site


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path) as site:
        yield site


@pytest.fixture
def desk(site):
    return Desk(site)
