"""Building the year: the same seed gives the same content; an interrupted build leaves nothing to trip over."""

import asyncio
import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from daiban_server.demo.whole import UNFINISHED, FolderError
from daiban_server.demo.year.build import Done, Wish, build
from daiban_server.demo.year.command import demo_year
from daiban_server.demo.year.content import content_hash
from tests.demo_year.conftest import WISH, Built


def test_one_seed_gives_one_content_and_another_seed_another(year: Built, tmp_path: Path) -> None:
    asyncio.run(build(tmp_path / "again", WISH))
    asyncio.run(build(tmp_path / "other", WISH._replace(seed=2)))
    hashed = content_hash(year.folder)
    assert content_hash(tmp_path / "again") == hashed
    assert content_hash(tmp_path / "other") != hashed


def test_an_interrupted_build_leaves_nothing_and_can_be_begun_again(tmp_path: Path) -> None:
    def interrupt(day: datetime.date, done: Done) -> None:
        if done.entries > 5:
            raise KeyboardInterrupt

    wish = Wish(seed=3, centres=1, share=0.05)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(build(tmp_path / "data", wish, interrupt))
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_build_left_is_thrown_away_and_nothing_else(tmp_path: Path) -> None:
    left, foreign = tmp_path / "data.part", tmp_path / "mine.part"
    left.mkdir()
    (left / UNFINISHED).touch()
    foreign.mkdir()
    (foreign / "letter.txt").write_text("不要删")

    def stop(day: datetime.date, done: Done) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(build(tmp_path / "data", Wish(centres=1, share=0.05), stop))
    assert not left.exists()
    with pytest.raises(FolderError):
        asyncio.run(build(tmp_path / "mine", Wish(centres=1, share=0.05)))
    assert (foreign / "letter.txt").read_text() == "不要删"


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("不要删")
    done = CliRunner().invoke(demo_year, [str(tmp_path)])
    assert done.exit_code == 2 and "已经存在" in done.output
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]
