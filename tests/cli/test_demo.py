"""``make run``: the field day ends well, and an auditor who was not there agrees with its summary."""

import subprocess
import sys
from pathlib import Path

from tests.kills.audit import findings
from tests.support.processes import ROOT


def test_the_field_day_ends_with_nothing_lost(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "daiban_server.demo", "--folder", str(folder), "--port", "0", "--leave"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
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
