"""On somebody's own machine a missing program leaves tests out and says so; in CI that is a failure."""

from pathlib import Path

import pytest

from tests.support.processes import Child

SUITE = """
import pytest
@pytest.mark.skip(reason="no browser here")
def test_of_the_board(): pass
def test_of_the_register(): pass
@pytest.fixture(scope="session")
def postgres(): pytest.skip("no database here")
def test_of_the_tables(postgres): pass
"""


def outcome(suite: Path, ci: str) -> str:
    command = ("-m", "pytest", suite, "-p", "tests.support.no_skips", "-p", "no:cacheprovider")
    with Child.python(*command, env={"CI": ci}) as run:
        run.wait()
        return run.lines[-1]


def test_every_run_of_these_tests_has_the_rule(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin("tests.support.no_skips")


@pytest.mark.parametrize(("ci", "expected"), [("", "1 passed, 2 skipped"), ("true", "1 passed, 2 errors")])
def test_a_skip_is_a_failure_in_ci_alone(tmp_path: Path, ci: str, expected: str) -> None:
    suite = tmp_path / "test_hall.py"
    suite.write_text(SUITE)
    assert expected in outcome(suite, ci)


def test_a_file_left_out_as_a_whole_is_no_better(tmp_path: Path) -> None:
    suite = tmp_path / "test_hall.py"
    suite.write_text('import pytest\npytest.skip("no browser here", allow_module_level=True)\n')
    assert "1 skipped" in outcome(suite, ci="")
    assert "1 error" in outcome(suite, ci="true")
