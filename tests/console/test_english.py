"""The whole console in English: no page keeps a Chinese word but what people wrote, and what bears a name."""

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
from playwright.async_api import Browser, ViewportSize

from daiban_server.console.languages.extracting import CONSOLE, others, renewed, written
from daiban_server.console.languages.marking import READ
from daiban_server.console.languages.spoken import FOLDER
from tests.affairs.test_open_affairs import DONE, case_of
from tests.console.test_looks import LONGEST, VILLAGE, busy_day
from tests.console.test_lost_phone import household, stolen
from tests.console.test_planning import run_of, waiting
from tests.console.test_replies import owing
from tests.console.test_visits import booked, next_day
from tests.console.workday import browser_of, no_wider_than_the_screen, sign_in, token
from tests.support.chromium import DESK, PHONE, looked_at, picture
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
NAMED = (
    *(LONGEST, LONGEST + "江", VILLAGE, "中文"),
    *(
        "王芳",
        "刘强",
        "赵敏",
        "孙亮",
        "李红",
        "周区",
        "吴镇",
        "郑书记",
        "冯审",
        "张桂兰",
        "李大山",
        "张某",
        "张*兰",
        "阿*提",
    ),
    *("汉滨区", "建民办事处", "青山村", "白河村", "社会保障", "城乡居民基本养老保险待遇申领", "申领原因"),
)
"""People, places, offices, windows, items and their questions."""
TYPED = (
    *(
        "年满六十",
        "符合条件",
        "白天在坡上，晚饭后去。",
        "上门核实，请家里留人，",
        "王芳的手机",
        "刘强的手机",
        "裸机",
        "到龄申领",
        "到龄",
        "手机",
    ),
    "陕西省安康市汉滨区双龙镇高粱铺易地扶贫搬迁集中安置社区十七号楼二单元五零一室（老供销社对面）",
    "汉滨区双龙镇",
)
"""What somebody wrote."""
WHO = ("张桂兰", "李大山")
A_KIND = 3
"""Pages of one kind that are looked at."""


