"""Every page of the console, for every role, in a real browser: whom it is for works with it by eye, by keyboard and by
screen reader, at both sizes and in both languages; anybody else is refused in words.

No list of pages is kept here: the addresses are found by walking from page to page as people do, and a page to which
no way leads fails the test.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from playwright.async_api import Browser, Page

from daiban_server import permissions
from daiban_server.console import routes
from tests.console.test_english import CHINESE, walked
from tests.console.test_feedback import rated
from tests.console.test_lost_phone import stolen
from tests.console.test_planning import run_of, waiting
from tests.console.test_replies import owing
from tests.console.test_visits import booked, next_day
from tests.console.workday import browser_of, no_wider_than_the_screen, sign_in, token
from tests.privacy.test_pages import disputed
from tests.support import axe
from tests.support.chromium import DESK, PHONE, looked_at
from tests.support.township import Township, new_id

WHO = ("张桂兰", "李大山")
LOOK = "/calendar/look?day=2026-12-30&working=no&note=大雪"
PEOPLE = {"clerk": "赵敏", "cadre": "孙亮", "head": "李红", "district": "周区", "leader": "吴镇", "chief": "郑书记"}
PEOPLE |= {"auditor": "冯审"}
"""Agents work on their phones, and are told so at the door (`test_door.py`)."""
ASIDE = {
    "/": "leads on",
    "/live": "a stream",
    "/hall-worker.js": "a script",
    "/language/{code:str}": "leads back",
    "/sign-in/provider": "leads to the provider, tests/accounts",
    "/sign-in/provider/back": "comes from the provider, tests/accounts",
    "/sign-in/code": "between password and page, tests/accounts",
    "/sign-in/password": "between password and page, tests/accounts",
    "/sign-in/factor": "between password and page, tests/accounts",
    "/account/app": "with a fresh proof, tests/accounts",
    "/visits/plan/{run:str}/progress": "a part of a page",
    "/visits/plan/{run:str}/diff.svg": "a picture on a page, tests/console/test_planning.py",
    "/quarantine/{device:str}/{digest:str}": "tests/console/test_lost_phone.py",
}
"""Routes that are no page of their own, or that stand in a story elsewhere."""


class Kind(NamedTuple):
    """A page: its route's path, and the action that it asks for, "" for one that is open to everybody."""

    path: str
    action: str

    def has(self, address: str) -> bool:
        pattern = re.sub(r"\\{[a-z]+:str\\}", "[^/]+", re.escape(self.path))
        return re.fullmatch(pattern, address.partition("?")[0]) is not None


def kinds() -> list[Kind]:
    """The pages, those without a parameter first: `/visits/map` is no visit."""
    found = {
        Kind(path, handler.opt.get("action", ""))
        for router in routes.ROUTES
        for route in router.routes
        for handler in getattr(route, "route_handlers", ())
        if "GET" in handler.http_methods and (path := route.path) not in ASIDE
    }
    return sorted(found, key=lambda one: ("{" in one.path, one.path))


async def eventful(town: Township) -> list[str]:
    """A centre in which everything has happened; gives addresses to begin at."""
    await waiting(town, *WHO)
    case, _ = await rated(town, 1, "跑了三趟")
    head = await browser_of(town, "李红")
    await booked(town, head, case, next_day(town))
    csrf = await token(head)
    plan = await run_of(head, csrf)
    leave = {"person": town.people["王芳"].hex(), "since": next_day(town, 0), "until": next_day(town, 3)}
    away = (await head.post("/visits/away", data={"csrf": csrf, **leave})).headers["location"].partition("?")[0]
    [home, _] = await owing(town, *WHO)
    post = {"record": new_id().hex(), "title": "低保窗口", "role": "clerk", "window": "民政救助"}
    await head.post("/posts", data={"csrf": csrf, **post})
    await stolen(town, *WHO)
    form = await walked(head, "/receive?q=张", f"/receive/form?household={home}&item={town.item.hex()}")
    number = f"/reveal/{await disputed(town)}?field=identity_number"
    photos = f"/cases/{case}/photos"
    return [plan, away, f"/households/{home}", number, photos, "/account/proof", "/hand-in", "/lost", LOOK, *form]


