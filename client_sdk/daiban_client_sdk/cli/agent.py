"""``daiban agent …``: a device on the command line, for builders to try and for a village point's computer."""

import datetime
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import platformdirs

from daiban_client_sdk.blocking import BlockingClient
from daiban_client_sdk.cli.bars import Bars
from daiban_client_sdk.cli.words import Words
from daiban_client_sdk.enrolment import read_code
from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.lock import Lock, SystemKeystore
from daiban_client_sdk.phone import Phone
from daiban_schemas.kinds import KINDS
from daiban_schemas.turning import IN, turned
from daiban_schemas.zone import SHANGHAI

DAY = 86_400_000
_STATES = {
    "pending": "待审核",
    "active": "已启用",
    "leaving": "离岗未交清",
    "handed_in": "离岗已交清",
    "frozen": "已冻结",
    "revoked": "已停用",
    "suspended": "已挂失",
    "rejected": "未通过审核",
}


def wrong_clock() -> int:
    """The device's clock; ``DAIBAN_CLOCK_OFFSET`` (milliseconds) sets it wrong, to try what then happens."""
    return time.time_ns() // 1_000_000 + int(os.environ.get("DAIBAN_CLOCK_OFFSET", "0"))


class Context:
    """What the commands share."""

    def __init__(self, phone: Phone, name: str, words: Words) -> None:
        self.phone = phone
        self.words = words
        self._name = name

    @property
    def folder(self) -> Path:
        """The store's folder: that of who was named, or of who is on the phone alone. Raises as `Phone.person`."""
        if not self._name and (Lock(self.phone.folder, wrong_clock).begun or not self.phone.people()):
            return self.phone.folder
        return self.phone.person(self._name).folder

    def client(self) -> BlockingClient:
        """The device, to be entered. Raises `DeviceError("device.unknown")` where there is none."""
        return self._opened(self.folder)

    def _opened(self, folder: Path) -> BlockingClient:
        lock = Lock(folder, wrong_clock)
        if not lock.begun:
            raise DeviceError("device.unknown")
        keystore = SystemKeystore() if lock.wants_keystore else None
        pin = self._asked("PIN") if lock.wants_pin else None
        # What lies in clear was begun so by its owner, who was told what it costs.
        return BlockingClient(folder, wrong_clock, pin, keystore, anyone_may_read=not lock.protected)

    def room_for(self, code: str, *, another: bool) -> Path:
        """The folder in which to enrol: a room of his own for `another` person; else that of who was named, or the
        phone's own."""
        if another:
            return self.phone.room_for(code)
        return self.folder if self._name else self.phone.folder

    def new_client(self, folder: Path, *, no_pin: bool, keystore: bool) -> BlockingClient:
        """The device that is to be enrolled. One that is not locked yet is locked from now on, unless `no_pin`."""
        if Lock(folder, wrong_clock).protected:
            return self._opened(folder)
        pin = None if no_pin else self._asked("新PIN", twice=True)
        held = SystemKeystore() if keystore else None
        return BlockingClient(folder, wrong_clock, pin, held, anyone_may_read=no_pin)

    def _asked(self, for_what: str, *, twice: bool = False) -> str:
        """A PIN: from ``DAIBAN_PIN``, for programs, or asked for."""
        given: str = os.environ.get("DAIBAN_PIN") or click.prompt(
            self.words(for_what), hide_input=True, confirmation_prompt=twice
        )
        return given


datum_option = click.option(
    "--datum",
    type=click.Choice(sorted(IN)),
    default="wgs84",
    help="位置的坐标系；国内地图上查到的用 gcj02 / the place's datum; gcj02 as Chinese maps tell it",
)
pass_context = click.make_pass_decorator(Context)
Command = Callable[..., None]


@click.group()
@click.option(
    "--device",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DAIBAN_DEVICE",
    default=lambda: Path(platformdirs.user_data_dir("daiban")) / "device",
    help="本机数据文件夹 / the device's folder",
)
@click.option("--as", "name", envvar="DAIBAN_AS", default="", help="几个人合用时，是谁 / who, on a shared phone")
@click.pass_context
def agent(context: click.Context, device: Path, name: str) -> None:
    """代办员的手机：登记、今日、收件、拍照、同步、状态。 An agent's device."""
    context.obj = Context(Phone(device), name, context.obj)


