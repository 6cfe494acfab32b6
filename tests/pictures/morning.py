"""What a morning adds to the year: papers scanned, two who wrote different things, and a word to a colleague."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from PIL import Image, ImageDraw

from daiban_server.demo.district import PASSWORD

TELEPHONE = "14009150017"
"""By this telephone one finds the case of the morning."""
PAPERS = {"居民身份证": (900, 570), "居民户口簿": (600, 840), "残疾评定表": (840, 1180)}


def have_a_morning(url: str) -> None:
    """At the case that is listed first: three scanned papers, a telephone in dispute, a task for the head."""
    with signed_in(url, "clerk1") as (http, _), signed_in(url, "head1") as (head, me):
        csrf = {"csrf": http.headers["X-CSRF-Token"]}
        case = re.findall(r'href="/cases/([0-9a-f]{32})"', http.get("/cases").text)[0]
        for name, size in PAPERS.items():
            scan = ("scan", (f"{name}.png", _paper(size), "image/png"))
            sent = http.post(f"/cases/{case}/scans", data={**csrf, "paper": name}, files=[scan])
            assert sent.is_redirect, sent.text
        for who, telephone in ((http, "14009150011"), (head, TELEPHONE)):
            who.patch(f"/v1/records/application/{case}", json={"fields": {"phone": telephone}}).raise_for_status()
        task = {"record": case, "to": me, "text": "本人说户口簿上的门牌改过，请帮忙核一下。"}
        http.post("/v1/tasks", json=task).raise_for_status()


@contextmanager
def signed_in(url: str, login: str) -> Iterator[tuple[httpx2.Client, str]]:
    """The API as somebody of the year, and who that is."""
    with httpx2.Client(base_url=url, verify=False, trust_env=False, timeout=60, headers={"Origin": url}) as http:
        answer = http.post("/v1/session", json={"login": login, "password": PASSWORD})
        told = answer.raise_for_status().json()
        http.headers["X-CSRF-Token"] = told["csrf"]
        yield http, told["person"]


def _paper(size: tuple[int, int]) -> bytes:
    """A made-up paper: a corner that tells how it lies, and lines."""
    (width, height), file = size, io.BytesIO()
    image = Image.new("RGB", size, "#f4efe2")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 20, height // 20, width // 5, height // 5), fill="#a8231b")
    for line in range(4, 9):
        draw.line((width // 4, height * line // 10, width * 3 // 4, height * line // 10), fill="#1f2c2b", width=6)
    image.save(file, "PNG")
    return file.getvalue()
