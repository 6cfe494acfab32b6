"""A field day, played for real: phones as processes, a road that cuts, TLS, photographs, a kill, a wrong clock."""

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from daiban_server.demo.district import Centre
from daiban_server.demo.office import Office
from daiban_server.demo.phone import Phone
from daiban_server.demo.photograph import form, photograph
from daiban_server.demo.proxy import Lane, Proxy, Rule
from daiban_server.demo.wrong_clock import faketime_library, wrong_clock
from daiban_server.features.catalogue.publish import item_id
from daiban_server.limits.calendar import local_day
from daiban_sync import ids

CLEAR = Rule()
CUT_AFTER = 260_000
"""Bytes of one connection after which the first phone's road breaks, three times."""
STALL_AFTER = 300_000
"""Bytes after which the fourth phone hangs, and its battery falls out."""
Say = Callable[[str, str], None]


def new_id() -> str:
    """A fresh record id."""
    return ids.uuid7(time.time_ns() // 1_000_000, secrets.token_bytes(10)).hex()


class FieldDay:
    """The day of one township. `say` shows a time of day ("" for one that goes on) and what happens."""

    def __init__(self, office: Office, centre: Centre, folder: Path, say: Say) -> None:
        self.office = office
        self.centre = centre
        self.folder = folder
        self.say = say
        self.phones: list[Phone] = []
        self._homes = [new_id() for _ in range(4)]
        self._cases = [new_id() for _ in range(4)]
        self._visit = new_id()
        self._pictures: list[Path] = []

    async def play(self) -> None:
        """The whole day, in order."""
        await self._morning()
        await self._in_the_field()
        await self._evening()
        await self._next_day()

    async def close(self) -> None:
        """Switch every phone off and take the roads away."""
        for phone in self.phones:
            await phone.close()
            await phone.road.close()

    # Morning --------------------------------------------------------------------------------------------------

    async def _morning(self) -> None:
        agents = [one for one in self.centre.people if one.role == "agent"]
        pictures = asyncio.create_task(asyncio.to_thread(self._take_pictures))
        self.say("早上", f"{self.centre.name}：给四位代办员的手机登记，核对后审核，下载事项、岗位和辖区")
        self.phones = [await self._phone(person.name, n) for n, person in enumerate(agents)]
        await asyncio.gather(*(self._enrol(phone, one.id) for phone, one in zip(self.phones, agents, strict=True)))
        first, second = self.phones[0], self.phones[1]
        await self._collect(
            first, 0, "张桂兰", "MZ-01", "answers.people=2 answers.income=32000 'answers.reason=[\"因病\"]'"
        )
        await first.do("sync")
        await second.do("sync")
        self.say("", f"{first.owner} 清早到张桂兰家收了一份低保申请，{second.owner} 的手机也看到了")
        await pictures

    async def _phone(self, name: str, number: int) -> Phone:
        road = Proxy("127.0.0.1", self.office.port)
        await road.start()
        environment = {}
        if number == 2:
            environment = {"DAIBAN_CLOCK_OFFSET": str(-7 * 365 * 86_400_000)}
            if library := faketime_library():
                environment = wrong_clock(datetime(2019, 11, 25, 7, 30, tzinfo=UTC), library)
        phone = Phone(name, self.folder / f"phone{number + 1}", road, environment)
        await phone.start()
        return phone

    async def _enrol(self, phone: Phone, person: bytes) -> None:
        code = await self.office.ask("head1", "POST", "/v1/enrolment-codes", {"person": person.hex()})
        fingerprint = await phone.enrol(code["text"])
        devices = await self.office.ask("head1", "GET", "/v1/devices")
        device = next(one for one in devices if one["fingerprint"] == fingerprint)
        await self.office.ask("head1", "POST", f"/v1/devices/{device['id']}/approve", {"fingerprint": fingerprint})
        await phone.do("sync")

    def _take_pictures(self) -> None:
        titles = ("农村居民最低生活保障申请表", "居民户口簿", "残疾人证", "医疗费用票据")
        for seed, title in enumerate(titles, 1):
            path = self.folder / f"photo{seed}.jpg"
            path.write_bytes(photograph(seed, form(seed, title)))
            self._pictures.append(path)

    # In the field ---------------------------------------------------------------------------------------------

    async def _in_the_field(self) -> None:
        for phone in self.phones:
            await phone.leave_signal()
        self.say("上午", "进山，没有信号：入户收件、拍材料、签委托书，全部只存在手机里")
        first, second, third, fourth = self.phones
        await asyncio.gather(
            self._at_the_first_home(first),
            self._edit_phone(second, "13509150002"),
            self._collect(third, 2, "陈福来", "SB-02", "answers.born=1966-11-25 answers.years=15"),
            self._at_the_fourth_home(fourth),
        )
        path = f"/v1/records/application/{self._cases[0]}"
        application = await self.office.ask("clerk1", "GET", path)
        change = {"fields": {"phone": "0915-3210003"}, "seen": application["position"]}
        await self.office.ask("clerk1", "PATCH", path, change)
        self.say("", f"{first.owner}、{second.owner} 和窗口同时改了张桂兰的联系电话")
        self.say("", f"{third.owner} 的手机以为现在是 2019 年")

    async def _at_the_first_home(self, phone: Phone) -> None:
        await self._edit_phone(phone, "13509150001")
        for picture, paper in zip(self._pictures[:2], ("申请表", "居民户口簿"), strict=True):
            await phone.do(f"photo {self._cases[0]} {picture} --paper {paper}")
        term = f"--until {local_day(time.time_ns() // 1_000_000) + timedelta(days=364)} --place 张桂兰家"
        mandate = (await phone.do(f"mandate {self._cases[0]} 张桂兰 {term}"))[-1].split()[-1]
        await phone.do(f"sign {mandate} 张桂兰 --mark fingerprint --witness 陈秀英 --place 张桂兰家")
        await self._agreed(phone, self._cases[0], "张桂兰")
        await phone.do(f"ask {self._cases[0]} submit")
        await phone.do(f"collect visit --id {self._visit} household={self._homes[0]} purpose=低保入户核实 minutes=40")
        await phone.do(f"ask {self._visit} assign")

    async def _at_the_fourth_home(self, phone: Phone) -> None:
        answers = "answers.grade=二级 'answers.certificate=\"61240119500101002042\"'"
        await self._collect(phone, 3, "周玉梅", "MZ-05", answers)
        for picture, paper in zip(self._pictures[2:], ("残疾人证", "费用票据"), strict=True):
            await phone.do(f"photo {self._cases[3]} {picture} --paper {paper}")
        await self._agreed(phone, self._cases[3], "周玉梅")
        await phone.do(f"ask {self._cases[3]} submit")

    async def _agreed(self, phone: Phone, case: str, name: str) -> None:
        for text in ("notice", "sensitive"):
            await phone.do(f"consent {case} {text} {name} --yes")

    async def _edit_phone(self, phone: Phone, number: str) -> None:
        await phone.do(f"collect application --record {self._cases[0]} phone={number}")

    async def _collect(self, phone: Phone, n: int, name: str, item: str, answers: str) -> None:
        place = self.centre.points[n].id.hex()
        await phone.do(f"collect household --id {self._homes[n]} place={place} head={name} phone=1350915000{n}")
        fields = f"household={self._homes[n]} item={item_id(item).hex()} applicant={name} source=home mode=limited"
        await phone.do(f"collect application --id {self._cases[n]} {fields} {answers}")
        second = self.phones[n - 1].owner
        await phone.do(f"report {self._cases[n]} collected with={second}")

    # Evening --------------------------------------------------------------------------------------------------

    async def _evening(self) -> None:
        first, second, third, fourth = self.phones
        self.say("傍晚", "回到垭口，信号很弱：一张照片传着传着断三次，一台手机同步到一半被摔灭")
        first.road.rule = Rule(up=Lane(cut_after=CUT_AFTER), cuts=3)
        second.road.rule = third.road.rule = CLEAR
        before = first.road.counts.cuts
        await asyncio.gather(first.do("sync"), second.do("sync"), third.do("sync"), self._killed_and_back(fourth))
        self.say("", f"{first.owner} 的路断了 {first.road.counts.cuts - before} 次，每次从断处续传")
        self.say("", f"{fourth.owner} 的手机重新开机，接着传完")
        conflict = (await self.office.ask("clerk1", "GET", "/v1/conflicts"))[0]
        values = conflict["conflicts"]["phone"]
        told = "、".join(f"{value['author']} 写 {value['value']}" for value in values)
        self.say("", f"张桂兰的电话有 {len(values)} 种写法，一个也没丢：{told}")
        settlement = {"field": "phone", "value": "13509150001", "over": [value["position"] for value in values]}
        await self.office.ask("clerk1", "POST", f"/v1/records/application/{self._cases[0]}/settlement", settlement)
        self.say("", "窗口打电话核实，定为 13509150001")

    async def _killed_and_back(self, phone: Phone) -> None:
        before = phone.road.counts.up
        phone.road.rule = Rule(up=Lane(stall_after=STALL_AFTER))
        await phone.send("sync")
        while phone.road.counts.up < before + STALL_AFTER:
            await asyncio.sleep(0.05)
        await phone.kill()
        phone.road.rule = CLEAR
        await phone.start()
        await phone.do("sync")

    # The next day ---------------------------------------------------------------------------------------------

    async def _next_day(self) -> None:
        first = self.phones[0]
        visit = await self.office.ask("clerk1", "GET", f"/v1/records/visit/{self._visit}")
        start = datetime.fromtimestamp(visit["values"]["start"] / 1000 + 28_800, UTC)
        self.say("", f"服务器安排了上门：{start:%m月%d日 %H:%M}，{visit['values']['why']}")
        await asyncio.gather(*(phone.do("sync") for phone in self.phones))
        await first.do(f"ask {self._visit} accept")
        await first.do(f"report {self._visit} started")
        await first.do(f"report {self._visit} finished outcome=done")
        await first.do("sync")
        await self._at_the_desk()
        await asyncio.gather(*(phone.do("sync") for phone in self.phones))
        self.say("次日", f"{first.owner} 按约上门办完；窗口受理了申请；包联干部回复了张桂兰")

    async def _at_the_desk(self) -> None:
        case = f"/v1/records/application/{self._cases[0]}/commands"
        await self.office.ask("clerk1", "POST", f"{case}/receive", {})
        await self.office.ask("clerk1", "POST", f"{case}/accept", {})
        reply: dict[str, Any] = {
            "household": self._homes[0],
            "application": self._cases[0],
            "text": "材料齐了，已受理，正在安排入户核实，有消息就告诉您。",
            "outcome": "progressing",
            "spoke_to": "张桂兰",
            "how": "telephone",
            "replied_at": time.time_ns() // 1_000_000,
        }
        await self.office.ask("cadre1", "POST", "/v1/records/reply", {"fields": reply})
