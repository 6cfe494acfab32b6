"""``daiban plan``: plan a problem from a file, and say what came of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec.structs import replace

from daiban_schemas.problem import words

from .answer import Cost, Plan
from .picture import summed_up, svg
from .problem import Problem
from .reading import PlanFileError, read
from .watch import Progress
from .worker import WorkerError, plan_apart

_FILE = click.Path(path_type=Path, dir_okay=False)
PARTS = {
    "travel": "路程",
    "delay": "等候",
    "unserved": "未排上",
    "stand_in": "代岗",
    "unfamiliar": "换人",
    "load": "忙闲",
}
"""The parts of the objective in words."""


@click.command("plan")
@click.argument("problem_file", metavar="PROBLEM.json", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--out", type=_FILE, help="安排写到这里(JSON) / where the plan goes")
@click.option("--svg", "picture", type=_FILE, help="周历和路线图 / week and map as a picture")
@click.option("--seconds", type=click.FloatRange(0, 86_400, min_open=True), help="最多用多少秒 / at most so long")
@click.option(
    "--iterations", type=click.IntRange(1), help="迭代次数，同样的种子得同样的安排 / the same seed, the same plan"
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="随机种子 / seed")
def plan_command(problem_file: Path, out: Path | None, picture: Path | None, **wishes: Any) -> None:
    """按文件安排上门。 Plan the visits of PROBLEM.json."""
    try:
        problem = read(problem_file.read_bytes())
        problem = replace(problem, **{name: wish for name, wish in wishes.items() if wish is not None})
        plan = plan_apart(problem, _progress())
    except PlanFileError as error:
        title, advice = words(error.code)
        raise click.ClickException(f"{title}。{advice}。\n{error.detail} [{error.code}]") from None
    except (WorkerError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if out is not None:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")
    if picture is not None:
        picture.write_text(svg(problem, plan), encoding="utf-8")
    _say(problem, plan)


def _progress() -> Callable[[Progress], None]:
    """Tell of better plans on the error stream, so that the output can be read by others."""
    last = -1.0

    def tell(progress: Progress) -> None:
        nonlocal last
        if progress.seconds >= last + 1 or last < 0:
            last = progress.seconds
            click.echo(f"{progress.seconds:6.1f} 秒  {progress.objective:,}", err=True)

    return tell


def _say(problem: Problem, plan: Plan) -> None:
    click.echo(summed_up(plan))
    click.echo(f"总代价 {plan.objective:,}：{parts_in_words(plan.cost)}")
    for left in plan.unserved:
        click.echo(f"未排上 {left.reason} [{left.code}]")
    if plan.ended in ("killed", "failed"):
        click.echo("计算没有正常结束，这是结束以前最好的安排。", err=True)


def parts_in_words(cost: Cost) -> str:
    """The parts that are not nothing."""
    parts = [f"{name} {getattr(cost, part):,}" for part, name in PARTS.items() if getattr(cost, part)]
    return "，".join(parts) or "0"
