"""`daiban plan`, its worker and its pictures."""

import json
import time
import xml.etree.ElementTree as ET
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import msgspec
import pytest
from click.testing import CliRunner

from daiban_server.features.visits.plan.answer import Plan
from daiban_server.features.visits.plan.command import plan_command
from daiban_server.features.visits.plan.judge import judge
from daiban_server.features.visits.plan.picture import svg
from daiban_server.features.visits.plan.planner import plan
from daiban_server.features.visits.plan.problem import Problem, Promise, Span, Stop, Vehicle, Visit
from daiban_server.features.visits.plan.reading import read
from daiban_server.features.visits.plan.watch import Progress
from daiban_server.features.visits.plan.worker import WorkerError, plan_apart
from tests.visits.plan_problems import all_day, random_problem
from tests.visits.test_planner import QIAN, ROAD, WANG, ZHAO, week

SVG = "{http://www.w3.org/2000/svg}"
FORMAT = Path(__file__).parents[2] / "server" / "docs" / "plan-format.md"


def written(folder: Path, problem: Problem) -> str:
    path = folder / "problem.json"
    path.write_bytes(msgspec.json.encode(problem))
    return str(path)


def test_a_file_becomes_a_plan_a_picture_and_a_few_lines(tmp_path: Path) -> None:
    far = Visit("sun", 1, 1800, all_day(5), name="孙家")
    asked = week(ZHAO, QIAN, far)
    out, picture = tmp_path / "plan.json", tmp_path / "plan.svg"
    done = CliRunner().invoke(plan_command, [written(tmp_path, asked), "--out", str(out), "--svg", str(picture)])
    assert done.exit_code == 0, done.output
    assert "上门 2 户，未排上 1 户" in done.output
    assert "孙家：可选的时段里，能办的人都不上班 [off_shift]" in done.output
    found = msgspec.json.decode(out.read_bytes(), type=Plan)
    assert judge(asked, found.stops) == ()
    assert found.objective == found.cost.total
    assert ET.parse(picture).getroot().tag == f"{SVG}svg"


def test_options_say_it_over_the_file_and_the_same_seed_gives_the_same_plan(tmp_path: Path) -> None:
    path, out = written(tmp_path, random_problem(Random(4), 3, 9)), tmp_path / "plan.json"
    found = []
    for _ in range(2):
        wishes = ["--seed", "7", "--iterations", "90", "--out", str(out)]
        assert CliRunner().invoke(plan_command, [path, *wishes]).exit_code == 0
        found.append(msgspec.json.decode(out.read_bytes(), type=Plan))
    assert found[0].stops == found[1].stops
    assert found[0].ended == "iterations"


def test_a_wrong_file_is_told_with_its_place_and_nothing_is_written(tmp_path: Path) -> None:
    path, out = tmp_path / "problem.json", tmp_path / "plan.json"
    path.write_text(json.dumps({"travel": {"by": "matrix", "duration": [[0]]}, "vehicles": [], "visits": [{}]}))
    done = CliRunner().invoke(plan_command, [str(path), "--out", str(out)])
    assert (done.exit_code, out.exists()) == (1, False)
    assert "$.visits[0]" in done.output
    assert "plan.file" in done.output


def test_the_smallest_file_of_the_format_is_planned() -> None:
    text = FORMAT.read_text().split("```json\n")[1].split("```")[0]
    found = plan(msgspec.structs.replace(read(text.encode()), iterations=20))
    assert {stop.visit for stop in found.stops} == {"zhao", "qian"}


def stubborn(pipe: Connection, text: bytes) -> None:
    """A worker that finds one plan and then hangs."""
    pipe.send_bytes(
        msgspec.json.encode(
            {"type": "_Better", "progress": Progress(600, 0.1, (Stop("zhao", ("wang",), 28800 + 600),))}
        )
    )
    time.sleep(10)


def silent(pipe: Connection, text: bytes) -> None:
    """A worker that ends without a word."""


def test_a_worker_that_hangs_is_killed_and_its_last_plan_kept() -> None:
    told: list[Progress] = []
    # By this clock an hour passes once the worker has told of its plan.
    found = plan_apart(week(ZHAO, QIAN), told.append, work=stubborn, clock=lambda: 3600.0 * len(told))
    assert (found.ended, [stop.visit for stop in found.stops]) == ("killed", ["zhao"])
    assert [left.visit for left in found.unserved] == ["qian"]
    assert len(told) == 1


def test_a_worker_that_breaks_without_a_plan_is_an_error() -> None:
    with pytest.raises(WorkerError):
        plan_apart(week(ZHAO), work=silent)


def test_a_worker_can_be_cancelled() -> None:
    heard: list[Progress] = []
    asked = msgspec.structs.replace(random_problem(Random(1), 3, 12), seconds=300.0)
    found = plan_apart(asked, heard.append, lambda: bool(heard))
    assert found.ended == "cancelled"
    assert judge(asked, found.stops) == ()


def test_the_picture_has_a_bar_for_each_visit_of_each_agent_and_a_firm_edge_for_a_promise() -> None:
    asked = random_problem(Random(5), 4, 20, iterations=60)
    found = plan(asked)
    first = found.stops[0]
    asked = msgspec.structs.replace(asked, promises=(Promise(first.visit, first.crew, first.start),))
    root = ET.fromstring(svg(asked, found))
    bars = [one for one in root.iter(f"{SVG}rect") if (one.findtext(f"{SVG}title") or "").startswith("v")]
    assert len(bars) == sum(len(stop.crew) for stop in found.stops)
    assert sum(one.get("stroke-width") == "1.4" for one in bars) == len(first.crew)
    dots = [one for one in root.iter(f"{SVG}circle") if one.findtext(f"{SVG}title")]
    assert len(dots) == len(asked.visits)


def test_a_picture_without_coordinates_has_no_map_and_names_are_only_names() -> None:
    odd = Visit("<b>", 1, 1800, all_day(0), name="<赵&家>")
    asked = Problem(ROAD, (WANG, Vehicle("sun", 0, (Span(28800, 43200),))), (odd,), iterations=20)
    root = ET.fromstring(svg(asked, plan(asked)))
    assert not list(root.iter(f"{SVG}polyline"))
    assert any((one.text or "").startswith("<赵&家>") for one in root.iter(f"{SVG}title"))
    assert any("另有 1 人" in (one.text or "") for one in root.iter(f"{SVG}text"))
