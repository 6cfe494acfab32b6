"""What a command or a report asks for, as fields of a form, and the form read back into what it takes."""

import datetime
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple

from daiban_schemas.kind import Command, Report
from daiban_schemas.types import Account, Choice, Date, IdentityNumber, Integer, List, Reference, Struct, Text, Type
from daiban_schemas.zone import SHANGHAI
from daiban_server.console.languages.spoken import say
from daiban_server.console.meaning import typed
from daiban_server.console.values import CHOICES
from daiban_server.console.words import DAY
from daiban_server.spine.apply import blank

LABELS: Mapping[str, str] = {
    "reason": "理由",
    "days": "天数",
    "notify.days": "几天内补齐",
    "accept.days": "承诺天数",
    "send_up.days": "上级几天办结",
    "extend.days": "延长几天",
    "pause.days": "预计几天",
    "papers_days": "容缺材料几天内补交",
    "missing": "缺的材料",
    "papers": "材料",
    "result": "办理结果",
    "to": "交给谁",
    "send_up.to": "上报到",
    "delivered.to": "送交给谁",
    "window": "协办窗口",
    "note": "说明",
    "step": "特殊环节",
    "until": "期限",
    "met": "见到谁",
    "with": "同行人",
    "how": "方式",
    "spoke_to": "和谁说的",
    "outcome": "结果",
    "opinion": "意见",
    "person": "谁",
    "from": "从",
    "started.to": "到",
    "finished.to": "到",
    "nobody_home.to": "到",
    "asked_other_time.to": "到",
    "point": "位置",
    "windows": "方便的时间",
    "start": "开始时间",
    "agent": "代办员",
    "consent": "谁同意的",
    "signer": "签名",
    "values": "改为",
    "values.source": "收件渠道改为",
    "values.mode": "办理方式改为",
    "values.applicant": "申请人改为",
    "values.identity_number": "身份证号改为",
    "values.account": "收款账户改为",
    "values.item": "事项改为",
    "values.household": "家庭改为",
    "values.account.holder": "户名改为",
    "values.account.bank": "开户银行改为",
    "values.account.number": "账号改为",
    "values.entitled_from": "权益起算日改为",
}
HINTS: Mapping[str, str] = {
    "missing": "一行一样，名称后面可以加冒号写说明。会打印在一次性告知书上。",
    "papers": "一行一样。",
    "accept.days": "空着就按事项的承诺时限。",
    "papers_days": "材料可以后补的才填。",
    "complete.reason": "超期办结的要写明。",
    "values.source": "只填要改的，空着的照旧。",
    "correct.reason": "写明依据，如：对照身份证。",
    "correct.values.household": "写户主姓名、拼音、电话或住址。",
}
HOW: Mapping[str, str] = {
    "hand": "当面",
    "home": "送到家",
    "post": "邮寄",
    "message": "短信",
    "left": "留置",
    "visit": "上门",
    "telephone": "电话",
    "done": "办完了",
    "papers_missing": "材料不齐",
    "refused_by_resident": "家里不办了",
    "reached": "说到了",
    "dissatisfied": "不满意",
}


LATELY = 30
"""Days within which something may be keyed in that was written on paper: for longer no server is down."""


class Input(NamedTuple):
    """A field of a form. `editor` is ``line``, ``lines``, ``number``, ``date``, ``choice``, ``list``, or ``home`` for a
    household that is named in words (`cases.homes`); of a number `bounds` are the least and the most."""

    name: str
    label: str
    editor: str
    required: bool
    hint: str
    choices: tuple[tuple[str, str], ...]
    bounds: tuple[int, int]
    of: Type


class Form(NamedTuple):
    """An act and what it asks for. `open` says that the form failed and is shown with what was written."""

    name: str
    label: str
    inputs: list[Input]


Known = Mapping[str, Mapping[str, str]]
"""What an act may name, by kind (``person``, ``item``): names by id."""


def form(act: Command | Report, known: Known) -> Form:
    """What an act asks for."""
    given = act.arguments if isinstance(act, Command) else act.facts
    inputs = (_inputs(act.name, name, of, known, required=name in act.required) for name, of in given.items())
    return Form(act.name, act.label, list(chain.from_iterable(inputs)))


