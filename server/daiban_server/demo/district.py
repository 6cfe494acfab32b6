"""The demo's district, in the shape of the seed: 34 centres, 12 stations, 256 village points, five windows.

Names are made up, and the same for the same seed. Points lie around 109°E 32.7°N.
"""

import random
import secrets
from collections.abc import Iterator
from typing import Any, NamedTuple

from daiban_schemas import entry
from daiban_server import offices, provision
from daiban_server.accounts.hashing import hash_password
from daiban_server.app import EFFECTS
from daiban_server.db.program import Program
from daiban_server.demo.ident import ident
from daiban_server.features.catalogue.publish import DISTRICT, publish_catalogue
from daiban_server.keystore import ServerKeys
from daiban_server.spine import desk
from daiban_sync.ids import NOBODY

CENTRES, STATIONS, POINTS = 34, 12, 256
URBAN = 3
"""Of the centres the first are subdistricts of the city: they have an enquiry desk, the first a land desk too."""
WINDOWS = ("惠农政策", "民政救助", "信访接待", "社会保障", "行政审批")
PASSWORD = "chabei-2026"  # noqa: S105 - the demo's, printed on the screen


def _names(text: str) -> list[str]:
    return text.split()


_TOWNS = _names(
    "建民 新城 老城 江北 石梯 关庙 张滩 早阳 五里 恒口 大同 流水 瀛湖 洪山 吉河 坝河 晏坝 双龙 "
    "大河 沈坝 茨沟 中原 县河 关家 牛蹄 叶坪 紫荆 谭坝 田坝 共进 双溪 新坝 大竹 花园 "
)
_VILLAGE_FIRST = _names("青 白 红 双 龙 凤 石 柳 松 杨 竹 桃 梨 杏 梅 兰 清 明 高 长 ")
_VILLAGE_LAST = _names("山 河 坪 沟 湾 岭 坝 垭 溪 池 寨 营 庙 桥 梁 塘 ")
_FAMILY = _names("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 ")
_GIVEN = _names("芳 娟 敏 静 丽 强 磊 军 洋 勇 艳 杰 涛 明 超 秀兰 建国 桂英 志强 晓燕 小红 文博 ")


class Centre(NamedTuple):
    """A centre with its people; `agents` hold neighbouring posts, A of one and B of the other."""

    id: bytes
    name: str
    places: tuple[provision.Place, ...]
    people: tuple[provision.Person, ...]

    def person(self, role: str, index: int = 0) -> provision.Person:
        """The centre's people of one role, in order."""
        return [one for one in self.people if one.role == role][index]

    @property
    def points(self) -> list[provision.Place]:
        """Its village points."""
        return [place for place in self.places if place.type == "point"]


def district(seed: int = 1, centres: int = CENTRES) -> Iterator[Centre]:
    """The first `centres` of all centres."""
    dice = random.Random(seed)  # noqa: S311 - names, not secrets
    password = hash_password(PASSWORD)
    for number, town in enumerate(_TOWNS[:centres]):
        yield _centre(number, town, dice, password)