@agent.command()
@pass_context
def people(context: Context) -> None:
    """这台手机上有谁：只列姓名和地方，不用PIN。 Who is on this phone; it needs no PIN."""
    found = context.phone.people()
    for one in found:
        click.echo(f"{one.name}  {one.place}")
    if not found:
        click.echo(context.words("这台手机上还没有人登记。"))


@agent.command()
@click.argument("code")
@click.option("--name", default="手机", help="手机名称 / the device's name")
@click.option("--no-pin", is_flag=True, help="不设PIN：谁拿到手机都能看住户资料 / whoever has the phone reads it all")
@click.option("--keystore", is_flag=True, help="同时用系统密钥库 / with the system's keystore as well")
@click.option("--another", is_flag=True, help="合用的手机上再加一个人 / one more person on a shared phone")
@pass_context
def enrol(context: Context, code: str, name: str, no_pin: bool, keystore: bool, another: bool) -> None:
    """用登记码登记这台手机，并设PIN。 Enrol this device by a one-time code, and lock it by a PIN."""
    read_code(code)
    folder = context.room_for(code, another=another)
    with context.new_client(folder, no_pin=no_pin, keystore=keystore) as client:
        fingerprint = client.enrol(code, name)
    click.echo(context.words("已登记。核对码：{fingerprint}", fingerprint=fingerprint))
    click.echo(context.words("请中心负责人对照屏幕上的核对码，一致后审核。"))
    if not Lock(folder, wrong_clock).protected:
        click.echo(context.words("这台手机没有设PIN：谁拿到它，谁就能看里面的住户资料。补设：daiban agent pin"))


@agent.command()
@pass_context
def approval(context: Context) -> None:
    """审核状态。 Whether the centre head has approved."""
    with context.client() as client:
        state = client.enrolment_state()
    click.echo(context.words("审核状态：{state}", state=context.words(_STATES.get(state, state))))


@agent.command("new-key")
@pass_context
def new_key(context: Context) -> None:
    """怀疑手机被别人动过时换密钥。 Take another key, as after the phone was in other hands."""
    with context.client() as client:
        fingerprint = client.new_key()
    click.echo(context.words("密钥已更换，新的核对码：{fingerprint}", fingerprint=fingerprint))
    click.echo(context.words("中心会看到这次更换，可能打电话来核对。"))


@agent.command()
@click.argument("kind", type=click.Choice(sorted(name for name, kind in KINDS.items() if kind.written_by is None)))
@click.argument("fields", nargs=-1)
@click.option("--record", help="已有记录的编号 / an existing record's id")
@click.option("--id", "chosen", help="新记录的编号 / the id of the new record")
@datum_option
@pass_context
def collect(
    context: Context, kind: str, fields: tuple[str, ...], record: str | None, chosen: str | None, datum: str
) -> None:
    """收集或修改一条记录:FIELDS 写成 字段=值。 Collect a record, or change one; FIELDS are FIELD=VALUE."""
    types = {name: field.type for name, field in KINDS[kind].fields.items()}
    values = turned(types, _values(kind, fields, context.words), IN[datum])
    with context.client() as client:
        form = client.open(record) if record else client.new(kind, chosen)
        number = client.save(form, values)
    text = "已保存：{kind} {record}" if number else "没有变化。"
    click.echo(
        context.words(text, kind=context.words.kind(kind), record=form.record) if number else context.words(text)
    )


@agent.command()
@click.argument("parent")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--paper", required=True, help="材料名称 / which paper")
@pass_context
def photo(context: Context, parent: str, file: Path, paper: str) -> None:
    """给申请或家庭附一张材料照片。 Attach a photo of a paper."""
    with context.client() as client:
        kept = client.attach_photo(parent, file, paper=paper)
    click.echo(context.words("照片已保存：{record}（{size:.1f} MB）", record=kept.record, size=kept.size / 1e6))
    for finding in kept.findings:
        click.echo(f"  {finding.advice}")


@agent.command()
@click.argument("record")
@click.argument("name")
@click.argument("arguments", nargs=-1)
@pass_context
def ask(context: Context, record: str, name: str, arguments: tuple[str, ...]) -> None:
    """请求一个操作，如 submit、assign。 Ask for something, such as submit or assign."""
    with context.client() as client:
        client.command(record, name, _values("", arguments, context.words))
    click.echo(context.words("已保存：{kind} {record}", kind=name, record=record))


