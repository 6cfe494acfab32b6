"""Debian's Chromium as a clerk's desk and as an agent's phone, looking at pages of this machine only."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, Request, ViewportSize, async_playwright, expect

from tests.support import axe
from tests.support.processes import ROOT

DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)
PICTURES = ROOT / "run" / "pictures"

_FLAGS = [
    "--no-sandbox",  # root has none to give, and no page here is a stranger's
    "--disable-quic",
    "--disable-background-networking",
    "--disable-dev-shm-usage",  # a container's shared memory is often too small for a page
]

expect.set_options(timeout=30_000)
"""As long as for everything else that a page does; a machine that does much at once is no fault of a page."""


@asynccontextmanager
async def looked_at(browser: Browser, size: ViewportSize) -> AsyncIterator[Page]:
    """Open an empty page of a size, in Chinese, that trusts a certificate of the server's own making.

    At the end it is an AssertionError if a script of the page failed, or if anything was asked for from
    outside this machine: a centre's pages must work with the cable pulled.
    """
    errors: list[str] = []
    strangers: list[str] = []

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and address.hostname not in ("localhost", "127.0.0.1"):
            strangers.append(request.url)

    context = await browser.new_context(
        viewport=size, ignore_https_errors=True, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    try:
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", note)
        yield page
    finally:
        await context.close()
    assert not errors, f"scripts failed: {errors}"
    assert not strangers, f"asked for from elsewhere: {strangers}"


async def with_authenticator(page: Page) -> None:
    """Put a platform authenticator into the browser that always finds its owner."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    await devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )


async def picture(page: Page, name: str) -> Path:
    """Keep a picture of the whole page as `run/pictures/NAME.png`, for people to look at; and whoever cannot look has
    to be able to work with it as well."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    file = PICTURES / f"{name}.png"
    await page.screenshot(path=file, full_page=True, animations="disabled")
    wrong = await axe.faults(page)
    assert not wrong, f"{page.url} shuts somebody out:\n" + "\n".join(wrong)
    return file


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Give a browser of the test's own: Playwright's objects live in one event loop, as each test does."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium fonts-noto-cjk")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def desk(chromium: Browser) -> AsyncIterator[Page]:
    """Give a page on a clerk's desk, 1366 by 768."""
    async with looked_at(chromium, DESK) as page:
        yield page


@pytest.fixture
async def phone(chromium: Browser) -> AsyncIterator[Page]:
    """Give a page on an agent's phone, 390 by 844."""
    async with looked_at(chromium, PHONE) as page:
        yield page
