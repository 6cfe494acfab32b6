"""Runs pytest in a copy of the project, in a process that has everybody else's packages imported already.

Importing them takes two seconds, which seventy guards would pay one after the other. So they are imported once, in a
server of multiprocessing's that has done nothing else, and each run is forked from it. Nothing of the project is among
them: a run imports its own copy, and says so if anything else slipped in.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

PACKAGES = ("schemas", "sync", "client_sdk", "server")
OTHERS = (
    *("pytest", "litestar", "uvicorn", "uvicorn.lifespan.on", "uvicorn.protocols.http.h11_impl", "httpx2", "stamina"),
    *("sqlalchemy.ext.asyncio", "alembic.command", "aiosqlite", "asyncpg", "sqlcipher3.dbapi2", "argon2", "msgspec"),
    *("cryptography.x509", "cryptography.hazmat.primitives.kdf.hkdf", "cryptography.hazmat.primitives.asymmetric.ec"),
    *("PIL.Image", "PIL.ImageOps", "jinja2", "segno", "chinese_calendar", "rich.progress", "playwright.async_api"),
)
# pytest rewrites the assertions of plugins that it finds by itself, and will not do so once they are imported.
_QUIET = ("-q", "-rpfEs", "--tb=short", "-p", "pytest_asyncio.plugin", "-p", "no:cacheprovider")
OTHER_CODE = "This run imported other code than its copy's"

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(list(OTHERS))


def pytest_in(folder: Path, tests: Sequence[str], patience: float) -> str:
    """What pytest says of `tests` in the copy in `folder`. Raises `TimeoutError` after `patience` seconds."""
    said = folder.with_name("said.txt")  # beside the copy, so that copies of it stay small
    process = _processes.Process(target=_run, args=(folder, tests, said))
    process.start()
    process.join(patience)
    if process.is_alive():
        process.kill()
        process.join()
        raise TimeoutError
    return said.read_text(encoding="utf-8", errors="replace")


def end_in_order() -> None:
    """From now on who is told to end (SIGINT, SIGTERM) ends his runs first, and gets `KeyboardInterrupt` himself."""
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    for process in multiprocessing.active_children():
        process.kill()
    raise KeyboardInterrupt


def _end_with_its_asker() -> None:
    """Wait in a run for the end of whoever asked for it, which may be killed without a word. The server that it was
    forked from does not end before it."""
    asker = multiprocessing.parent_process()
    if asker is not None:
        asker.join()
        os.kill(os.getpid(), signal.SIGKILL)


def _run(folder: Path, tests: Sequence[str], said: Path) -> None:
    threading.Thread(target=_end_with_its_asker, daemon=True).start()
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]  # the project's own: this function's home
    os.chdir(folder)
    paths = [str(folder / package) for package in PACKAGES]
    sys.path[:0] = [*paths, str(folder)]
    # What runs in a process of its own finds the copy too; the same examples every time; room for a test's own words.
    os.environ |= {"PYTHONPATH": os.pathsep.join(paths), "HYPOTHESIS_PROFILE": "ci", "COLUMNS": "200"}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    import pytest

    pytest.main([*_QUIET, "--basetemp", str(folder.with_name("tmp")), *tests])
    ours = ("tests", *(f"daiban_{package}" for package in PACKAGES))
    files = [module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] in ours]
    if strays := [file for file in files if file and not Path(file).is_relative_to(folder)]:
        print(f"{OTHER_CODE}: {strays}")
