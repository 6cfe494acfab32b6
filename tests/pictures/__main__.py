"""``make pictures``: every page of the console at both sizes and in every language, as pictures on contact sheets.

The data are a year of two centres, made once. Whoever changes a page looks at its sheet: nothing here judges beauty. It
exits with 1 where a page is wider than the screen, shows lines that lie on each other, answers with a fault, shuts
somebody out (axe), or a script fails.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from daiban_server.console.languages.spoken import LANGUAGES
from daiban_server.demo.district import PASSWORD
from tests.pictures.morning import have_a_morning
from tests.pictures.pages import NOBODY, SHOTS, Shot
from tests.pictures.sheets import sheet
from tests.pictures.week import book_a_week
from tests.support import axe
from tests.support.chromium import DESK, PHONE
from tests.support.overlaps import overlaps
from tests.support.processes import ROOT, Child

FOLDER = ROOT / "run" / "sheets"
YEAR = ROOT / "run" / "year-for-pictures"
SIZES = {"desk": DESK, "phone": PHONE}
SPEAKS = {"zh": "zh_CN", "en": "en_GB"}
"""The browser's own language, for what it says itself in a field; it has the words with chromium-l10n."""
TALLEST = 4000
"""Pixels of a page that a picture shows."""


def year() -> Path:
    """A year of two centres, made once: some minutes."""
    if not YEAR.exists():
        command = [sys.executable, "-m", "daiban_server.demo.year", str(YEAR), "--centres", "2"]
        subprocess.run(command, cwd=ROOT, check=True)
    return YEAR


@contextmanager
def served(port: int) -> Iterator[str]:
    """A server with that year, whose people need no second factor here."""
    url = f"https://localhost:{port}"
    data = FOLDER / "data"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(year(), data)
    command = [
        "-c",
        "from daiban_client_sdk.cli import main; main()",
        "serve",
        "--data",
        str(data),
        "--port",
        str(port),
    ]
    with Child.python(*command, env={"DAIBAN_SECOND_FACTOR": ""}) as server:
        server.line("Listening at")
        with httpx2.Client(verify=False, trust_env=False) as http:
            for _ in range(1200):
                try:
                    http.get(f"{url}/v1/health")
                    break
                except httpx2.TransportError:
                    time.sleep(0.1)
        book_a_week(url)
        have_a_morning(url)
        yield url
        server.stop()


async def look(url: str, only: str, language: str) -> list[str]:
    """Take all pictures of a language; gives what is wrong."""
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"],
            env={
                **os.environ,
                "LANGUAGE": SPEAKS.get(language, language),
            },
        )
        for size in SIZES:
            contexts: dict[str, BrowserContext] = {}
            for shot in (one for one in SHOTS if only in one.name):
                if shot.role not in contexts:
                    contexts[shot.role] = await signed_in(browser, url, shot.role, size, language)
                page = await contexts[shot.role].new_page()
                said = [f"{language} {size} {shot.name}: {one}" for one in await _take(page, url, shot, size, language)]
                print("\n".join(said) or f"{language} {size} {shot.name}", flush=True)
                wrong += said
                await page.close()
        await browser.close()
    return wrong


async def signed_in(browser: Browser, url: str, login: str, size: str, language: str) -> BrowserContext:
    """A browser of a person's own, in a language."""
    context = await browser.new_context(viewport=SIZES[size], ignore_https_errors=True, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{url}/language/{language}?next=/sign-in")
    if login != NOBODY:
        await page.goto(f"{url}/sign-in")
        await page.fill("#login", login)
        await page.fill("#password", PASSWORD)
        await page.click("main button[type=submit]")
        await page.wait_for_url("**/summary")
    await page.close()
    return context


async def arrive(page: Page, url: str, shot: Shot) -> list[str]:
    """Go where it is, along its links, and press what there is to press; gives what is wrong with the way."""
    answer = await page.goto(url + shot.path)
    for selector in shot.way:
        link = page.locator(selector).first
        if not await link.count():
            return [f"nothing to follow at {selector}"]
        answer = await page.goto(url + str(await link.get_attribute("href")))
    if answer is None or answer.status >= 500:
        return [f"answered {answer and answer.status}"]
    for selector in shot.pressed:
        pressed = page.locator(selector).first
        if not await pressed.count():
            return [f"nothing to press at {selector}"]
        if await pressed.evaluate("one => one.tagName") == "SELECT":
            await pressed.select_option(index=1)
        else:
            await pressed.click()
            await page.wait_for_load_state()
    return []


async def _without_images(page: Page) -> int:
    """How many images are still missing after ten seconds. Asked again and again: the pages' rules forbid Chromium
    to wait for a condition, which it would evaluate from a string."""
    missing = 0
    for _ in range(100):
        missing = await page.evaluate("[...document.images].filter(one => !(one.complete && one.naturalWidth)).length")
        if not missing:
            break
        await asyncio.sleep(0.1)
    return missing


async def _take(page: Page, url: str, shot: Shot, size: str, language: str) -> list[str]:
    scripts: list[str] = []
    page.on("pageerror", lambda error: scripts.append(f"a script failed: {error}"))
    wrong = await arrive(page, url, shot)
    if wrong:
        return wrong
    await page.wait_for_load_state("networkidle" if shot.role == NOBODY else "load")
    if over := await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
        wrong.append(f"{over} pixels wider than the screen")
    wrong += await axe.faults(page)
    wrong += await overlaps(page)
    tall = min(await page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    width = SIZES[size]["width"]
    await page.set_viewport_size({"width": width, "height": max(tall, SIZES[size]["height"])})
    if blank := await _without_images(page):
        wrong.append(f"{blank} images did not load")
    FOLDER.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=FOLDER / f"{shot.name}-{size}-{language}.png", animations="disabled")
    return wrong + scripts


def main() -> int:
    """Take the pictures, and lay them out."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--only", default="", help="pages with this in their name")
    parser.add_argument("--port", type=int, default=9446)
    given = parser.parse_args()
    wrong: list[str] = []
    with served(given.port) as url:
        for language in LANGUAGES:
            wrong += asyncio.run(look(url, given.only, language))
    names = [shot.name for shot in SHOTS if given.only in shot.name]
    for language in LANGUAGES:
        for size in SIZES:
            print(sheet(FOLDER, names, size, language))
    print(f"{len(wrong)} faults" if wrong else "no faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