def _inputs(act: str, name: str, of: Type, known: Known, *, required: bool) -> Iterator[Input]:
    """The fields of one argument: of values that belong together one for each, by a name with a dot."""
    if isinstance(of, Struct):
        for part, one in of.members.items():
            yield from _inputs(act, f"{name}.{part}", one, known, required=False)
    elif (found := _input(act, name, of, known, required=required)) is not None:
        yield found


def _input(act: str, name: str, of: Type, known: Known, *, required: bool) -> Input | None:
    editor, bounds = "", (0, 0)
    choices: tuple[tuple[str, str], ...] = ()
    match of:
        case Reference(kinds=(kind,)) if kind in known:
            editor, choices = "choice", tuple(known[kind].items())
        case Reference(kinds=("household",)):
            editor = "home"
        case Text(lines=True):
            editor = "lines"
        case Text() | IdentityNumber() | Account():
            editor = "line"
        case Integer():
            editor, bounds = "number", (of.least, of.most)
        case Date():
            editor = "date"
        case Choice():
            editor, choices = "choice", tuple((code, word_of(code)) for code in of.codes)
        case List():
            editor = "list"
        case _:
            return None
    label = label_of(act, name)
    hint = HINTS.get(f"{act}.{name}") or HINTS.get(name, "")
    return Input(name, label, editor, required, hint, choices, bounds, of)


def word_of(code: str) -> str:
    """A code that an act takes, as people read it; what is no code stands as it is."""
    return HOW.get(code) or CHOICES.get(code, code)


def label_of(act: str, name: str) -> str:
    """What a member of an act is called."""
    return LABELS.get(f"{act}.{name}") or LABELS.get(name, name)


def answers(asked: Form, given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form says, by name, and what is wrong with it, by name. What was left empty is left out; of values that
    belong together one at least is given."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in asked.inputs:
        text = given.get(one.name, "").strip()
        if not text:
            if one.required:
                errors[one.name] = say("请填写“{0}”。", one.label)
            continue
        value = _READ.get(one.editor, _text)(text, one)
        if value is None or one.of.problem(value):
            errors[one.name] = _wrong(one)
        else:
            *above, last = one.name.split(".")
            reduce(lambda held, part: held.setdefault(part, {}), above, values)[last] = value
    together = [one.name for one in asked.inputs if "." in one.name]
    if together and not any(given.get(name, "").strip() for name in together):
        errors[together[0]] = "请至少填写一项要改的。"
    return values, errors


def _wrong(one: Input) -> str:
    if one.editor == "number":
        return say("“{0}”要是 {1} 到 {2} 的整数。", one.label, *one.bounds)
    if one.editor == "choice":
        return say("请选一个“{0}”。", one.label)
    return say("“{0}”太长，或者写法不对。", one.label)


def _number(text: str, one: Input) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _list(text: str, one: Input) -> list[Any]:
    lines = [line.strip() for line in text.split("\n") if not blank(line)]
    if isinstance(one.of, List) and isinstance(one.of.of, Struct):
        return [_named(line) for line in lines]
    return lines


def _named(line: str) -> dict[str, str]:
    name, sign, note = line.replace(":", "：").partition("：")
    return {"name": name.strip(), "note": note.strip()} if sign and note.strip() else {"name": name.strip()}


def _text(text: str, one: Input) -> str:
    return typed(one.of, text)


def told_moment(given: Mapping[str, str], now: int) -> tuple[int, str]:
    """When it was: now, unless a day is told, at most `LATELY` days ago. Times are Beijing's."""
    day, clock = (unicodedata.normalize("NFKC", given.get(name, "")).strip() for name in ("day", "clock"))
    if not day:
        return now, ""
    try:
        told = datetime.datetime.combine(
            datetime.date.fromisoformat(day), datetime.time.fromisoformat(clock or "12:00"), SHANGHAI
        )
    except ValueError:
        return now, "日期或时间写得不对，时间如 15:30。"
    at = int(told.timestamp() * 1000)
    if at > now + 60_000:
        return now, "这个时间还没有到。"
    if at < now - LATELY * DAY:
        return now, say("只能补录最近 {0} 天的。更早的，时间空着，把当时的日期写在文字里。", LATELY)
    return min(at, now), ""


_READ: Mapping[str, Callable[[str, Input], Any]] = {"number": _number, "list": _list}
