"""What a peer is to the bench, and how its figures are taken."""

import contextlib
import functools
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from daiban_schemas import entry
from tests.bench import costs, photos, workload
from tests.bench.figures import Figure
from tests.bench.link import Link
from tests.bench.push import at_once
from tests.bench.run import SCRATCH, MissingError, Run
from tests.support.processes import Child

DEVICES = 4
RECORDS, PHOTOS = 2000, 40
"""Fewer than ours: some of them need a minute for ten thousand."""

Document = dict[str, Any]


class Served(Protocol):
    """A running peer."""

    child: Child
    beside: int
    """A further process that works for it with all its family; 0: none."""
    port: int

    def push(self, link: Link, records: Sequence[tuple[str, Document]]) -> int:
        """Hand in new records, id and fields, in one request; gives how many it says that it took."""
        ...

    def pull(self, link: Link) -> int:
        """Take everything from the start; gives how many records came."""
        ...

    def photo(self, link: Link, number: int, data: bytes) -> bool:
        """Hand in a photo; False where the peer takes none."""
        ...


class Peer(Protocol):
    """A peer that can be installed and served."""

    name: str
    batch: int
    """Records in one request."""
    promise: str
    """What its answer means for a power cut."""

    def install(self) -> None:
        """Bring it from its registry, once. Raises `MissingError`."""
        ...

    def serve(self, run: Run) -> AbstractContextManager[Served]:
        """Serve it until the block ends."""
        ...


def figures(run: Run, part: str, peer: Peer) -> Iterator[Figure]:
    """The table's lines about one peer."""
    try:
        peer.install()
        with peer.serve(run) as served:
            yield from _measured(part, peer, served, min(RECORDS, run.records))
    except MissingError as missing:
        yield Figure(part, f"{peer.name}", "not measured", note=str(missing))


def _measured(part: str, peer: Peer, served: Served, count: int) -> Iterator[Figure]:
    def pids() -> list[int]:
        return [*costs.family(served.child.pid), *(costs.family(served.beside) if served.beside else ())]

    with _links(served, 1) as (link,):
        taken = served.push(link, documents(peer.batch))
        figure, alone = _pushed(part, peer, served, [link], count, pids)
        yield figure
        yield _pulled(part, peer, served, link, taken + alone, pids)
    with _links(served, DEVICES) as links:
        figure, together = _pushed(part, peer, served, links, count, pids)
        yield figure
    with _links(served, 1) as (link,):
        lost = taken + alone + together - served.pull(link)
        note = f"of {together:,} acknowledged; {count - together:,} were refused"
        yield Figure(part, f"{peer.name}: acknowledged by then, and absent", lost, "records", note=note)
        yield _photos(part, peer, served, link, pids)
    peak = costs.peak(costs.family(served.child.pid))
    yield Figure(part, f"{peer.name}: peak memory of the server", peak / 2**20, "MiB")


@contextlib.contextmanager
def _links(served: Served, count: int) -> Iterator[list[Link]]:
    """New connections: a peer may close those that were silent for some seconds."""
    links = [Link("127.0.0.1", served.port) for _ in range(count)]
    try:
        yield links
    finally:
        for link in links:
            link.close()


def _pulled(part: str, peer: Peer, served: Served, link: Link, expected: int, pids: costs.Pids) -> Figure:
    down = link.down
    with costs.Meter(pids) as meter:
        pulled = served.pull(link)
    assert pulled == expected, f"{pulled} records came of {expected}"
    note = f"{pulled / meter.wall:,.0f} records/s; {(link.down - down) / pulled:.0f} B each"
    return Figure(part, f"{peer.name}: pull", meter.cpu / pulled * 1e6, "µs", note=note)


def _pushed(
    part: str, peer: Peer, served: Served, links: Sequence[Link], count: int, pids: costs.Pids
) -> tuple[Figure, int]:
    """A push of `count` new records in all, by as many devices at once as there are links; and how many the peer says
    that it took."""
    records, each = documents(count), count // len(links)
    before = [(link.up, link.down) for link in links]
    taken: list[int] = []

    def hand_in(number: int) -> None:
        for at in range(each * number, each * (number + 1), peer.batch):
            some = records[at : min(at + peer.batch, each * (number + 1))]
            try:
                taken.append(served.push(links[number], some))
            except OSError:
                links[number].connect()  # it hung up, so it did not say that it took them

    with costs.Meter(pids) as meter:
        at_once([functools.partial(hand_in, number) for number in range(len(links))])
    up = sum(link.up - was[0] for link, was in zip(links, before, strict=True))
    down = sum(link.down - was[1] for link, was in zip(links, before, strict=True))
    note = f"{count / meter.wall:,.0f} records/s; up {up / count:.0f} B, down {down / count:.0f} B each; {peer.promise}"
    words = f"{peer.name}: push of new records, {len(links)} × {peer.batch} a batch"
    return Figure(part, words, meter.cpu / count * 1e6, "µs", note=note), sum(taken)


def _photos(part: str, peer: Peer, served: Served, link: Link, pids: costs.Pids) -> Figure:
    pictures = list(photos.pictures(PHOTOS))
    with costs.Meter(pids) as meter:
        took = [served.photo(link, number, data) for number, data in enumerate(pictures)]
    if not all(took):
        return Figure(part, f"{peer.name}: photo of 500 KB", "takes none")
    note = f"CPU; {meter.wall / PHOTOS * 1000:.1f} ms from request to answer"
    return Figure(part, f"{peer.name}: photo of 500 KB", meter.cpu / PHOTOS * 1000, "ms", note=note)


def documents(count: int) -> list[tuple[str, Document]]:
    """The bench's applications as id and fields, with names that any peer takes for a column's."""
    homes, item = [workload.fresh_id().hex() for _ in range(20)], workload.fresh_id().hex()
    return [
        (case.record, {name.replace(".", "_"): value for name, value in _fields(case.body).items()})
        for case in workload.applications(count, homes, item)
    ]


def _fields(body: bytes) -> Document:
    return entry.values_of(entry.decode(body))


def python_environment(name: str, packages: Sequence[str], python: str = sys.executable) -> Path:
    """A virtual environment under the bench's folder with `packages`, made once; gives its ``bin``.

    Raises `MissingError` where they cannot be installed.
    """
    home = SCRATCH / name
    ready = home / "installed"
    if not ready.exists() or ready.read_text() != "\n".join(packages):
        shutil.rmtree(home, ignore_errors=True)
        command([python, "-m", "venv", home])
        command([home / "bin" / "pip", "install", "-qq", "--disable-pip-version-check", *packages])
        ready.write_text("\n".join(packages))
    return home / "bin"


def command(words: Sequence[str | Path], folder: Path | None = None) -> None:
    """Run a command that installs. Raises `MissingError` with the last thing that it said."""
    try:
        done = subprocess.run(
            list(map(str, words)), cwd=folder, capture_output=True, text=True, timeout=600, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MissingError(f"it cannot be installed here: {error}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it says nothing"]
        raise MissingError(f"it cannot be installed here: {said[-1]}")


def wait_for(child: Child, port: int) -> None:
    """Wait until a peer listens. Raises `MissingError` with what it said instead."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            Link("127.0.0.1", port).close()
            return
        except OSError:
            time.sleep(0.05)
    raise MissingError(f"it does not start: {child.output[-300:]}")
