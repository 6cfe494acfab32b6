"""The browser of the page tests: it shows Chinese, trusts the centre, and tells on pages that stray."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Page

from tests.support.certificate import self_signed
from tests.support.chromium import DESK, looked_at, picture

BOARD = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>便民服务中心</title>
<style>p { font: 100px sans-serif; display: inline-block; margin: 0 }</style><main><h1>公示</h1><p>{}</p></main>"""


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[str]:
    """Serve the board of the hall over TLS, under a certificate that the centre made itself."""
    certificate = self_signed(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate.chain, certificate.key)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = BOARD.replace("{}", "办").encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", ssl=tls) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_clerk_reads_the_board_on_her_desk(desk: Page, hall: str) -> None:
    await desk.goto(hall)
    assert await desk.title() == "便民服务中心"
    assert await desk.evaluate("[innerWidth, innerHeight, navigator.language]") == [1366, 768, "zh-CN"]


async def test_an_agent_reads_the_board_on_his_phone_and_keeps_a_picture(phone: Page, hall: str) -> None:
    await phone.goto(hall)
    with Image.open(await picture(phone, "board-on-a-phone")) as image:
        assert image.size == (390, 844)


async def test_chinese_has_a_face_of_its_own(phone: Page) -> None:
    await phone.goto("data:text/html,")
    await phone.set_content(BOARD.replace("{}", "办"))
    written = await phone.locator("p").screenshot()
    await phone.set_content(BOARD.replace("{}", "照"))
    other = await phone.locator("p").screenshot()
    assert written != other, "two characters look alike: a font is missing (apt-get install fonts-noto-cjk)"


async def test_a_page_that_asks_for_something_elsewhere_is_told_on(chromium: Browser) -> None:
    with pytest.raises(AssertionError, match=r"from elsewhere: \['https://cdn.invalid/logo.png'\]"):
        async with looked_at(chromium, DESK) as page:
            await page.set_content('<img src="https://cdn.invalid/logo.png">')


async def test_a_page_whose_script_fails_is_told_on(chromium: Browser) -> None:
    with pytest.raises(AssertionError, match=r"scripts failed.*no such window"):
        async with looked_at(chromium, DESK) as page:
            await page.set_content("<script>throw new Error('no such window')</script>")
