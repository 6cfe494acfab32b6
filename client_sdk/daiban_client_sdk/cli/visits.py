"""``daiban agent today`` and its neighbours: visits that lie ahead, what one does about them, and what became of it."""

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

import click

from daiban_client_sdk.cli.agent import DAY, Context, datum_option, pass_context, wrong_clock
from daiban_client_sdk.maps import map_link, place_on_map
from daiban_client_sdk.visit_words import ACTS
from daiban_client_sdk.visits import Planned
from daiban_schemas.kinds import KINDS
from daiban_schemas.zone import SHANGHAI

_Command = TypeVar("_Command", bound=Callable[..., Any])
_MOMENT = click.DateTime(formats=["%Y-%m-%dT%H:%M"])
_window = click.option(
    "--window",
    "windows",
    type=(_MOMENT, _MOMENT),
    multiple=True,
    help="住户方便的时间，起和止，如 2026-11-28T09:00 2026-11-28T11:30 / when it suits the household",
)


def _at_a_place(command: _Command) -> _Command:
    """A report's options: where one is, and a note."""
    where = click.option("--at", type=(float, float), help="所在位置：经度 纬度 / where: longitude latitude")
    note = click.option("--note", default="", help="备注 / a note")
    return where(datum_option(note(command)))


@click.command()
@click.option("--days", default=1, help="天数 / days from today")
@click.option("--map", "on_map", is_flag=True, help="附地图链接 / with a link to a map")
@pass_context
def today(context: Context, days: int, on_map: bool) -> None:
    """今日（或今后几天）自己的上门。 One's own visits of today, or of the next days."""
    now = datetime.datetime.now(SHANGHAI)
    start = int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
    with context.client() as client:
        found = client.my_days(start, start + days * DAY)
    for visit in (one for day in found for one in day.visits):
        click.echo(f"{context.words.when(visit.start, now.date())}  {visit.head}  {visit.visit}")
        for line in _lines(context, visit):
            click.echo(f"    {line}")
        if on_map and visit.point:
            click.echo(f"    {map_link(visit.point)}")
    if not found:
        click.echo(context.words("今天没有上门安排。"))
        click.echo(context.words("同步后会显示服务器安排的上门。"))


def _lines(context: Context, visit: Planned) -> list[str]:
    told = [text for text in (visit.purpose, visit.address, visit.phone, visit.why) if text]
    return [" · ".join(part) for part in (_marks(context, visit), told) if part]


def _marks(context: Context, visit: Planned) -> list[str]:
    words, index = context.words, 0 if context.words.language == "zh" else 1
    marks = [KINDS["visit"].states[visit.status] if index == 0 else visit.status]
    if visit.stands_in:
        marks.append(words("替{name}顶岗", name=visit.instead_of) if visit.instead_of else words("顶岗"))
    if visit.others:
        marks.append(words("与{names}同去", names="、".join(visit.others)))
    if visit.waiting:
        acts = "、".join(ACTS[name][index] if name in ACTS else name for name in visit.waiting)
        marks.append(words("未同步：{acts}", acts=acts))
    return marks


@click.command("take-on")
@click.argument("visit")
@pass_context
def take_on(context: Context, visit: str) -> None:
    """确认一次上门，由自己去。 Take a visit on."""
    with context.client() as client:
        client.take_on(visit)
    _saved(context, "accept", visit)


@click.command()
@click.argument("visit")
@_at_a_place
@pass_context
def arrived(context: Context, visit: str, at: tuple[float, float] | None, datum: str, note: str) -> None:
    """已到家。 One is at the home."""
    with context.client() as client:
        client.arrived(visit, _point(at, datum), note)
    _saved(context, "started", visit)


@click.command()
@click.argument("visit")
@click.option(
    "--outcome",
    type=click.Choice(["done", "papers_missing", "refused_by_resident"]),
    default="done",
    help="办完、缺材料、住户不办 / what came of it",
)
@_at_a_place
@pass_context
def done(context: Context, visit: str, outcome: str, at: tuple[float, float] | None, datum: str, note: str) -> None:
    """已办完。 The visit is done."""
    with context.client() as client:
        client.done(visit, outcome, _point(at, datum), note)
    _saved(context, "finished", visit)


@click.command("nobody-home")
@click.argument("visit")
@_at_a_place
@pass_context
def nobody_home(context: Context, visit: str, at: tuple[float, float] | None, datum: str, note: str) -> None:
    """无人在家。 Nobody was at home."""
    with context.client() as client:
        client.nobody_home(visit, _point(at, datum), note)
    _saved(context, "nobody_home", visit)


@click.command("other-time")
@click.argument("visit")
@_window
@_at_a_place
@pass_context
def other_time(
    context: Context,
    visit: str,
    windows: tuple[tuple[datetime.datetime, datetime.datetime], ...],
    at: tuple[float, float] | None,
    datum: str,
    note: str,
) -> None:
    """住户要求改约。 The household asks for another time."""
    with context.client() as client:
        client.wants_other_time(visit, _spans(windows), _point(at, datum), note)
    _saved(context, "asked_other_time", visit)


@click.command("ask-visit")
@click.argument("household")
@click.option("--purpose", help="事由 / what for")
@click.option("--minutes", type=int, help="预计时长（分钟） / how long it takes")
@click.option("--crew", type=int, help="到场人数 / how many must come")
@click.option("--at-once", is_flag=True, help="住户不必再问，排到就算约好 / promise the time without asking again")
@_window
@pass_context
def ask_visit(
    context: Context,
    household: str,
    purpose: str | None,
    minutes: int | None,
    crew: int | None,
    at_once: bool,
    windows: tuple[tuple[datetime.datetime, datetime.datetime], ...],
) -> None:
    """为一户申请上门，同步后由服务器排时间。 Ask for a visit; the server finds a time at the next sync."""
    asked = {"purpose": purpose, "minutes": minutes, "crew": crew, "windows": _spans(windows) or None}
    with context.client() as client:
        visit = client.ask_visit(household, "assign" if at_once else "propose", **asked)
    click.echo(context.words("已保存：{kind} {record}", kind=context.words.kind("visit"), record=visit))


@click.command()
@click.option("--days", default=7, help="最近几天 / of the last days")
@pass_context
def news(context: Context, days: int) -> None:
    """上门的结果和变动，以及原因。 What became of visits, and why."""
    since = wrong_clock() - days * DAY
    today = datetime.datetime.now(SHANGHAI).date()
    with context.client() as client:
        found = client.what_became(since)
    for one in found:
        click.echo(f"{context.words.when(one.at, today)}  {one.head}  {one.text(context.words.language)}")
    if not found:
        click.echo(context.words("这几天上门没有变动。"))


COMMANDS = (today, take_on, arrived, done, nobody_home, other_time, ask_visit, news)


def _saved(context: Context, act: str, visit: str) -> None:
    told = ACTS[act][0 if context.words.language == "zh" else 1]
    click.echo(context.words("已保存：{kind} {record}", kind=told, record=visit))


def _point(at: tuple[float, float] | None, datum: str) -> dict[str, int] | None:
    return place_on_map(*at, datum) if at else None


def _spans(windows: tuple[tuple[datetime.datetime, datetime.datetime], ...]) -> list[dict[str, int]]:
    return [{"from": _milliseconds(first), "to": _milliseconds(last)} for first, last in windows]


def _milliseconds(moment: datetime.datetime) -> int:
    return round(moment.replace(tzinfo=SHANGHAI).timestamp() * 1000)
