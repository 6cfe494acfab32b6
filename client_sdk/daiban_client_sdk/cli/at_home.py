"""``daiban agent papers`` and ``daiban agent leaving``: at the home, and before one leaves for it."""

import datetime

import click

from daiban_client_sdk.cli.agent import DAY, Context, pass_context
from daiban_client_sdk.cli.words import SHANGHAI
from daiban_client_sdk.home import Home

_MANDATES = {"missing": "委托书未签", "paper": "委托书须纸质签署"}


@click.command()
@click.argument("case")
@click.argument("papers", nargs=-1)
@click.option("--with", "second", default="", help="同行人 / who went along, where two have to")
@pass_context
def papers(context: Context, case: str, papers: tuple[str, ...], second: str) -> None:
    """上门收件:登记已收材料,给出收件凭证和一次性告知。 Collect papers; writes slip and notice."""
    with context.client() as client:
        slip, told = client.collect_papers(case, papers, second)
    click.echo(slip.text)
    if told is not None:
        click.echo("\n" + told.text)


@click.command()
@click.option("--days", default=1, help="天数 / days from today")
@pass_context
def leaving(context: Context, days: int) -> None:
    """出门前看一看:每户缺什么、谁要签字、要不要两个人去。 Before one leaves for today's homes."""
    now = datetime.datetime.now(SHANGHAI)
    start = int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
    with context.client() as client:
        homes = client.before_leaving(start, start + days * DAY)
    for home in homes:
        click.echo(f"{context.words.when(home.start, now.date())}  {home.head}  {home.address}  {home.phone}")
        for line in _lines(home):
            click.echo(f"    {line}")
    if not homes:
        click.echo(context.words("今天没有上门安排。"))


def _lines(home: Home) -> list[str]:
    lines = []
    for matter in home.matters:
        told = [f"缺{'、'.join(matter.missing)}" if matter.missing else "材料齐全"]
        told += [_MANDATES[matter.mandate]] if matter.mandate in _MANDATES else []
        told += ["须本人签字"] if matter.person_must_sign else []
        told += ["须两人同去"] if matter.two_must_come else []
        lines.append(f"{matter.item}:{';'.join(told)}")
    lines += [f"{one.name} 满 {one.age} 岁,可办「{one.item}」" for one in home.reached]
    return lines
