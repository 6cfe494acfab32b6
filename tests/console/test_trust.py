"""存证: the head shows how far the log is and who cosigns it, and hands out evidence that verifies by itself."""

from pathlib import Path

from playwright.async_api import Page

from daiban_server.jobs.loop import one_round
from daiban_sync.evidence import verify
from tests.console.test_cases import handed_in
from tests.console.workday import browser_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township
from tests.witness.test_witness import asked, made, serving


async def test_the_head_hands_out_evidence_that_verifies(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await handed_in(town, "张桂兰")
    await sign_in(desk, town, "李红", "/trust")
    assert "还没有请另一台主机见证" in await part(desk, "见证主机").inner_text()
    await picture(desk, "console-trust-desk")
    await desk.get_by_label("哪一件").fill("zgl")
    await press(desk.get_by_role("button", name="查找"))
    await press(part(desk, "给一件事出证据").get_by_role("link", name="未编号"))
    assert await desk.locator("#evidence").is_visible()
    await desk.get_by_text("导出这一件的证据文件").click()
    await press(desk.get_by_role("button", name="导出", exact=True))
    assert "理由" in await desk.locator(".error").inner_text()
    await desk.get_by_label("为什么要").fill("信访复核")
    async with desk.expect_download() as waiting:
        await desk.get_by_role("button", name="导出", exact=True).click()
    path = await (await waiting.value).path()
    verdict = verify(Path(path).read_bytes(), town.services.keys.root_key)
    assert verdict.holds, verdict
    await desk.goto(f"{town.url}/audit")
    assert "信访复核" in await desk.locator("main").inner_text()


async def test_a_witness_that_is_behind_is_seen(sqlite_township: Township, tmp_path: Path, phone: Page) -> None:
    town = sqlite_township
    witness = made(town, tmp_path)
    await handed_in(town, "张桂兰")
    with serving(witness) as url:
        asked(town, url, witness)
        page = (await (await browser_of(town, "李红")).get("/trust")).text
        assert "从没联署过" in page
        await one_round(town.services)
    await sign_in(phone, town, "李红", "/trust")
    assert "联署到最新" in await part(phone, "见证主机").inner_text()
    await no_wider_than_the_screen(phone)
    await handed_in(town, "李秀英")
    await phone.reload()
    assert "还差" in await part(phone, "见证主机").inner_text()


async def test_a_clerk_takes_no_evidence_out(sqlite_township: Township) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    assert "导出这一件" not in (await http.get(f"/cases/{case}")).text
    form = {"csrf": await token(http), "reason": "好奇"}
    assert (await http.post(f"/cases/{case}/evidence", data=form)).status_code == 403
    assert (await http.get("/trust")).status_code == 403


async def test_who_looked_is_offered_to_whoever_may_read_it(sqlite_township: Township) -> None:
    for name, status in (("李红", 200), ("周区", 403)):
        http = await browser_of(sqlite_township, name)
        assert (await http.get("/audit")).status_code == status
        page = await http.get("/trust")
        assert (page.status_code, "打开查看记录" in page.text) == (200, status == 200), name
