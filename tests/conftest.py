"""What every test may ask for, and the rule that in CI nothing is skipped."""

import os
import sys
from collections.abc import Generator

import pytest

pytest_plugins = [
    "tests.support.chromium",
    "tests.support.faketime",
    "tests.support.node",
    "tests.support.poppler",
    "tests.support.postgres",
    "tests.support.township",
    "tests.support.fire",
]

# A run starts a hundred processes, which would each compile everything anew where bytecode is forbidden; `make clean`
# takes it away again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many tests run beside each other: more than there are cores, since stories wait for disks, links and pages as
    long as they compute."""
    return 2 * (os.cpu_count() or 1)


def _refuse_skips(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"in CI nothing is skipped, but this was. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge a test's set-up, call and tear-down."""
    report = yield
    _refuse_skips(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge a file that is left out as a whole."""
    report = yield
    _refuse_skips(report)
    return report