async def addresses(town: Township) -> Mapping[Kind, str]:
    """An address of each page."""
    begin = await eventful(town)
    reached: set[str] = set()
    for role in ("head", "district"):
        http = await browser_of(town, PEOPLE[role])
        public = ("/sign-in", "/look-up", "/hall", "/opinions")
        reached |= (await walked(http, "/", *public, "/account", *begin, each=1)).keys()
    found: dict[Kind, str] = {}
    every = kinds()
    for address in sorted(reached):
        kind = next((one for one in every if one.has(address)), None)
        if kind is not None:
            found.setdefault(kind, address)
    assert {one.path for one in every} - {one.path for one in found} == set(), "no way leads there"
    return found


async def by_keyboard(page: Page) -> list[str]:
    """The Tab key reaches whatever can be pressed or filled in, and one sees where one is; gives what is wrong."""
    await page.evaluate(NOTING)
    stops = await page.evaluate(f"document.querySelectorAll({TABBED!r}).length + 9")
    await asyncio.gather(*(page.keyboard.press("Tab") for _ in range(stops)))
    missed = [f"not reached by the keyboard: {one}" for one in await page.evaluate(MISSED)]
    unseen = await page.evaluate("[...window.unseen]")
    return missed + [f"one does not see that it has the focus: {one}" for one in unseen]


TABBED = "a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary"
NOTING = """() => {
  document.activeElement.blur();
  window.reached = new Set();
  window.unseen = new Set();
  document.addEventListener("focusin", ({ target }) => {
    window.reached.add(target);
    const style = getComputedStyle(target);
    const drawn = parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none";
    if (target.id !== "page" && !drawn) window.unseen.add(target.outerHTML.slice(0, 120));
  });
}"""
MISSED = f"""() => {{
  const groups = new Set([...window.reached].filter((one) => one.type === "radio").map((one) => one.name));
  return [...document.querySelectorAll({TABBED!r})]
    .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !window.reached.has(one))
    .filter((one) => !(one.type === "radio" && groups.has(one.name)))
    .map((one) => one.outerHTML.slice(0, 120));
}}"""


def of(role: str, found: Mapping[Kind, str], *, allowed: bool) -> Iterable[str]:
    """The addresses that a role may open, or may not."""
    return [to for kind, to in found.items() if (not kind.action or permissions.may(role, kind.action)) == allowed]


async def test_whom_a_page_is_for_can_work_with_it(sqlite_township: Township, chromium: Browser) -> None:
    """At both sizes; nobody has a Tab key on a phone."""
    town = sqlite_township
    found = await addresses(town)
    for size in (DESK, PHONE):
        known, wrong = set[str](), list[str]()
        for role, name in PEOPLE.items():
            async with looked_at(chromium, size) as page:
                await page.route("**/live", lambda route: route.abort())  # a page that is looked at stays as it is
                await sign_in(page, town, name)
                for address in of(role, found, allowed=True):
                    answer = await page.goto(town.url + address)
                    faults = [] if answer is not None and answer.status in (200, 404) else [f"answered {answer}"]
                    if address not in known and answer is not None and answer.status == 200:
                        known.add(address)
                        faults += await axe.faults(page)
                        faults += await by_keyboard(page) if size is DESK else []
                    await no_wider_than_the_screen(page)
                    wrong += [f"{role} {address}: {one}" for one in faults]
        assert not wrong, "\n".join(wrong)
        assert known >= set(found.values()), set(found.values()) - known


async def test_anybody_else_is_refused_in_words(sqlite_township: Township, chromium: Browser) -> None:
    town = sqlite_township
    found = await addresses(town)
    refused = 0
    for role, name in PEOPLE.items():
        async with looked_at(chromium, DESK) as page:
            await sign_in(page, town, name)
            for language in ("zh", "en"):
                await page.goto(f"{town.url}/language/{language}?next=/account")
                for address in of(role, found, allowed=False):
                    answer = await page.goto(town.url + address)
                    assert answer is not None and answer.status == 403, (role, address)
                    said = await page.locator("h1").inner_text()
                    assert bool(CHINESE.search(said)) == (language == "zh"), (role, address, said)
                    refused += 1
                assert await axe.faults(page) == []
    assert refused > 200
