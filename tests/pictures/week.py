"""A week of home visits on top of the year, which ends before today: asked for and booked as clerks do, by the
API; then an agent who will be away, and a plan that waits for its yes."""

import time

import httpx2

from tests.pictures.morning import signed_in

DAY = 86_400_000
SOUGHT = ("zhang", "wang", "li", "chen", "liu", "huang")
PURPOSES = ("低保入户核实", "上门收件", "送达办理结果", "资格认证，上门拍照")
BOOKED = 12


def book_a_week(url: str) -> None:
    """Book visits at a dozen homes on the days after today, and leave two that have no time yet; an agent of theirs
    asks for leave, and the head has it all planned anew."""
    with signed_in(url, "clerk1") as (http, _):
        homes: dict[str, None] = {}
        for name in SOUGHT:
            found = http.get("/v1/households", params={"q": name}).raise_for_status().json()
            homes |= dict.fromkeys(one["record"] for one in found)
        agents = []
        for number, home in zip(range(BOOKED + 2), homes, strict=False):
            agents += _visit(http, home, PURPOSES[number % len(PURPOSES)], number, booked=number < BOOKED)
        leave = {"type": "absence", "person": agents[0], "since": _morning(2), "until": _morning(4), "reason": "看病"}
        http.post("/v1/records/handover", json={"fields": leave}).raise_for_status()
    with signed_in(url, "head1") as (http, _):
        _plan(http)


def _morning(days: int) -> int:
    """Midnight there, so many days after today's; Unix milliseconds."""
    return (time.time_ns() // 1_000_000 + DAY // 3) // DAY * DAY - DAY // 3 + days * DAY


def _visit(http: httpx2.Client, home: str, purpose: str, number: int, *, booked: bool) -> list[str]:
    """Ask for a visit; gives the agent it was booked with."""
    begin = _morning(1 + number % 6)
    about = {"minutes": (30, 40, 60)[number % 3], "windows": [{"from": begin, "to": begin + 3 * DAY}]}
    fields = {"household": home, "purpose": purpose, **about}
    record = http.post("/v1/records/visit", json={"fields": fields}).raise_for_status().json()["record"]
    offers = http.post("/v1/visits/offers", json={"household": home, **about}).raise_for_status().json()["offers"]
    for offer in offers[:1] if booked else ():
        chosen = {"arguments": {"agent": offer["agent"], "start": offer["start"]}}
        http.post(f"/v1/records/visit/{record}/commands/book", json=chosen).raise_for_status()
        return [offer["agent"]]
    return []


def _plan(http: httpx2.Client) -> None:
    """Have it planned anew, or wait for the plan of the night, if that is when pictures are taken."""
    answer = http.post("/v1/visits/plans", json={"seconds": 3})
    assert answer.is_success or answer.json()["code"] == "plan.running", answer.text
    while any(run["state"] == "running" for run in http.get("/v1/visits/plans").raise_for_status().json()):
        time.sleep(0.5)
