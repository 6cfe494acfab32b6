"""一件的页面: what can be printed, the photos of its papers, the mandate and the proof, two clerks at once."""

from playwright.async_api import Page

from tests.console.test_cases import handed_in
from tests.console.workday import browser_of, part, sign_in
from tests.support.chromium import picture
from tests.support.township import Township


async def test_no_paper_is_offered_that_is_then_refused(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    prints = part(desk, "打印")
    offered = await prints.get_by_role("link").evaluate_all("links => links.map(one => one.getAttribute('href'))")
    http = await browser_of(town, "赵敏")
    assert [(await http.get(address)).status_code for address in offered] == [200] * len(offered)
    assert f"/v1/cases/{case}/papers/acceptance" not in offered
    await prints.get_by_text("还不能打印的，为什么").click()
    assert "受理以后才有" in await prints.inner_text()
    await picture(desk, "console-case-prints-desk")
    named = {address.rsplit("/", 1)[1] for address in offered}
    told = (await http.get(f"/v1/cases/{case}/papers")).json()
    assert named <= set(told), "the page offers what the API says there is"
    assert "acceptance" not in told
    assert (await http.get(f"/v1/cases/{case}/papers/acceptance")).status_code == 409
