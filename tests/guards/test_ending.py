"""What `make guards` started ends with it, however it ends."""

import os
import select
import signal
from pathlib import Path

import pytest

from tests.support.processes import ROOT, Child

_TEST = """
import os
import signal
from pathlib import Path


def test_that_never_ends():
    Path(os.environ["SAYS_WHO"]).write_text(str(os.getpid()))
    signal.pause()
"""
_RUN = """
import sys
from pathlib import Path
from tests.guards import warm

if __name__ == "__main__":
    warm._processes.set_forkserver_preload([])
    warm.end_in_order()
    warm.pytest_in(Path(sys.argv[1]), ["test_endless.py"], 600)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_a_run_ends_with_whoever_asked_for_it(tmp_path: Path, how: signal.Signals) -> None:
    folder, script, pipe = tmp_path / "tree", tmp_path / "run.py", tmp_path / "who"
    folder.mkdir()
    (folder / "test_endless.py").write_text(_TEST)
    script.write_text(_RUN)
    os.mkfifo(pipe)
    with Child.python(script, folder, env={"SAYS_WHO": str(pipe), "PYTHONPATH": os.pathsep.join(_paths())}) as child:
        run = os.pidfd_open(int(pipe.read_text()))  # read when it is told
        os.kill(child.pid, how)
        ended, _, _ = select.select([run], [], [], 30)
        if not ended:
            signal.pidfd_send_signal(run, signal.SIGKILL)
        os.close(run)
    assert ended, "the run outlived it"


def _paths() -> list[str]:
    return [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
