"""练习题: what is marked as done was done, and a hint names what the page shows."""

import datetime
import re
from itertools import chain

import httpx2

from daiban_server.console.training.exercises import EXERCISES
from daiban_server.training.known import OWED, UNREACHED, WHOLE, home, record
from tests.console.test_reception import fresh
from tests.support.township import new_id
from tests.training.conftest import Ground, today
from tests.training.test_practising import HEAD, be, csrf


async def done_by(http: httpx2.AsyncClient) -> set[str]:
    """What is marked as done on the page of exercises."""
    lines = re.findall(r"<li.*?</li>", (await http.get("/training")).text.split('lines exercises">')[1], re.DOTALL)
    return {one.what for one in chain(*EXERCISES.values()) for line in lines if one.what in line and "做完了" in line}


async def test_a_case_that_is_received_is_not_yet_somebody_who_was_advised(ground: Ground) -> None:
    """An exercise is done by what it asks for, not by what resembles it: a case makes a reception too."""
    async with ground.somebody() as http:
        form = {"csrf": csrf(await be(http, "王敏")), "visitor": "王建民", "applicant": "王建民"}
        form |= {"answers.grade": "200"}
        offered = (await http.get("/receive/item?q=参保")).text
        item = re.search(r"/receive/form\?[^\"]*item=([0-9a-f]{32})", offered)
        assert item, offered
        given = {"item": item[1], "household": record(home(WHOLE)).hex()}
        made = await http.post("/receive/form", data={**form, **given, **fresh(), "phone": "13700000000"})
        assert made.status_code == 303, made.text
        assert await done_by(http) == {"收一件新办件"}
        advice = {"advice": "yes", "about": "高龄补贴几岁能领", **fresh()}
        assert (await http.post("/receive/form", data={**form, **advice})).status_code == 303
        assert await done_by(http) == {"收一件新办件", "登记一次接待"}


async def test_a_reply_is_not_yet_a_call_in_vain(ground: Ground) -> None:
    async with ground.somebody() as http:
        said = {"csrf": csrf(await be(http, "朱强")), "outcome": "progressing", "text": "告诉他办到哪一步"}
        for whose, other in ((OWED, {}), (UNREACHED, {"outcome": "not_reached", "text": ""})):
            assert "没联系上也记一次" not in await done_by(http)
            page = f"/households/{record(home(whose)).hex()}/replies"
            assert (await http.post(page, data={**said, **other, "id": new_id().hex()})).status_code == 303
        assert {"给徐长贵家回复一次", "没联系上也记一次"} <= await done_by(http)


async def test_leave_that_was_told_of_is_done_once_somebody_stands_in(ground: Ground) -> None:
    async with ground.somebody() as http:
        token = csrf(await be(http, HEAD))
        people = re.findall(r'value="([0-9a-f]{32})">[^<]+（代办员）', (await http.get("/visits/away")).text)
        day = (datetime.date.fromisoformat(today()) + datetime.timedelta(days=7)).isoformat()
        asked = await http.post("/visits/away", data={"csrf": token, "person": people[0], "since": day, "until": day})
        assert asked.status_code == 303, asked.text
        assert await done_by(http) == set()
        page = asked.headers["location"].partition("?")[0]
        assert (await http.post(f"{page}/arrange", data={"csrf": token, "to": people[1]})).status_code == 303
        assert await done_by(http) == {"安排一次请假顶岗"}


async def test_a_hint_names_a_button_as_the_page_does(ground: Ground) -> None:
    [exercise] = [one for one in EXERCISES["clerk"] if one.what == "处理完一条待办"]
    async with ground.somebody() as http:
        await be(http, "王敏")
        tasks = re.findall(r'href="(/tasks/[0-9a-f]{32})', (await http.get("/summary")).text)
        buttons = re.findall(r"<button[^>]*>([^<]+)</button>", (await http.get(tasks[0])).text)
        assert any(f"“{one}”" in exercise.hint for one in buttons), buttons
