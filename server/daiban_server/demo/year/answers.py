"""Answers that fit an item's form, as somebody in the village would give them."""

import datetime
import random
from collections.abc import Callable, Mapping
from typing import Any

from daiban_schemas.forms import PREFIX
from daiban_server.demo.year import residents
from daiban_server.demo.year.matters import Matter
from daiban_server.demo.year.residents import Resident

Dice = random.Random
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "change_reason": ("流转给合作社耕种", "新开垦坡地", "部分耕地被占用"),
    "machine": ("微耕机", "茶叶修剪机", "玉米脱粒机", "小型收割机"),
    "crop": ("玉米", "水稻", "油菜", "生猪", "茶园"),
    "risk_note": ("主要劳力住院，收入减少", "子女上学支出大"),
    "illness": ("慢性阻塞性肺病", "脑梗死后遗症", "尿毒症", "高血压三级"),
    "matter": ("突发疾病住院，自付费用高，家中暂无收入", "房屋失火，生活用品损毁", "跑了两次没有办成，请核实原因"),
    "hospital": ("区人民医院", "市中心医院", "镇卫生院"),
    "where": ("西安市", "湖北省十堰市", "四川省达州市"),
    "about": ("邻家修路占用自家地界", "灌溉水渠多年未修", "补贴面积与实际不符"),
    "demand": ("请调查核实并书面答复", "请按确权面积补发", "请协调解决"),
    "earlier_answer": ("村上已调解一次，未达成一致",),
    "other": ("同组邻居", "本村村民", "包工方"),
    "facts": ("双方对地界走向说法不一，多次争执", "务工半年，工资拖欠未付", "老人赡养费用没有谈妥"),
    "injury_how": ("在自家院坝滑倒摔伤，无第三方责任",),
    "disease": ("高血压", "糖尿病", "慢性肾病", "类风湿关节炎"),
    "bank": ("农村商业银行", "邮政储蓄银行"),
    "relation": ("儿子", "女儿", "配偶"),
    "relation_note": ("侄子",),
    "skills": ("会做饭", "会驾驶三轮车", "无"),
    "site": ("村委会东侧老宅基", "三组公路边", "后山自留林"),
    "trees": ("杉木", "松木", "柏木"),
    "why": ("窗口说要等系统恢复", "材料补过一次又说不全"),
    "project": ("高速公路连接线", "安置小区"),
    "new_site": ("村部集中安置点",),
    "ticket": ("工单",),
}
_PEOPLE = frozenset({"partner", "baby", "deceased", "guardian"})
_INTEGERS: Mapping[str, tuple[int, int]] = {
    "area": (80, 1_600),
    "people": (1, 6),
    "grade": (200, 3_000),
    "year": (2023, 2026),
    "years": (15, 20),
    "built": (1965, 2008),
    "order": (1, 3),
    "children": (1, 2),
    "count": (3, 40),
}
_MONEY: Mapping[str, tuple[int, int]] = {
    "income": (480_000, 2_400_000),
    "spent": (300_000, 6_000_000),
    "price": (150_000, 1_200_000),
    "amount": (40_000, 1_500_000),
}
"""In fen."""
_CERTAIN = frozenset({"present", "promise", "consent", "read_out"})
"""What has to be so, or nobody would apply."""


def answers(matter: Matter, who: Resident, today: datetime.date, dice: Dice) -> dict[str, Any]:
    """Fields for every question that is asked, and for most that may be left open."""
    given: dict[str, Any] = {}
    for question in matter.fields["form"]:
        condition = question.get("when")
        if condition and given.get(PREFIX + condition["id"]) != condition["is"]:
            continue
        if question.get("required") or dice.random() < 0.7:
            given[PREFIX + question["id"]] = _KINDS[question["type"]](question, who, today, dice)
    return given


def _text(question: Mapping[str, Any], who: Resident, today: datetime.date, dice: Dice) -> str:
    id_ = question["id"]
    if id_ in _PEOPLE:
        return residents.name(dice)
    if id_ in _TEXTS:
        text = dice.choice(_TEXTS[id_])
        return f"{text}{today:%Y%m%d}{dice.randrange(1000):03}" if id_ == "ticket" else text
    return f"{dice.randrange(10**8):08}"  # a number of an invoice, a certificate, an old card


def _integer(question: Mapping[str, Any], who: Resident, today: datetime.date, dice: Dice) -> int:
    least, most = _INTEGERS.get(question["id"], (question.get("least", 1), question.get("least", 1) + 20))
    return dice.randint(max(least, question.get("least", least)), min(most, question.get("most", most)))


def _money(question: Mapping[str, Any], who: Resident, today: datetime.date, dice: Dice) -> int:
    least, most = _MONEY.get(question["id"], (10_000, 500_000))
    return dice.randrange(least, most, 100)


def _date(question: Mapping[str, Any], who: Resident, today: datetime.date, dice: Dice) -> str:
    if question["id"] == "born":
        return who.born.isoformat()
    return (today - datetime.timedelta(days=dice.randint(2, 60))).isoformat()


def _flag(question: Mapping[str, Any], who: Resident, today: datetime.date, dice: Dice) -> bool:
    return question["id"] in _CERTAIN or dice.random() < 0.3


def _choice(question: Mapping[str, Any], who: Resident, today: datetime.date, dice: Dice) -> str:
    return str(dice.choice(question["choices"]))


def _choices(question: Mapping[str, Any], who: Resident, today: datetime.date, dice: Dice) -> list[str]:
    return [str(dice.choice(question["choices"]))]


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Resident, datetime.date, Dice], Any]] = {
    "text": _text,
    "lines": _text,
    "integer": _integer,
    "money": _money,
    "date": _date,
    "flag": _flag,
    "choice": _choice,
    "choices": _choices,
    "phone": lambda question, who, today, dice: who.phone,
    "identity_number": lambda question, who, today, dice: residents.identity_number(who.born, dice),
}
