"""Residents of the demo, all made up: names, identity numbers, telephones, homes.

No number can be anybody's: identity numbers begin with 99, which is no province, and telephones with 1400915, a
segment for machines.
"""

import datetime
import random
from typing import NamedTuple

FAMILY = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
FIRST_OF_GIVEN = tuple("桂秀玉春永明建国志文德光新长正荣兴家世金福贵立学传忠")
SECOND_OF_GIVEN = tuple("英兰珍芳莲梅香云华平安林军生贵才礼义发祥顺强山海民成福全友明")
AREA = "99"
PHONE = "1400915"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_STANDINGS = (("ordinary", 0.78), ("low_income", 0.12), ("extreme_hardship", 0.04), ("watched", 0.06))
_RELATIONS = ("配偶", "儿子", "女儿", "儿媳", "母亲", "父亲", "孙子", "孙女")


class Resident(NamedTuple):
    """Somebody who lives in the district."""

    name: str
    number: str
    phone: str
    born: datetime.date
    relation: str = "户主"


class Home(NamedTuple):
    """A household: its record, its village point (index in the centre), who lives there, whom a cadre answers for."""

    record: str
    point: int
    village: str
    people: tuple[Resident, ...]
    known_at: int

    @property
    def head(self) -> Resident:
        """Who stands in the books as head."""
        return self.people[0]


def name(dice: random.Random, family: str = "") -> str:
    """A name that is put together of common characters."""
    given = dice.choice(FIRST_OF_GIVEN) + dice.choice(SECOND_OF_GIVEN)
    return (family or dice.choice(FAMILY)) + (given if dice.random() < 0.8 else given[1])


def identity_number(born: datetime.date, dice: random.Random) -> str:
    """A number with its check digit (GB 11643-1999), of an area that does not exist."""
    digits = f"{AREA}{dice.randrange(10_000):04}{born:%Y%m%d}{dice.randrange(1000):03}"
    return digits + _CHECK[sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True)) % 11]


def phone(dice: random.Random) -> str:
    """Eleven digits that reach nobody."""
    return f"{PHONE}{dice.randrange(10_000):04}"


def resident(dice: random.Random, youngest: int, oldest: int, relation: str = "户主", family: str = "") -> Resident:
    """Somebody between two ages on 1 January 2026."""
    day = datetime.date(2026, 1, 1) - datetime.timedelta(days=dice.randrange(youngest * 366, oldest * 365))
    return Resident(name(dice, family), identity_number(day, dice), phone(dice), day, relation)


def people(dice: random.Random) -> tuple[Resident, ...]:
    """Who lives in a home: an adult head first, often old people alone."""
    head = resident(dice, 30, 88)
    size = dice.choices((0, 1, 2, 3, 4), (18, 34, 24, 16, 8))[0]
    others = []
    for relation in dice.sample(_RELATIONS, size):
        family = head.name[0] if relation in ("儿子", "女儿", "孙子", "孙女", "父亲") else ""
        ages = {"孙": (3, 17), "儿": (18, 50), "女": (18, 50), "母": (60, 92), "父": (60, 92)}.get(
            relation[0], (28, 80)
        )
        others.append(resident(dice, *ages, relation, family))
    return (head, *others)


def household(home: Home, place: str, dice: random.Random) -> dict[str, object]:
    """The fields of a household's record."""
    standing = dice.choices([one for one, _ in _STANDINGS], [weight for _, weight in _STANDINGS])[0]
    fields: dict[str, object] = {
        "place": place,
        "head": home.head.name,
        "identity_number": home.head.number,
        "phone": home.head.phone,
        "address": f"{home.village}{dice.randint(1, 9)}组{dice.randint(1, 90)}号",
        "size": len(home.people),
        "standing": standing,
    }
    if others := home.people[1:]:
        fields["members"] = [
            {"name": one.name, "relation": one.relation, "identity_number": one.number} for one in others
        ]
    if home.head.born.year < 1950 and dice.random() < 0.5:
        fields["cannot_move"] = True
    return fields
