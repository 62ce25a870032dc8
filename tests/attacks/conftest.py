"""What several files of attacks begin with."""

import pytest


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """Where the first test leaves the station after two customers, for the others to copy."""
    return tmp_path_factory.mktemp("worked") / "branch"
