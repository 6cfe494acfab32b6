"""Kinto 26.5 on PostgreSQL, with its attachments: batches of 25, the most that it takes unless it is told otherwise."""

import base64
import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import make_url

from tests.bench.centre import free_port
from tests.bench.link import Link
from tests.bench.peers.peer import Document, command, python_environment, wait_for
from tests.bench.run import Run
from tests.support.processes import Child

_PACKAGES = ("kinto[postgresql]==26.5.0", "kinto-attachment==8.0.0")
_SETTINGS = """
[app:main]
use = egg:kinto
kinto.http_scheme = http
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.cache_backend = kinto.core.cache.memory
kinto.userid_hmac_secret = bench
kinto.bucket_create_principals = system.Authenticated
kinto.includes = kinto_attachment
kinto.attachment.base_path = {photos}
multiauth.policies = basicauth
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = ERROR
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(message)s
"""
_RECORDS = "/v1/buckets/bench/collections/applications/records"
_HEADERS = {"Authorization": "Basic " + base64.b64encode(b"agent:tea").decode(), "Content-Type": "application/json"}
_EDGE = "paper-edge"


@dataclass
class Running:
    """A running Kinto."""

    child: Child
    beside: int
    port: int

    def prepare(self) -> None:
        """Make the collection."""
        link = Link("127.0.0.1", self.port)
        for path in ("/v1/buckets/bench", "/v1/buckets/bench/collections/applications"):
            assert link.ask("PUT", path, _HEADERS, b"{}").status == 201
        link.close()

    def push(self, link: Link, records: Sequence[tuple[str, Document]]) -> int:
        """One batch of PUTs; counts those that say that they were created."""
        requests = [{"path": f"{_RECORDS}/{id_}", "body": {"data": fields}} for id_, fields in records]
        batch = {"defaults": {"method": "PUT"}, "requests": requests}
        answer = link.ask("POST", "/v1/batch", _HEADERS, json.dumps(batch, ensure_ascii=False).encode())
        if answer.status != 200:
            return 0
        return sum(one["status"] == 201 for one in json.loads(answer.body)["responses"])

    def pull(self, link: Link) -> int:
        """The collection page by page."""
        path, count = f"{_RECORDS}?_limit=500&_sort=last_modified", 0
        while path:
            answer = link.ask("GET", path, _HEADERS)
            count += len(json.loads(answer.body)["data"])
            path = answer.headers.get("next-page", "").partition(f":{self.port}")[2]
        return count

    def photo(self, link: Link, number: int, data: bytes) -> bool:
        """An attachment of a record of its own."""
        head = 'Content-Disposition: form-data; name="attachment"; filename="paper.jpg"\r\nContent-Type: image/jpeg'
        body = f"--{_EDGE}\r\n{head}\r\n\r\n".encode() + data + f"\r\n--{_EDGE}--\r\n".encode()
        headers = {**_HEADERS, "Content-Type": f"multipart/form-data; boundary={_EDGE}"}
        return link.ask("POST", f"{_RECORDS}/photo-{number}/attachment", headers, body).status == 201


class Kinto:
    """Kinto, as ``kinto start`` serves it."""

    name = "Kinto 26.5 on PostgreSQL"
    batch = 25
    promise = "durable where it was committed"

    def install(self) -> None:
        """Into an environment of its own."""
        self._bin = python_environment("kinto", _PACKAGES)

    @contextlib.contextmanager
    def serve(self, run: Run) -> Iterator[Running]:
        """On a database of the run's cluster."""
        folder, port = run.path(), free_port()
        folder.mkdir()
        made = run.cluster.create_database()
        where = make_url(made)
        url = f"postgresql://daiban@/{where.database}?host={where.query['host']}"
        settings = folder / "kinto.ini"
        settings.write_text(_SETTINGS.format(url=url, photos=folder / "photos", port=port))
        command([self._bin / "kinto", "migrate", "--ini", settings])
        with Child([self._bin / "kinto", "start", "--ini", settings, "--port", str(port)]) as child:
            wait_for(child, port)
            running = Running(child, run.postmaster(made), port)
            running.prepare()
            yield running
