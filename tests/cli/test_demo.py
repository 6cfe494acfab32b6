"""``make run``: the field day ends well, and an auditor who was not there agrees with its summary."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.kills.audit import findings
from tests.support.processes import ROOT

HOLIDAY_2031 = datetime(2031, 10, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("day", [None, HOLIDAY_2031], ids=["today", "on a holiday, years on"])
def test_the_field_day_ends_with_nothing_lost(
    tmp_path: Path, day: datetime | None, clock_at: Callable[[datetime], dict[str, str]]
) -> None:
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "daiban_server.demo", "--folder", str(folder), "--port", "0", "--leave"]
    around = os.environ | (clock_at(day) if day else {})
    done = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    assert "断了 3 次" in told
    assert "3 种写法，一个也没丢" in told
    assert told.count("可交回") == 4
    assert "4 张完好" in told
    assert "已上门 1" in told
    assert "已回复 1" in told
    assert findings(folder / "server", [folder / f"phone{n}" for n in (1, 2, 3, 4)]) == []
    log = (folder / "server" / "server.log").read_text()
    assert "Traceback" not in log, log
