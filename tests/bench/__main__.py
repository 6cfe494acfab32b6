"""``python -m tests.bench``: measure, and print a table. ``BENCH=push,pull`` runs some parts, ``BENCH_JSON=file``
writes the figures too, ``BENCH_PROFILE=push`` shows where a push spends its time instead."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.bench import group, million, pages, photos, pull, push, stages, store, trips, visits
from tests.bench.figures import Figure, show, write
from tests.bench.peers.kinto import Kinto
from tests.bench.peers.offline_sync import OfflineSync
from tests.bench.peers.peer import figures as beside
from tests.bench.peers.pouchdb import PouchDB
from tests.bench.run import MissingError, Run


def postgres(run: Run) -> Iterator[Figure]:
    """What push, pull and a round trip cost on PostgreSQL."""
    for one in (push.figures, pull.figures, trips.figures):
        yield from one(run, "postgres", "postgres")


PARTS: Mapping[str, Callable[[Run], Iterator[Figure]]] = {
    "push": push.figures,
    "pull": pull.figures,
    "trips": trips.figures,
    "postgres": postgres,
    "group": group.figures,
    "photos": photos.figures,
    "store": store.figures,
    "million": million.figures,
    "visits": visits.figures,
    "pages": pages.figures,
    "kinto": lambda run: beside(run, "kinto", Kinto()),
    "pouchdb": lambda run: beside(run, "pouchdb", PouchDB()),
    "offline-sync": lambda run: beside(run, "offline-sync", OfflineSync()),
}


ASKED_FOR = {"pages"}
"""Parts that are run by their name alone: this one takes as long as all the others."""


def main() -> None:
    """Run it."""
    chosen = [name for name in os.environ.get("BENCH", "").split(",") if name] or [
        name for name in PARTS if name not in ASKED_FOR
    ]
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if profiled := os.environ.get("BENCH_PROFILE"):
        if profiled != "push":
            sys.exit("only a push has a profile: BENCH_PROFILE=push")
        with Run() as run:
            stages.show(run)
        return
    found: list[Figure] = []
    with Run() as run:
        for name in chosen:
            print(f"• {name}", file=sys.stderr, flush=True)
            try:
                found += PARTS[name](run)
            except MissingError as missing:
                found.append(Figure(name, name, "not measured", note=str(missing)))
            except Exception:
                # What other parts measured must not be lost over one that broke.
                traceback.print_exc()
                found.append(Figure(name, name, "broke", note="see above"))
    show(found)
    if path := os.environ.get("BENCH_JSON"):
        write(found, Path(path))
    if any(one.value == "broke" for one in found):
        sys.exit(1)


if __name__ == "__main__":
    main()
