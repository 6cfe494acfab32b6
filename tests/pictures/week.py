"""A week of home visits on top of the year, which ends before today: asked for and booked as clerks do, by the API."""

import itertools
import time

import httpx2

from daiban_server.demo.district import PASSWORD

DAY = 86_400_000
SOUGHT = ("zhang", "wang", "li", "chen", "liu", "huang")
PURPOSES = ("低保入户核实", "上门收件", "送达办理结果", "资格认证，上门拍照")
BOOKED = 12


def book_a_week(url: str) -> None:
    """Book visits at a dozen homes on the days after today, and leave two that have no time yet."""
    with httpx2.Client(base_url=url, verify=False, trust_env=False, timeout=60, headers={"Origin": url}) as http:
        answer = http.post("/v1/session", json={"login": "clerk1", "password": PASSWORD})
        http.headers["X-CSRF-Token"] = answer.raise_for_status().json()["csrf"]
        homes: dict[str, None] = {}
        for name in SOUGHT:
            found = http.get("/v1/households", params={"q": name}).raise_for_status().json()
            homes |= dict.fromkeys(one["record"] for one in found)
        for number, home in zip(range(BOOKED + 2), homes, strict=False):
            _visit(http, home, PURPOSES[number % len(PURPOSES)], number, booked=number < BOOKED)


def _visit(http: httpx2.Client, home: str, purpose: str, number: int, *, booked: bool) -> None:
    begin = (time.time_ns() // 1_000_000 + DAY // 3) // DAY * DAY - DAY // 3 + (1 + number % 6) * DAY
    about = {"minutes": (30, 40, 60)[number % 3], "windows": [{"from": begin, "to": begin + 3 * DAY}]}
    fields = {"household": home, "purpose": purpose, **about}
    record = http.post("/v1/records/visit", json={"fields": fields}).raise_for_status().json()["record"]
    offers = http.post("/v1/visits/offers", json={"household": home, **about}).raise_for_status().json()["offers"]
    for offer in itertools.islice(offers, 1) if booked else ():
        chosen = {"arguments": {"agent": offer["agent"], "start": offer["start"]}}
        http.post(f"/v1/records/visit/{record}/commands/book", json=chosen).raise_for_status()
