"""A centre on a working day: the clock set to an hour, homes visited, and what people find at the console."""

import datetime
import re
from typing import Any

import httpx2
from playwright.async_api import Locator, Page

from daiban_client_sdk import Client
from daiban_schemas.zone import SHANGHAI
from daiban_server import provision
from daiban_server.db.program import Program, Write
from daiban_server.limits.calendar import OFFICIAL
from tests.support.township import PASSWORD, PASSWORD_HASH, Township, new_id


def set_clock(town: Township, hour: int, minute: int = 0, days: int = 0) -> None:
    """Set the server's clock to an hour of today, or of a working day `days` on; the township's phones follow it."""
    day = datetime.datetime.fromtimestamp(town.clock() / 1000, SHANGHAI).date()
    day = OFFICIAL.add(day, days)
    wanted = datetime.datetime.combine(day, datetime.time(hour, minute, 1), SHANGHAI)
    town.clock.ahead += round(wanted.timestamp() * 1000) - town.clock()


async def phone_of(town: Township, name: str) -> Client:
    """An approved phone whose clock is the township's, synced once."""
    client = await town.device(name, f"{name}的手机", town.clock)
    await client.sync()
    return client


async def sign_in(page: Page, town: Township, name: str, path: str = "") -> None:
    """Sign in at the console, as people do, and open a page."""
    await page.goto(f"{town.url}/sign-in")
    await page.get_by_label("账号").fill(name)
    await page.get_by_label("密码").fill(PASSWORD)
    await press(page.get_by_role("button", name="登录"))
    if path:
        await page.goto(town.url + path)


async def press(what: Locator) -> None:
    """Press a button or follow a link, and wait for the page that it leads to."""
    async with what.page.expect_navigation():
        await what.click()


async def no_wider_than_the_screen(page: Page) -> None:
    """Nobody has to scroll sideways."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, f"{page.url} is {wide} pixels wider than the screen"


def part(page: Page, name: str) -> Locator:
    """One part of the summary, by its heading."""
    return page.get_by_role("region", name=re.compile(f"^{name}"))


async def browser_of(town: Township, name: str) -> httpx2.AsyncClient:
    """Somebody signed in at the console's own door, following no redirects; `.csrf` of a page is in `token`."""
    http = await town.clients.enter_async_context(town.stranger())
    answer = await http.post("/sign-in", data={"login": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return http


def main_of(answer: httpx2.Response) -> str:
    """What a page says itself, without the help beside it."""
    return answer.text.partition("<main")[2]


async def token(http: httpx2.AsyncClient, path: str = "/summary") -> str:
    """The CSRF token that a page's forms carry."""
    page = await http.get(path)
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


async def collect(client: Client, town: Township, household: str, applicant: str, **fields: Any) -> str:
    """An application collected at a home; gives its id."""
    form = await client.new("application")
    values = {"household": household, "item": town.item.hex(), "applicant": applicant, "source": "home", **fields}
    await client.save(form, values)
    await client.report(form.record, "collected")
    return form.record


async def two_phone_numbers(town: Township, wang: Client, liu: Client, record: str) -> None:
    """王芳 and 刘强 each write a number for a record with no signal, and then sync."""
    for client in (wang, liu):
        await client.sync()
    await wang.save(await wang.open(record), {"phone": "13700000001"})
    await liu.save(await liu.open(record), {"phone": "13700000002"})
    for client in (wang, liu, wang):
        await client.sync()


async def hired(town: Township, name: str, role: str, centre: bytes | None = None) -> bytes:
    """One person more, who signs in with the name; gives the id."""
    row = provision.Person(new_id(), centre or town.centre, name, "0915-3212399", "099", role, name, PASSWORD_HASH)
    await town.services.database.write("hire", lambda: provision.add_people([row]))
    return row.id


async def second_centre(town: Township, name: str = "江北镇便民服务中心") -> bytes:
    """A neighbour of the township's centre; gives its id."""
    id_ = new_id()
    keys, now = town.services.keys, town.clock()
    await town.services.database.write(id_, lambda: provision.add_centre(id_, name, "JB", keys, now))
    place = provision.Place(id_, id_, None, "centre", name, 109_100_000, 32_800_000)
    await town.services.database.write(id_, lambda: provision.add_places([place]))
    return id_


async def write(town: Township, table: Any, *rows: tuple[Any, ...]) -> None:
    """Rows as another part of the server would write them."""

    def program() -> Program[None]:
        yield Write(table, rows)

    await town.services.database.write("test", program)
