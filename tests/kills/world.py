"""A server and phones as processes that die and are started again, and work that goes on regardless."""

import asyncio
import io
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
from PIL import Image

from daiban_server import provision
from daiban_server.db.database import open_database
from daiban_server.db.migrate import migrate
from daiban_server.db.program import Program
from daiban_server.http.enrolment import code_text, make_code
from daiban_server.keystore import load_or_make
from daiban_server.settings import Settings
from daiban_sync import ids
from tests.kills import audit, hook
from tests.support.processes import ROOT, Child


def fresh_id() -> bytes:
    """A fresh id."""
    return ids.uuid7(time.time_ns() // 1_000_000, secrets.token_bytes(10))


class Server:
    """The server's process; a watcher starts it again whenever it dies, as a service's supervisor does."""

    def __init__(self, data: Path, kill_file: Path) -> None:
        self.data = data
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.deaths = 0
        self._environment = {hook.VARIABLE: str(kill_file)}
        self._child: Child | None = None
        self._ending = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._child = self._new()
        self._watcher.start()
        self.ready()

    def ready(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx2.get(f"{self.url}/v1/health", trust_env=False, timeout=5).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"the server does not answer: {self._child.output if self._child else ''}")

    def kill(self) -> None:
        """SIGKILL; the watcher starts it again."""
        if self._child:
            self._child._process.kill()

    def stop(self) -> None:
        """End it for good."""
        self._ending.set()
        if self._child:
            self._child._process.kill()
        self._watcher.join(30)
        if self._child:
            self._child.__exit__(None, None, None)

    def _new(self) -> Child:
        return Child.python("-m", "tests.kills.server", str(self.data), str(self.port), env=self._environment)

    def _watch(self) -> None:
        while not self._ending.is_set():
            assert self._child is not None
            self._child._process.wait()
            if self._ending.is_set():
                return
            self.deaths += 1
            self._child.__exit__(None, None, None)
            self._child = self._new()


class Phone:
    """A phone's process. What it told to be saved is written down for the auditor."""

    def __init__(self, folder: Path, kill_file: Path) -> None:
        self.folder = folder
        self.deaths = 0
        self._environment = os.environ | {hook.VARIABLE: str(kill_file), "LANG": "zh_CN.UTF-8"}
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._told = folder.with_name(folder.name + ".told")
        self._homes: list[str] = []

    def start(self) -> None:
        """Switch it on."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kills.phone", "agent", "--device", str(self.folder), "script"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def do(self, line: str) -> str | None:
        """Run a command; gives ``ok`` or ``failed …``, or None where the phone died. A dead one is started again."""
        if self._process is None:
            self.start()
        assert self._process and self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return self._died()
        said = []
        for text in self._process.stdout:
            said.append(text.rstrip("\n"))
            if said[-1] == "ok" or said[-1].startswith("failed "):
                self.said = said
                return said[-1]
        return self._died()

    def _died(self) -> None:
        self.deaths += 1
        self.stop()

    def stop(self) -> None:
        """Off: SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    try:
                        pipe.close()
                    except BrokenPipeError:
                        continue
            self._process = None

    def kill(self) -> None:
        """SIGKILL from outside, at any instant."""
        if self._process is not None:
            self._process.kill()

    def save(self, record: str, kind: str, fields: dict[str, str], option: str) -> None:
        """Save a record; if the phone says that it is saved, note it."""
        words = " ".join(f"'{name}={value}'" for name, value in fields.items())
        if self.do(f"collect {kind} {option} {record} {words}") == "ok":
            with self._told.open("a") as told:
                told.write(json.dumps({"record": record, "fields": fields}) + "\n")
            if kind == "household":
                self._homes.append(record)

    def confirmed(self) -> int:
        """Saves that the phone said were done."""
        return len(self._told.read_text().splitlines()) if self._told.exists() else 0

    def work(self, place: bytes, dice: random.Random, picture: Path | None) -> None:
        """A little work at a home: a new household, an edit of an old one, a photo."""
        record = fresh_id().hex()
        self.save(record, "household", {"place": place.hex(), "head": f"张{dice.randint(1, 10**9)}"}, "--id")
        if self._homes:
            old = dice.choice(self._homes)
            self.save(old, "household", {"address": f"{dice.randint(1, 10**9)}号"}, "--record")
            if picture is not None:
                self.do(f"photo {old} {picture} --paper 居民户口簿")

    def sync(self) -> None:
        """Sync until it succeeds; the phone may die over it and the server may too."""
        for _ in range(20):
            if self.do("sync") == "ok":
                return
        raise AssertionError(f"{self.folder.name} cannot sync: {self.said}")


class World:
    """A township with a server and phones, under `folder`."""

    def __init__(self, folder: Path, phones: int = 1) -> None:
        self.folder = folder
        self.kill_file = folder / "kill"
        self.server = Server(folder / "server", self.kill_file)
        self.phones = [Phone(folder / f"phone{n}", self.kill_file) for n in range(phones)]
        self.place = fresh_id()
        self._centre, self._agent, self._head = fresh_id(), fresh_id(), fresh_id()

    def __enter__(self) -> "World":
        codes = asyncio.run(self._set_up())
        self.server.start()
        for phone, code in zip(self.phones, codes, strict=True):
            assert phone.do(f"enrol {code} --no-pin") == "ok", phone.said
        self._approve()
        for phone in self.phones:
            phone.sync()
        return self

    def __exit__(self, *_: object) -> None:
        for phone in self.phones:
            phone.stop()
        self.server.stop()

    def arm(self, point: str) -> None:
        """Whoever reaches `point` next dies there."""
        aside = self.kill_file.with_suffix(".new")
        aside.write_text(point)
        aside.rename(self.kill_file)

    @property
    def armed(self) -> bool:
        """Whether nobody has died there yet."""
        return self.kill_file.exists()

    def audit(self) -> list[str]:
        """What an independent process finds wrong."""
        command = [
            sys.executable,
            "-m",
            "tests.kills.audit",
            str(self.server.data),
            *(str(p.folder) for p in self.phones),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout.splitlines() if done.returncode else []

    def unsent(self) -> list[str]:
        """Phones that still hold something alone."""
        left = []
        for phone in self.phones:
            assert phone.do("status --json") == "ok"
            if not json.loads(phone.said[-2])["may_be_given_back"]:
                left.append(phone.said[-2])
        return left

    async def _set_up(self) -> list[str]:
        self.server.data.mkdir(parents=True)
        keys = load_or_make(self.server.data / "keys")
        settings = Settings(self.server.data, self.server.url)
        await asyncio.to_thread(migrate, settings.database_url)
        database = await open_database(settings.database_url)
        now = time.time_ns() // 1_000_000
        secret = [secrets.token_bytes(16) for _ in self.phones]

        def program() -> Program[None]:
            yield from provision.add_centre(ids.NOBODY, "区", "Q", keys, now)
            yield from provision.add_centre(self._centre, "中心", "C", keys, now)
            yield from provision.add_places([provision.Place(self.place, self._centre, None, "point", "村")])
            people = [
                provision.Person(self._agent, self._centre, "代办员", "", "1", "agent"),
                provision.Person(self._head, self._centre, "负责人", "", "2", "head"),
            ]
            yield from provision.add_people(people)
            yield from provision.add_territory([(self._agent, self.place, "A")])
            for one in secret:
                yield from make_code(one, self._centre, self._agent, self._head, now)

        await database.write("set-up", program)
        await database.close()
        return [code_text(settings, keys, one) for one in secret]

    def _approve(self) -> None:
        """Approve every phone, straight in the database: no centre head sits at a desk here."""
        database = audit.open_server(self.server.data)
        database.execute("PRAGMA busy_timeout = 5000")
        database.execute("UPDATE device SET state = 'active' WHERE state = 'pending'")
        database.commit()
        database.close()


def picture(path: Path, seed: int) -> Path:
    """A small picture, a different one for each seed."""
    dice = random.Random(seed)
    noise = Image.frombytes("L", (320, 240), dice.randbytes(320 * 240)).resize((1000, 750))
    file = io.BytesIO()
    noise.convert("RGB").save(file, "JPEG", quality=80)
    path.write_bytes(file.getvalue())
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found
