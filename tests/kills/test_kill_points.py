"""A process dies at each named instant, is started again, and an independent auditor finds nothing lost."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from daiban_sync.faults import DEVICE_POINTS, POINTS, SERVER_POINTS
from tests.kills.world import World, picture


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One township for all deaths, as in life: what one left behind the next one meets."""
    with World(tmp_path_factory.mktemp("kills")) as made:
        yield made


def test_there_are_enough_points_on_both_sides() -> None:
    assert len(set(POINTS)) == len(POINTS) >= 20
    assert len(SERVER_POINTS) >= 8
    assert len(DEVICE_POINTS) >= 8


@pytest.mark.parametrize("point", POINTS)
def test_nothing_is_lost_when_a_process_dies_at(world: World, tmp_path: Path, point: str) -> None:
    phone = world.phones[0]
    deaths = phone.deaths + world.server.deaths
    dice = random.Random(point)
    world.arm(point)
    phone.work(world.place, dice, picture(tmp_path / "photo.jpg", POINTS.index(point)))
    phone.sync()
    assert not world.armed, f"nobody reached {point}"
    assert phone.deaths + world.server.deaths > deaths
    assert world.audit() == []
    phone.work(world.place, dice, None)
    phone.sync()
    assert world.audit() == []
    assert world.unsent() == []