@agent.command()
@click.argument("record")
@click.argument("name")
@click.argument("facts", nargs=-1)
@pass_context
def report(context: Context, record: str, name: str, facts: tuple[str, ...]) -> None:
    """报告一个事实，如 started、finished。 Report a fact, such as started or finished."""
    with context.client() as client:
        client.report(record, name, _values("", facts, context.words))
    click.echo(context.words("已保存：{kind} {record}", kind=name, record=record))


@agent.command()
@pass_context
def sync(context: Context) -> None:
    """同步：上报、下载、传照片。 Hand in, take what changed, bring the photos."""
    with context.client() as client, Bars(context.words) as bars:
        status = client.sync(bars)
    click.echo(status.line(context.words.language))
    if status.troubled:
        _tell_troubles(context)


@agent.command()
@click.option("--json", "as_json", is_flag=True, help="给程序读 / for programs")
@pass_context
def status(context: Context, as_json: bool) -> None:
    """这台手机能不能交回。 Whether this device may be given back."""
    with context.client() as client:
        found = client.status()
    if as_json:
        click.echo(json.dumps({**found._asdict(), "may_be_given_back": found.may_be_given_back}))
        return
    click.echo(found.line(context.words.language))
    if found.troubled:
        _tell_troubles(context)


@agent.command()
@click.pass_context
def script(context: click.Context) -> None:
    """从标准输入逐行执行上述命令。 Run the commands above from standard input, a line each.

    After each line stands ``ok``, or ``failed`` with the problem's code; one process serves a whole day.
    """
    for line in sys.stdin:
        words = shlex.split(line)
        if not words:
            continue
        try:
            command = agent.commands[words[0]]
            with command.make_context(words[0], words[1:], parent=context.parent) as made:
                command.invoke(made)
            click.echo("ok")
        except DeviceError as error:
            click.echo(f"failed {error.code}")
        except (click.ClickException, KeyError) as error:
            click.echo(f"failed usage {error}")
        sys.stdout.flush()


@agent.command()
@pass_context
def conflicts(context: Context) -> None:
    """填写不一致的内容。 Fields with more than one value."""
    today = datetime.datetime.now(SHANGHAI).date()
    with context.client() as client:
        found = client.conflicts()
    for one in found:
        values = {"kind": context.words.kind(one.kind), "record": one.record, "label": one.label}
        click.echo(context.words("{kind} {record} 的“{label}”填写不一致：", **values))
        for value in one.values:
            told = json.dumps(value.value, ensure_ascii=False)
            click.echo(f"    {told}  —— {value.author}  {context.words.when(value.effective, today)}")
        click.echo(
            "  " + context.words("处理：daiban agent settle {record} {field} 值", record=one.record, field=one.field)
        )
    if not found:
        click.echo(context.words("没有填写不一致。"))


@agent.command()
@click.argument("record")
@click.argument("field")
@click.argument("value")
@pass_context
def settle(context: Context, record: str, field: str, value: str) -> None:
    """处理填写不一致：选定或另写一个值。 Settle a conflict by a value."""
    with context.client() as client:
        view = client.view(record)
        if view is None:
            raise DeviceError("record.unknown")
        client.settle(record, field, _value(view.kind, field, value))
    click.echo(context.words("已保存：{kind} {record}", kind=field, record=record))


def _tell_troubles(context: Context) -> None:
    click.echo(context.words("被退回或等待中的记录："))
    with context.client() as client:
        for number, record, kind, outcome in client.troubled():
            fields = "、".join(KINDS[kind].label_of(name) if kind in KINDS else name for name in outcome.fields)
            told = context.words.problem(outcome.code or outcome.outcome)
            click.echo(f"  {number}  {context.words.kind(kind)} {record}  {told}{f'  {fields}' if fields else ''}")


def _values(kind: str, pairs: tuple[str, ...], words: Words) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise click.UsageError(f"{pair}：{words('需要写成 字段=值')}")
        values[name] = _value(kind, name, text)
    return values


def _value(kind: str, name: str, text: str) -> Any:
    """JSON where it is JSON and the field is no text; else the text itself."""
    known: Mapping[str, Any] = KINDS[kind].fields if kind in KINDS else {}
    if name in known and known[name].type.problem(text) is None:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
