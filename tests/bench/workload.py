"""The records of the bench: applications of 20 fields and about 1 KB, as an agent collects them at a village point.

Twelve fields are the kind's own, eight are answers to an item's form; both are checked as they would be in a township.
Fifty applications stand under one household. The same seed gives the same values; ids are new in each run.
"""

import random
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from daiban_schemas import entry
from daiban_sync import ids

HOUSEHOLD_SIZE = 50
"""Applications under one household."""
FIELDS = 20
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
# fmt: off
_PHRASES = (
    "本人长期在外务工", "委托代办员递交", "户口簿原件已核对", "身份证已当面核验", "家中老人行动不便",
    "请按约定时间上门", "结果当面送达签收", "耕地按确权证书填写", "一卡通近三年未变", "去年冬天住院",
    "低保已停发", "房屋漏雨待修", "残疾证正在换领", "孙女在县城读书", "儿媳户口未迁入", "村组已公示七天",
    "邻居可以作证", "缺一张近期照片", "存折在信用社补办", "电话由女儿代接", "老屋已无人居住", "果园改种茶叶",
    "补贴去年少发一季", "愿意等候通知", "已告知所需材料", "承诺十个工作日", "养老保险缴满", "合作医疗已参保",
    "土地流转给合作社", "家里只有两亩水田",
)
# fmt: on
_PAPERS = ("居民身份证", "居民户口簿", "申请表", "委托书", "社会保障卡（一卡通）账号")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Case(NamedTuple):
    """An application of the bench. `body` is its first entry; `household` is hexadecimal."""

    record: str
    household: str
    body: bytes


def fresh_id() -> bytes:
    """A fresh id."""
    return ids.uuid7(_now(), secrets.token_bytes(10))


def households(count: int, place: bytes) -> list[tuple[str, bytes]]:
    """`count` new households of a place: the record's id and its first entry."""
    dice = random.Random(count)
    made = []
    for number in range(count):
        record = fresh_id().hex()
        fields = {"place": place.hex(), "head": _name(dice), "phone": _phone(dice), "address": f"青山村{number}号"}
        made.append((record, entry.change(record, "household", fields, seen=0, at=_now())))
    return made


def applications(count: int, homes: Sequence[str], item: str, source: str = "village_point") -> list[Case]:
    """`count` new applications, spread over `homes` in runs of `HOUSEHOLD_SIZE`."""
    dice = random.Random(count)
    made = []
    for number in range(count):
        record, home = fresh_id().hex(), homes[number // HOUSEHOLD_SIZE % len(homes)]
        fields = _application(dice, home, item, source)
        made.append(Case(record, home, entry.change(record, "application", fields, seen=0, at=_now())))
    return made


def update(record: str, seen: int, dice: random.Random) -> bytes:
    """A change of three fields of an application whose form was opened at position `seen`."""
    fields = {"phone": _phone(dice), "note": _said(dice, 3), "answers.usage": _said(dice, 2)}
    return entry.change(record, "application", fields, seen=seen, at=_now())


def portions(items: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    """`items` in runs of `size`."""
    return (items[at : at + size] for at in range(0, len(items), size))


def _application(dice: random.Random, home: str, item: str, source: str) -> dict[str, object]:
    return {
        "household": home,
        "item": item,
        "applicant": _name(dice),
        "identity_number": _identity(dice),
        "phone": _phone(dice),
        "mode": dice.choice(("direct", "limited", "proxy")),
        "source": source,
        "entitled_from": f"2026-{dice.randint(1, 12):02}-01",
        "collected_at": _now() - dice.randint(0, 86_400_000),
        "papers": dice.sample(_PAPERS, 3),
        "urgent": dice.random() < 0.05,
        "note": _said(dice, 6),
        "answers.reason": _said(dice, 3),
        "answers.area": dice.randint(10, 900),
        "answers.certificate": f"陕({dice.randint(2009, 2024)})汉滨区农村土地第{dice.randint(1, 999999):06}号",
        "answers.bank": "陕西信合汉滨区建民分社",
        "answers.account": f"6225{dice.randint(0, 10**12):012}",
        "answers.years": dice.randint(1, 30),
        "answers.insured": dice.random() < 0.7,
        "answers.usage": _said(dice, 2),
    }


def _name(dice: random.Random) -> str:
    return dice.choice(_SURNAMES) + "".join(dice.sample(_GIVEN, dice.randint(1, 2)))


def _phone(dice: random.Random) -> str:
    return f"13{dice.randint(0, 10**9 - 1):09}"


def _identity(dice: random.Random) -> str:
    digits = (
        f"612401{dice.randint(1940, 2005)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{dice.randint(0, 999):03}"
    )
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def _said(dice: random.Random, phrases: int) -> str:
    return ",".join(dice.sample(_PHRASES, phrases)) + "。"


def _now() -> int:
    return time.time_ns() // 1_000_000
