"""``daiban agent papers``, ``consent``, ``mandate``, ``sign`` and ``leaving``: at the home, and before one leaves."""

import datetime
from typing import Any

import click

from daiban_client_sdk.cli.agent import DAY, Context, pass_context
from daiban_client_sdk.home import Home
from daiban_client_sdk.mandates import Signer, text
from daiban_schemas import texts
from daiban_schemas.consents import in_words
from daiban_schemas.texts import NOTICE, SENSITIVE
from daiban_schemas.zone import SHANGHAI

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_MANDATES = {"missing": "委托书未签", "paper": "委托书须纸质签署"}


@click.command()
@click.argument("case")
@click.argument("papers", nargs=-1)
@click.option("--with", "second", default="", help="同行人 / who went along, where two have to")
@pass_context
def papers(context: Context, case: str, papers: tuple[str, ...], second: str) -> None:
    """上门收件：登记已收材料，给出收件凭证和一次性告知。 Collect papers; writes slip and notice."""
    with context.client() as client:
        slip, told = client.collect_papers(case, papers, second)
        lacking = client.lacking_consent(case)
    click.echo(slip.text)
    if lacking:
        click.echo(f"\n还没有做：{in_words(lacking)}。请现在宣读并请人签署（daiban agent consent）。")
    if told is not None:
        click.echo("\n" + told.text)


@click.command()
@click.argument("case")
@click.argument("text", type=click.Choice([NOTICE, SENSITIVE]))
@click.argument("name")
@click.option("--identity", help="身份证号 / identity number")
@click.option("--guardian", nargs=2, help="监护人的姓名和关系 / a guardian's name and relation")
@click.option("--guardian-phone", help="监护人的电话 / a guardian's telephone")
@click.option("--mark", type=click.Choice(["drawn", "fingerprint", "paper", "spoken"]), default="paper")
@click.option("--witness", help="代办员以外的见证人 / a witness who is not the agent")
@click.option("--yes", is_flag=True, help="已宣读 / it was read out")
@pass_context
def consent(
    context: Context,
    case: str,
    text: str,
    name: str,
    identity: str | None,
    guardian: tuple[str, str] | None,
    guardian_phone: str | None,
    mark: str,
    witness: str | None,
    yes: bool,
) -> None:
    """宣读告知书或单独同意书，登记签署。 Read out the notice or the consent, and keep who agreed."""
    read_out = texts.current(text)
    click.echo(f"{read_out.title}（{read_out.version}）\n\n{read_out.text}\n")
    if not yes:
        click.confirm("已经宣读，当事人同意", abort=True)
    about = {"name": name, **({"identity_number": identity} if identity else {})}
    given: dict[str, Any] = {"mark": mark, "witness": witness, "given_by": "oral" if mark == "spoken" else "self"}
    if guardian:
        told = dict(zip(("name", "relation"), guardian, strict=True))
        given["guardian"] = {**told, **({"phone": guardian_phone} if guardian_phone else {})}
        given["given_by"] = "oral" if mark == "spoken" else "guardian"
    with context.client() as client:
        client.agree(case, text, about, **given)
        lacking = client.lacking_consent(case)
    click.echo(f"已登记。还缺：{in_words(lacking)}。" if lacking else "已登记，告知和同意都有了。")


@click.command()
@click.option("--days", default=1, help="天数 / days from today")
@pass_context
def leaving(context: Context, days: int) -> None:
    """出门前看一看：每户缺什么、谁要签字、要不要两个人去。 Before one leaves for today's homes."""
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
        told += [f"未做{in_words(matter.consent)}"] if matter.consent else []
        told += ["须本人签字"] if matter.person_must_sign else []
        told += ["须两人同去"] if matter.two_must_come else []
        lines.append(f"{matter.item}：{'；'.join(told)}")
    lines += [f"{one.name} 满 {one.age} 岁，可办「{one.item}」" for one in home.reached]
    return lines


@click.command()
@click.argument("case")
@click.argument("principal")
@click.option("--from", "first", type=_DAY, help="起日，默认今天 / first day, today unless given")
@click.option("--until", "last", type=_DAY, required=True, help="止日 / last day")
@click.option("--place", default="", help="签署地点 / where it is signed")
@pass_context
def mandate(
    context: Context, case: str, principal: str, first: datetime.datetime | None, last: datetime.datetime, place: str
) -> None:
    """出委托书：读出文本，登记委托人和期限，然后用 sign 签署。 A mandate to be read out, then signed."""
    begun = first or datetime.datetime.now(SHANGHAI)
    term = (begun.date().isoformat(), last.date().isoformat())
    with context.client() as client:
        record = client.give_mandate(case, {"name": principal}, term, place=place)
    click.echo(text())
    click.echo(context.words("已保存：{kind} {record}", kind=context.words.kind("mandate"), record=record))


@click.command()
@click.argument("record")
@click.argument("name")
@click.option("--mark", type=click.Choice(["drawn", "fingerprint", "paper"]), required=True, help="签法 / how")
@click.option("--witness", default="", help="见证人，捺指印必填 / who witnesses a fingerprint")
@click.option("--relation", default="", help="和委托人的关系 / how related")
@click.option("--photo", default="", help="签名照片的编号 / the photo of the sign")
@click.option("--place", default="", help="签署地点 / where")
@pass_context
def sign(
    context: Context, record: str, name: str, mark: str, witness: str, relation: str, photo: str, place: str
) -> None:
    """签署委托书，可多人先后签。 Somebody signs a mandate; several may, one after the other."""
    with context.client() as client:
        client.sign_mandate(record, Signer(name, mark, witness, relation, photo, place))
    click.echo(context.words("已保存：{kind} {record}", kind=context.words.kind("mandate"), record=record))
