"""One good log for all tests that falsify a copy of it."""

import pytest

from tests.support.station.log import LogSite
from tests.support.station.log_audit import SIZE


@pytest.fixture(scope="session")
def good_log(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    LogSite(folder).fill(SIZE)
    return folder
