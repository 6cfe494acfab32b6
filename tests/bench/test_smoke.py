"""The bench's workloads still run: a few records through each of them, and what they claim to send is what arrives.

How long anything takes is no matter here.
"""

from collections.abc import Iterator

import pytest

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from tests.bench import push, workload
from tests.bench.centre import Server
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