class Shown(HTMLParser):
    """What a page shows, text by text, and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._quiet = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.texts += [known[name] or "" for name in READ & known.keys()]
        self.links += [known["href"] or ""] if tag == "a" and "href" in known else []
        self._quiet += tag in ("script", "style", "textarea")
        self.texts += [known.get("data-words") or ""] if tag == "script" else []

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in ("script", "style", "textarea")

    def handle_data(self, data: str) -> None:
        self.texts += [] if self._quiet else [" ".join(data.split())]


def chinese(page: str) -> list[str]:
    """The texts of a page that have Chinese in them which nobody wrote."""
    found = []
    for text in Shown(page.replace("<wbr>", "")).texts:
        left = text
        for name in sorted((*NAMED, *TYPED), key=len, reverse=True):
            left = left.replace(name, "")
        if CHINESE.search(left):
            found.append(text)
    return found


async def walked(http: httpx2.AsyncClient, *first: str, each: int = A_KIND) -> dict[str, list[str]]:
    """Every page that can be reached, a few of `each` kind, with the Chinese that it keeps."""
    kinds, todo, found = Counter[str](), list(first), dict[str, list[str]]()
    while todo:
        path = todo.pop(0)
        kind = re.sub(r"[0-9a-f]{32}", "*", path).partition("?")[0]
        if path in found or not path.startswith("/") or path.startswith(("/v1/", "/language/")) or kinds[kind] >= each:
            continue
        answer = await http.get(path, follow_redirects=True)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        kinds[kind] += 1
        found[path] = [] if kind == "/messages" else chinese(answer.text)  # what was sent, as it was sent
        for link in Shown(answer.text).links:
            address = urlsplit(urljoin(path, link.partition("#")[0]))
            if not address.netloc:
                todo.append(address.path + (f"?{address.query}" if address.query else ""))
    return found


async def test_no_page_keeps_a_chinese_word_that_nobody_wrote(sqlite_township: Township) -> None:
    town = sqlite_township
    await busy_day(town)
    case, _ = await case_of(town, *DONE)
    head = await browser_of(town, "李红")
    await booked(town, head, case, next_day(town))
    seen: set[str] = set()
    public = ("/sign-in", "/look-up", "/hall", "/opinions", "/lost", "/audit", "/people", f"/cases/{'0' * 32}")
    for name in ("李红", "赵敏", "孙亮", "周区", "冯审"):
        http = await browser_of(town, name)
        await http.get("/language/en")
        pages = await walked(http, "/", "/account", "/hand-in", *public)
        assert {path: texts for path, texts in pages.items() if texts} == {}
        seen |= {re.sub(r"[0-9a-f]{32}", "*", path).partition("?")[0] for path in pages}
    assert len(seen) > 30
    assert {"/cases/*", "/households/*", "/visits/*", "/devices/*", "/figures/counted", "/audit"} <= seen


async def test_what_seldom_happens_is_said_in_english_too(sqlite_township: Township) -> None:
    """A plan, an absence, a stolen phone and two histories, an owed reply, a number looked at."""
    town = sqlite_township
    await waiting(town, *WHO)
    head = await browser_of(town, "李红")
    csrf = await token(head)
    plan = await run_of(head, csrf)
    who = {"person": town.people["王芳"].hex(), "since": next_day(town, 0), "until": next_day(town, 3)}
    made = await head.post("/visits/away", data={"csrf": csrf, **who})
    away = made.headers["location"].partition("?")[0]
    [home, _] = await owing(town, *WHO)
    reply = {"csrf": csrf, "result": "satisfied", "channel": "telephone", "text": "年满六十", "behalf": "yes"}
    await head.post(f"/households/{home}/replies", data=reply)
    gone = await stolen(town, *WHO)
    twice = await raw_device(town)
    for _ in WHO:
        twice.sequence, twice.number, twice.digest = 0, 0, bytes(32)
        await twice.push(twice.seal(household(town, "张桂兰", address=new_id().hex())))
    pages = (plan, away, f"{away}?to={town.people['刘强'].hex()}", f"/households/{home}", "/visits/book?q=z")
    for name in ("李红", "赵敏", "孙亮"):
        http = await browser_of(town, name)
        await http.get("/language/en")
        devices = (f"/devices/{one.id.hex()}" for one in (gone, twice))
        for path, said in ((plan, "Before and after"), (away, "How it is arranged"), (pages[3], "What was said")):
            assert said in (await http.get(path)).text or name == "孙亮", path
        found = await walked(http, *pages, *devices, "/quarantine", "/devices", "/replies", "/audit")
        assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_no_page_in_english_is_wider_than_the_screen(
    sqlite_township: Township, chromium: Browser, size: ViewportSize
) -> None:
    town = sqlite_township
    await busy_day(town)
    case, _ = await case_of(town, *DONE)
    head = await browser_of(town, "李红")
    await booked(town, head, case, next_day(town))
    kinds = {re.sub(r"[0-9a-f]{32}", "*", path).partition("?")[0]: path for path in await walked(head, "/", "/account")}
    async with looked_at(chromium, size) as page:
        await sign_in(page, town, "李红", "/language/en")
        for kind, path in kinds.items():
            await page.goto(town.url + path)
            await no_wider_than_the_screen(page)
            await picture(page, f"english{kind.replace('*', 'one').replace('/', '-')}-{size['width']}")


async def test_what_is_wrong_is_said_in_english_too(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "赵敏")
    await http.get("/language/en")
    csrf = await token(http)
    for path, form in (
        ("/sign-in", {"login": "赵敏", "password": "x"}),
        ("/account/password", {"csrf": csrf, "old": "x", "new": "short", "again": "short"}),
        ("/visits/book/offers", {"csrf": csrf, "case": "0" * 32}),
        ("/erasures", {"csrf": csrf}),
        ("/look-up", {"number": "", "code": ""}),
    ):
        answer = await http.post(path, data=form)
        assert answer.status_code >= 400 or answer.status_code == 303, path
        assert chinese(answer.text) == [], path


def test_english_is_offered_and_its_catalogue_is_up_to_date() -> None:
    assert others() == ["en"]
    assert (FOLDER / "en.po").read_bytes() == written(renewed("en")), "run python -m daiban_server.console.languages"


def test_the_scripts_have_no_words_of_their_own() -> None:
    for path in CONSOLE.glob("static/*.js"):
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("//")]
        assert not CHINESE.search("\n".join(lines)), path
