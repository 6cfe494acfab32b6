"""The bench's workloads still run: a few records through each of them, and what they claim to send is what arrives.

How long anything takes is no matter here.
"""

import asyncio
from collections.abc import Iterator

import pytest

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from tests.bench import group, million, photos, pull, push, store, trips, workload
from tests.bench.centre import Server
from tests.bench.handset import Handset
from tests.bench.peers.peer import documents
from tests.bench.phone import Phone
from tests.bench.run import Run


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with Run(records=40, repeats=1) as run:
        yield run


def test_a_record_has_twenty_fields_of_about_one_kilobyte_that_a_township_would_take() -> None:
    cases = workload.applications(200, [workload.fresh_id().hex()], workload.fresh_id().hex())
    sizes = [len(case.body) for case in cases]
    assert 950 < sum(sizes) / len(sizes) < 1100
    known = KINDS["application"].fields
    for case in cases:
        values = entry.values_of(entry.decode(case.body))
        assert len(values) == workload.FIELDS
        assert [known[name].type.problem(value) for name, value in values.items() if name in known] == [None] * 12


def test_the_limit_is_measured_on_whole_records(run: Run) -> None:
    assert run.limit("sqlite", 20) > 0


def test_what_agents_hand_in_and_change_is_pulled_by_the_cadre(run: Run) -> None:
    centre = run.centre()
    with Server(centre) as server:
        villages = push.settle(centre, server, 2)
        done = push.new_records(run, server, villages, 10, "village_point")
        assert (done.records, done.cpu > 0, done.up > 0) == (40, True, True)
        changed = push.updates(run, centre, server, villages[0], 10)
        link = server.link()
        cadre = Phone(centre, centre.cadre, link)
        reply = cadre.exchange(())
        assert reply is not None
        applications = [one for one in reply.records if b'"kind":"application"' in one.changes[0].body]
        assert len(applications) == 60
        assert sum(len(one.changes) > 1 for one in applications) == changed.records == 30
        link.close()
        for village in villages:
            village.phone.link.close()


def test_a_pull_of_everything_brings_everything_and_its_pages_are_those_that_travelled(run: Run) -> None:
    centre = run.centre()
    with Server(centre) as server:
        village = push.Village.settle(centre, server, 0)
        village.phone.push(*village.new(40, 20))
        found = pull.everything(centre, server)
        assert found.records == 40 + push.HOMES + 1, "applications, households and the item"
        assert pull.squeeze(run, found, 0)[1] > found.down / found.records > 0
        village.phone.link.close()


def test_one_change_travels_alone_and_in_a_batch(run: Run) -> None:
    centre = run.centre()
    handset = Handset(run.path(), centre)
    with Server(centre) as server:
        assert len(trips.milliseconds(centre, server, 3)) == 3
        alone, thirty = asyncio.run(trips.sync_sizes(centre, server, handset))
        assert thirty.up > alone.up > 300
        quiet, fresh = trips.unchanged_sizes(centre, server)
        assert fresh.down > quiet.down > 0


def test_a_disk_that_is_slow_by_our_doing_still_keeps_what_it_is_given(run: Run) -> None:
    assert min(group.rates(run, "sqlite", 10, group.slow_disk(run))) > 0


def test_photos_of_the_size_that_was_asked_are_brought_and_receipted(run: Run) -> None:
    centre = run.centre()
    with Server(centre) as server:
        village = push.Village.settle(centre, server, 0)
        some = photos.handed_in(village, 3, 60_000)
        assert [len(one.data) for one in some] == [60_000] * 3
        assert len({one.digest for one in some}) == 3
        asyncio.run(photos.bring(village.phone, f"http://localhost:{server.port}", some))
        village.phone.link.close()


def test_a_handset_is_filled_and_opens(run: Run) -> None:
    assert len(store.saves(run.path(), 3)) == 3
    centre = run.centre()
    handset = Handset(run.path(), centre)
    with Server(centre) as server:
        village = push.Village.settle(centre, server, 0)
        store.fill(village, 40)
        handset.point_at(f"http://localhost:{server.port}")
        asyncio.run(store.sync(handset.folder))
        village.phone.link.close()
    assert store.opened(handset.folder)[1] == 40 + push.HOMES + 1


def test_a_centre_that_was_filled_by_copies_is_pulled_whole(run: Run) -> None:
    centre = run.centre()
    with Server(centre) as server:
        village = push.Village.settle(centre, server, 0)
        store.fill(village, 20)
        village.phone.link.close()
    million.grow(centre, 50)
    with Server(centre) as server:
        assert pull.everything(centre, server).records == 50 + push.HOMES + 1


def test_a_peer_is_given_the_same_records() -> None:
    fields = [set(document) for _, document in documents(3)]
    assert all(len(names) == workload.FIELDS for names in fields)
