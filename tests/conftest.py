"""What every test stands on: a private environment, the run's PostgreSQL, and the rule about logs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.log_rules import ExpectedLogs, no_unexpected_logs
from tests.postgres import PostgresCluster, shared_cluster, stop_shared_cluster

ROOT = Path(__file__).resolve().parent.parent
RUN_FOLDER = "MPS_TEST_RUN_FOLDER"
RUN_PID = "MPS_TEST_RUN_PID"


def _prepare_environment() -> None:
    """Set before anything is imported that reads it; the programs that tests start inherit it."""
    for name in [name for name in os.environ if name.startswith(("MPS_HUB_", "MPS_POS_"))]:
        del os.environ[name]
    # A display of the developer's would show every window, and steal the focus.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # python-escpos keeps a pickle; a folder per worker, so that none reads what another has half written.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    pickles = ROOT / "build" / "test" / f"escpos-{worker}"
    pickles.mkdir(parents=True, exist_ok=True)
    os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = str(pickles)
    # Never the developer's own key ring.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    # A proxy would take requests meant for this machine.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"


_prepare_environment()
# A busy machine is slow, which is no fault of the code under test. CI tries the same examples every time, so that
# a red run is the change's doing; everybody else's runs go on searching.
hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("house")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """One folder for what the processes of this run share; workers inherit its name."""
    if not _is_worker(config):
        os.environ[RUN_PID] = str(os.getpid())
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="mps-test-run-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_worker(config):
        folder = Path(os.environ.pop(RUN_FOLDER))
        stop_shared_cluster(folder)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_cluster() -> PostgresCluster:
    """A real PostgreSQL, shared by the whole run; create a database of your own in it."""
    return shared_cluster(Path(os.environ[RUN_FOLDER]), int(os.environ[RUN_PID]))


@pytest.fixture
def expected_logs() -> ExpectedLogs:
    """Allows the log records that a test means to provoke."""
    return ExpectedLogs()


@pytest.fixture(autouse=True)
def _log_rule(expected_logs: ExpectedLogs) -> Iterator[None]:
    with no_unexpected_logs(expected_logs):
        yield
