"""express-pouchdb 4.2 over LevelDB, under the Node.js that the lock file brings: CouchDB's protocol, ``_bulk_docs``."""

import contextlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.centre import free_port
from tests.bench.link import Link
from tests.bench.peers.peer import Document, command, wait_for
from tests.bench.run import SCRATCH, Run
from tests.support.node import NODE, NPM
from tests.support.processes import Child

_PACKAGES = {"express-pouchdb": "4.2.0", "express": "4.22.1", "pouchdb": "7.3.1"}
_SERVER = """
const [folder, port] = process.argv.slice(2);
const app = require('express')();
const PouchDB = require('pouchdb').defaults({ prefix: folder + '/' });
const options = { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: folder + '/log.txt' };
app.use('/', require('express-pouchdb')(PouchDB, options));
app.listen(Number(port), '127.0.0.1');
"""
_HEADERS = {"Content-Type": "application/json"}


@dataclass
class Running:
    """A running express-pouchdb."""

    child: Child
    port: int
    beside: int = 0

    def push(self, link: Link, records: Sequence[tuple[str, Document]]) -> int:
        """One request of documents; counts those that have a revision."""
        documents = {"docs": [{"_id": id_, **fields} for id_, fields in records]}
        answer = link.ask("POST", "/bench/_bulk_docs", _HEADERS, json.dumps(documents, ensure_ascii=False).encode())
        return sum("rev" in one for one in json.loads(answer.body)) if answer.status == 201 else 0

    def pull(self, link: Link) -> int:
        """The feed of changes, page by page, with the documents."""
        count, since = 0, 0
        while True:
            answer = link.ask("GET", f"/bench/_changes?include_docs=true&limit=500&since={since}", _HEADERS)
            found = json.loads(answer.body)
            count += len(found["results"])
            if not found["results"]:
                return count
            since = found["last_seq"]

    def photo(self, link: Link, number: int, data: bytes) -> bool:
        """An attachment of a document of its own."""
        path = f"/bench/photo-{number}/paper.jpg"
        return link.ask("PUT", path, {"Content-Type": "image/jpeg"}, data).status == 201


class PouchDB:
    """express-pouchdb, as its manual starts it."""

    name = "express-pouchdb 4.2"
    batch = 100
    promise = "not durable: LevelDB is written without a sync"

    def install(self) -> None:
        """Into a folder of its own, once for each choice of versions."""
        self._folder = SCRATCH / "pouchdb"
        wanted = json.dumps({"name": "bench", "private": True, "dependencies": _PACKAGES})
        ready = self._folder / "installed"
        if not ready.exists() or ready.read_text() != wanted:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            (self._folder / "package.json").write_text(wanted)
            words: list[str | Path] = [
                NODE,
                "--use-system-ca",
                NPM,
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
            ]
            command(words, self._folder)
            ready.write_text(wanted)
        (self._folder / "server.js").write_text(_SERVER)

    @contextlib.contextmanager
    def serve(self, run: Run) -> Iterator[Running]:
        """On a database in the run's folder."""
        folder, port = run.path(), free_port()
        folder.mkdir()
        with Child([Path(NODE), self._folder / "server.js", folder, str(port)]) as child:
            wait_for(child, port)
            link = Link("127.0.0.1", port)
            assert link.ask("PUT", "/bench", _HEADERS).status == 201
            link.close()
            yield Running(child, port)
