"""人员: the head takes somebody on, says for which villages, and lets somebody leave without anything left lying."""

import asyncio
import re
from uuid import UUID

from httpx import Response
from playwright.async_api import Page

from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.features.posts import territory
from tests.console.test_cases import handed_in
from tests.console.workday import (
    browser_of,
    collect,
    hired,
    main_of,
    no_wider_than_the_screen,
    part,
    phone_of,
    press,
    sign_in,
    token,
)
from tests.support.chromium import picture
from tests.support.township import Township


async def test_the_head_takes_on_a_clerk_who_can_sign_in(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await sign_in(desk, town, "李红", "/people")
    await press(desk.get_by_role("link", name="录用新人"))
    await press(desk.get_by_role("button", name="录用"))
    assert "请选一个角色" in await desk.get_by_role("alert").inner_text()
    await desk.get_by_label("姓名").fill("钱进")
    await desk.get_by_label("角色").select_option("clerk")
    await desk.get_by_label("电话").fill("123")
    await press(desk.get_by_role("button", name="录用"))
    assert await desk.get_by_label("姓名").input_value() == "钱进", "what was written stays"
    await desk.get_by_label("电话").fill("13812345678")
    await press(desk.get_by_role("button", name="录用"))
    password = (await desk.locator(".secret").inner_text()).strip()
    http = await town.clients.enter_async_context(town.stranger())
    answer = await http.post("/sign-in", data={"login": "钱进", "password": password})
    assert answer.status_code == 303 and "/sign-in/password" in answer.headers["location"]


async def test_an_agent_is_taken_on_without_an_account_and_names_are_not_taken_twice(
    sqlite_township: Township,
) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    csrf = await token(http)
    agent = await http.post("/people", data={"csrf": csrf, "name": "周山", "role": "agent"})
    assert agent.headers["location"].endswith("said=hired")
    assert "周山" in (await http.get("/people")).text
    twice = await http.post("/people", data={"csrf": csrf, "name": "赵敏", "role": "clerk"})
    assert twice.status_code == 422 and "登录名已有人用" in twice.text
    above = await http.post("/people", data={"csrf": csrf, "name": "周高", "role": "district"})
    assert above.status_code == 422 and "请选一个角色" in above.text


def _id_in(page: Response, name: str) -> str:
    [id_] = re.findall(rf'name="{name}" value="([0-9a-f]{{32}})"', page.text)
    return str(id_)


async def test_a_double_tap_takes_on_one_agent(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http), "name": "周山", "role": "agent"}
    form["person"] = _id_in(await http.get("/people/new"), "person")
    answers = await asyncio.gather(*(http.post("/people", data=form) for _ in range(2)))
    led = sorted(answer.headers["location"] for answer in answers)
    assert led == [f"/people/{form['person']}?said={said}" for said in ("hired", "hired-before")]
    assert (await http.get("/people")).text.count(">周山<") == 1
    assert "没有再录" in main_of(await http.get(led[1]))


async def test_a_clerk_whose_password_page_was_lost_is_there_and_gets_another(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http), "name": "钱进", "role": "clerk"}
    empty = {**form, "person": _id_in(await http.get("/people/new"), "person"), "name": ""}
    wrong = await http.post("/people", data=empty)
    assert wrong.status_code == 422
    form["person"] = _id_in(wrong, "person")
    assert "secret" in (await http.post("/people", data=form)).text
    led = (await http.post("/people", data=form)).headers["location"]
    assert led == f"/people/{form['person']}?said=password-before"
    assert "重设密码" in main_of(await http.get(led))
    assert "secret" in (await http.post(f"/people/{form['person']}/password", data={"csrf": form["csrf"]})).text


async def test_a_form_takes_over_nobody_elses_id(sqlite_township: Township) -> None:
    town = sqlite_township
    everybody = schema.person.select().order_by(schema.person.c.id)
    before = await town.services.database.read(rows(everybody))
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http), "name": "周山", "role": "agent"}
    elsewhere = next(id_ for id_, centre, *_ in before if centre != town.centre)
    assert UUID(bytes=elsewhere).version == 7, "an id that a form could bring"
    for id_ in (elsewhere.hex(), "0" * 32, "f" * 32, "周山"):
        assert (await http.post("/people", data={**form, "person": id_})).status_code == 400, id_
    assert await town.services.database.read(rows(everybody)) == before