def _centre(number: int, town: str, dice: random.Random, password: str) -> Centre:
    id_ = ident("centre", number)
    lon = 109_000_000 + (number % 6 - 3) * 90_000
    lat = 32_700_000 + (number // 6 - 3) * 80_000
    name = f"{town}{'办事处' if number < URBAN else '镇'}便民服务中心"
    places = [provision.Place(id_, id_, None, "centre", name, lon, lat)]
    if number >= CENTRES - STATIONS:
        station = ident("station", number)
        places.append(provision.Place(station, id_, id_, "station", f"{town}老街便民服务站", lon + 9_000, lat + 7_000))
    villages = [a + b for a in _VILLAGE_FIRST for b in _VILLAGE_LAST]
    dice.shuffle(villages)
    for n in range(POINTS // CENTRES + (number < POINTS % CENTRES)):
        where = lon + dice.randint(-40_000, 40_000), lat + dice.randint(-35_000, 35_000)
        places.append(provision.Place(ident("point", number, n), id_, id_, "point", f"{villages[n]}村", *where))
    return Centre(id_, name, tuple(places), tuple(_people(number, id_, dice, password)))


def _people(number: int, centre: bytes, dice: random.Random, password: str) -> Iterator[provision.Person]:
    posts = [("head", 1), ("clerk", len(WINDOWS)), ("cadre", 2), ("agent", 4)]
    badge = 0
    for role, count in posts:
        for n in range(count):
            badge += 1
            login = f"{role}{number + 1}" if n == 0 and role != "agent" else None
            name = dice.choice(_FAMILY) + dice.choice(_GIVEN)
            phone = f"0915-3{number:02}{badge:04}"
            yield provision.Person(
                *(ident("person", number, role, n), centre, name, phone, f"{number + 1:02}{badge:02}", role),
                *(login, password if login else None),
            )


def build(keys: ServerKeys, now: int, seed: int = 1, centres: int = CENTRES) -> Program[None]:
    """Write the district with its first `centres`: places, people, territories, posts, and the published catalogue."""
    yield from provision.add_centre(NOBODY, "汉滨区（演示）", "HB", keys, now)
    bodies: list[bytes] = []
    posts: list[tuple[desk.Clerk, list[bytes]]] = []
    for number, centre in enumerate(district(seed, centres)):
        yield from provision.add_centre(centre.id, centre.name, f"HB{centre.people[0].badge[:2]}", keys, now)
        yield from provision.add_places(centre.places)
        yield from provision.add_people(centre.people)
        yield from provision.add_territory(list(territories(centre)))
        yield from offices.keep(centre.id, _reached(number))
        bodies += [provision.place_record(place, now) for place in centre.places]
        posts.append((desk.Clerk(centre.people[0].id, "head", centre.id), list(_posts(centre, now))))
    office = provision.Person(ident("office"), NOBODY, "区政务办", "0915-3210000", "0000", "district", "district", None)
    yield from provision.add_people([office._replace(password=hash_password(PASSWORD))])
    towns = [ident("centre", number) for number in range(min(URBAN, centres))]
    desks = {"enquiry": towns, "land": towns[:1]}
    yield from publish_catalogue(keys, EFFECTS, now, secrets.token_bytes(32), desks)
    for start in range(0, len(bodies), 400):
        part = bodies[start : start + 400]
        yield from desk.write(DISTRICT, part, keys, EFFECTS, now, secrets.token_bytes(32))
    for head, made in posts:
        yield from desk.write(head, made, keys, EFFECTS, now, secrets.token_bytes(32))


def _reached(number: int) -> offices.Reached:
    """How a centre can be reached, in the form in which real ones say it. No place of the country has the area code
    0000: whoever dials a number of the demo's offices reaches nobody."""
    town = _TOWNS[number]
    street = f"{town}街道人民路" if number < URBAN else f"{town}镇{town}街"
    return offices.Reached(
        phone=f"0000-3{number + 1:02}0000",
        address=f"{street} {8 + 3 * number} 号",
        supervision=f"0000-3{number + 1:02}0009",
        hours="工作日 8:30—12:00，14:00—18:00",
    )


def territories(centre: Centre) -> Iterator[tuple[bytes, bytes, str]]:
    """(person, place, rank) of a centre's agents and cadres."""
    agents = [one for one in centre.people if one.role == "agent"]
    cadres = [one for one in centre.people if one.role == "cadre"]
    for n, point in enumerate(centre.points):
        # Two agents share each half of the villages: A of one's own, B of the other's.
        a, b = agents[n % 2], agents[(n + 1) % 2]
        if n % 4 >= 2:
            a, b = agents[2 + n % 2], agents[2 + (n + 1) % 2]
        yield a.id, point.id, "A"
        yield b.id, point.id, "B"
        yield cadres[n % 2].id, point.id, "A"


def _posts(centre: Centre, now: int) -> Iterator[bytes]:
    """Each agent's villages and each window are a post, whose B is the neighbour."""
    held: dict[tuple[bytes, bytes], list[str]] = {}
    ranks: dict[bytes, dict[str, bytes]] = {}
    known = {one.id: one for one in centre.people}
    for person, place, rank in territories(centre):
        if known[person].role == "agent":
            ranks.setdefault(place, {})[rank] = person
    for place, pair in ranks.items():
        held.setdefault((pair["A"], pair["B"]), []).append(place.hex())
    for (a, b), places in held.items():
        shown = {"title": f"{known[a].name}代办岗", "role": "agent", "promise": "随叫随到，代办不收费"}
        yield from _post(centre, shown, {"a": a.hex(), "b": b.hex(), "places": places}, now)
    clerks = [one for one in centre.people if one.role == "clerk"]
    for n, (window, clerk) in enumerate(zip(WINDOWS, clerks, strict=True)):
        shown = {"title": f"{window}窗口", "role": "clerk", "window": window, "promise": "一次告知，限时办结"}
        beside = clerks[(n + 1) % len(clerks)]
        yield from _post(centre, shown, {"a": clerk.id.hex(), "b": beside.id.hex()}, now)


def _post(centre: Centre, shown: dict[str, str], appointed: dict[str, Any], now: int) -> Iterator[bytes]:
    record, head = ident("post", appointed["a"]).hex(), centre.people[0].id.hex()
    yield entry.change(record, "post", shown, seen=0, at=now, by=head)
    yield entry.command(record, "post", "appoint", appointed, expected=None, at=now, by=head)
