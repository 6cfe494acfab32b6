"""``daiban agent away`` and ``daiban agent standing``: to be stood in for, and to stand in."""

import datetime

import click

from daiban_client_sdk.cli.agent import Context, pass_context
from daiban_client_sdk.posts import StandIn
from daiban_schemas.kinds import KINDS
from daiban_schemas.zone import SHANGHAI

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("first", type=_DAY)
@click.argument("back", type=_DAY)
@click.option("--reason", default="", help="事由 / why")
@click.option("--note", default="", help="交接说明 / what the stand-in should know")
@pass_context
def away(context: Context, first: datetime.datetime, back: datetime.datetime, reason: str, note: str) -> None:
    """请假：从哪天起，哪天返岗；同步后由中心安排顶岗。 Ask to be stood in for, until the day one is back."""
    start, end = (int(day.replace(tzinfo=SHANGHAI).timestamp() * 1000) for day in (first, back))
    with context.client() as client:
        record = client.ask_leave(start, end, reason, note)
    click.echo(context.words("已保存：{kind} {record}", kind=context.words.kind("handover"), record=record))


@click.command()
@pass_context
def standing(context: Context) -> None:
    """顶岗：替谁、到哪天、有哪些在办件。 For whom one stands in, and the open cases."""
    with context.client() as client:
        found = client.standing_in()
    for one in found:
        for line in _lines(context, one):
            click.echo(line)
    if not found:
        click.echo(context.words("现在没有替谁顶岗。"))


def _lines(context: Context, one: StandIn) -> list[str]:
    today = datetime.datetime.now(SHANGHAI).date()
    until = f",预计 {context.words.when(one.until, today)} 返岗" if one.until else ""
    lines = [f"替 {one.name} 顶岗{until}  {one.phone}".rstrip()]
    lines += [f"    地方：{'、'.join(one.places)}"] if one.places else []
    lines += [f"    交代：{line}" for line in one.note.splitlines()]
    lines += [f"    接待：{number}，还没有结果" for number in one.receptions]
    lines += [f"    意见反映：{number}，待答复" for number in one.opinions]
    states = KINDS["application"].states
    for duty in one.duties:
        due = f"，{duty.due} 到期" if duty.due else ""
        lines.append(
            f"    {duty.number or '未编号'}  {duty.applicant}  {duty.item}（{states.get(duty.status, '')}{due}）"
        )
    return lines if one.duties else [*lines, "    没有在办件。"]