async def test_villages_are_ticked_and_nothing_else_changes(sqlite_township: Township, desk: Page, phone: Page) -> None:
    town = sqlite_township
    wang = town.people["王芳"]
    await sign_in(desk, town, "李红", f"/people/{wang.hex()}")
    section = part(desk, "负责哪些村")
    await picture(desk, "console-person-desk")
    await section.get_by_role("checkbox", name=re.compile("白河村")).uncheck()
    await press(section.get_by_role("button", name="改好"))
    assert "负责的村改好了" in await desk.get_by_role("status").inner_text()
    assert await town.services.database.read(territory.held(wang)) == {town.qingshan: "A"}
    await sign_in(phone, town, "李红", f"/people/{wang.hex()}")
    await no_wider_than_the_screen(phone)


async def test_what_a_colleague_gave_meanwhile_is_not_taken_by_an_old_form(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, http = town.people["王芳"].hex(), await browser_of(town, "李红")
    csrf = await token(http)
    form = {"csrf": csrf, "had": town.baihe.hex(), f"place-{town.baihe.hex()}": "yes"}
    assert (await http.post(f"/people/{wang}/places", data=form)).status_code == 303
    held = await town.services.database.read(territory.held(town.people["王芳"]))
    assert set(held) == {town.qingshan, town.baihe}


async def test_who_leaves_hands_over_everything_in_one_act(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await handed_in(town, "张桂兰")
    wang, liu = town.people["王芳"], town.people["刘强"]
    await sign_in(desk, town, "李红", f"/people/{wang.hex()}")
    assert "1 件" in await part(desk, "手上的事").inner_text()
    await desk.locator("main").get_by_text("离岗交接").click()
    await press(part(desk, "离岗交接").get_by_role("link", name="刘强"))
    assert "1 件在办件，归刘强" in await part(desk, "离岗交接").inner_text()
    await picture(desk, "console-leaving-desk")
    await press(desk.get_by_role("button", name="王芳离岗，全部交给刘强"))
    assert "已离岗" in await desk.get_by_role("status").inner_text()
    held = await town.services.database.read(territory.held(liu))
    assert held == {town.qingshan: "A", town.baihe: "A"}
    http = await browser_of(town, "李红")
    assert (await http.get(f"/people/{wang.hex()}")).status_code == 404
    assert "王芳" not in (await http.get("/people")).text


async def test_a_double_tap_lets_somebody_leave_once(sqlite_township: Township) -> None:
    town = sqlite_township
    http, wang = await browser_of(town, "李红"), town.people["王芳"].hex()
    form = {"csrf": await token(http), "to": town.people["刘强"].hex()}
    taps = await asyncio.gather(*(http.post(f"/people/{wang}/leave", data=form) for _ in range(2)))
    first, second = sorted((tap.headers["location"] for tap in taps), key=len)
    assert (first.partition("?")[0], second) == (second.partition("?")[0], first.replace("left", "left-before"))
    page = main_of(await http.get(second))
    assert "没有再办" in page and "刘强" in page
    nobody = await http.post(f"/people/{'0' * 32}/leave", data=form)
    assert nobody.status_code == 404, "who never worked here"


async def test_where_something_cannot_be_handed_over_nothing_is(sqlite_township: Township) -> None:
    town = sqlite_township
    wang_phone = await phone_of(town, "王芳")
    home = await town.household(wang_phone, "刘大爷")
    kin = {"person": town.people["刘强"].hex(), "relation": "叔父"}
    case = await collect(wang_phone, town, home, "刘大爷", kin=kin, **{"answers.reason": "到龄"})
    await wang_phone.command(case, "submit")
    await wang_phone.sync()
    http, wang = await browser_of(town, "李红"), town.people["王芳"].hex()
    form = {"csrf": await token(http), "to": town.people["刘强"].hex()}
    answer = await http.post(f"/people/{wang}/leave", data=form)
    assert answer.status_code == 422 and "近亲属" in answer.text and "什么都没有变" in answer.text
    handovers = await town.services.database.read(
        rows(schema.record.select().where(schema.record.c.kind == "handover"))
    )
    assert not list(handovers)
    assert (await http.get(f"/people/{wang}")).status_code == 200


async def test_only_head_leaves_when_another_is_there(sqlite_township: Township) -> None:
    town = sqlite_township
    other = (await hired(town, "钱进", "head")).hex()
    http = await browser_of(town, "钱进")
    red = town.people["李红"].hex()
    assert "离岗交接" not in main_of(await http.get(f"/people/{other}")), "nobody lets himself leave"
    clerk = {"csrf": await token(http), "to": town.people["赵敏"].hex()}
    assert (await http.post(f"/people/{red}/leave", data=clerk)).status_code == 422
    gone = await http.post(f"/people/{red}/leave", data={**clerk, "to": other})
    assert gone.status_code == 303
    nobody = await http.post(f"/people/{other}/leave", data={**clerk, "to": other})
    assert nobody.status_code == 422
