"""Processes of their own for tests that kill, cut or mislead one: they never outlive the test run."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]

# The kernel ends the child should pytest itself be killed: no later run meets its port or its files.
_DIES_WITH_PYTEST = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []


class Child:
    """A running process whose output is kept line by line, standard error among it.

    Used as a block; at its end the process is killed if it still runs.
    """

    def __init__(self, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
        """Start `command`; `env` is laid over the environment of the test run."""
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self._process = subprocess.Popen(
            [*_DIES_WITH_PYTEST, *map(str, command)],
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(env or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @classmethod
    def python(cls, *arguments: str | Path, env: Mapping[str, str] | None = None) -> Self:
        """Start this test run's own Python, as in `Child.python("-m", "daiban_server")`."""
        return cls([sys.executable, *arguments], env)

    @property
    def pid(self) -> int:
        """The process id, for signals that this class has no word for."""
        return self._process.pid

    @property
    def output(self) -> str:
        """Everything that it has said so far."""
        return "\n".join(self.lines)

    def line(self, containing: str, timeout: float = 30) -> str:
        """Wait for the first line that has `containing` in it and return it.

        An AssertionError with the whole output if the process ends, or `timeout` seconds pass, without it.
        """

        def found() -> str | None:
            return next((line for line in self.lines if containing in line), None)

        with self._news:
            self._news.wait_for(lambda: found() is not None or self._ended, timeout)
            line = found()
        assert line is not None, f"no line with {containing!r} came:\n{self.output}"
        return line

    def say(self, line: str) -> None:
        """Write one line to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def end_input(self) -> None:
        """Close its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def kill(self) -> None:
        """End it as a flat battery would: SIGKILL, with no chance to tidy up."""
        self._process.kill()
        self.wait()

    def stop(self, timeout: float = 30) -> int:
        """Ask it to end (SIGTERM) and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self.wait(timeout)

    def wait(self, timeout: float = 30) -> int:
        """Wait until it has ended by itself and all its output is read; return its exit code."""
        code = self._process.wait(timeout)
        self._listener.join(timeout)
        return code

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.kill()
        self._listener.join(60)
        # A pipe that somebody reads from cannot be closed: that would wait for ever.
        assert not self._listener.is_alive(), f"what it began outlives it:\n{self.output}"
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
