"""Property tests explore anew at every run on a desk; in CI they try the same examples each time, so a run can be repeated."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from tests.servers.postgres import Cluster, NoPostgres, cluster

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server for this run. Without the package its tests are skipped on a desk, and fail in CI."""
    try:
        with cluster() as server:
            yield server
    except NoPostgres as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
