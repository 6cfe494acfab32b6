"""Which records may go, and when they are due: nothing that still takes its course, and nothing stays for ever."""

import functools

from daiban_server.spine import projections
from tests.erasure.test_erasing import DAY, MARKERS, erase, everything, home, named
from tests.support.township import Township


async def withdrawn(township: Township) -> str:
    """A case that was handed in and withdrawn."""
    wang, clerk = await township.device("王芳"), await township.signed_in("赵敏")
    household = await home(township, wang)
    await wang.sync()
    fields = {"household": household, "item": township.item.hex(), "applicant": MARKERS[0], "answers.reason": "到龄"}
    case = (await clerk.post("/v1/records/application", json={"fields": fields})).json()["record"]
    for command, reason in (("submit", {}), ("withdraw", {"reason": "不办了"})):
        path = f"/v1/records/application/{case}/commands/{command}"
        assert (await clerk.post(path, json={"arguments": reason})).status_code == 200
    return str(case)


async def test_a_complaint_does_not_go_away_by_being_erased(township: Township) -> None:
    """Whom it is about may be the head himself."""
    head = await township.signed_in("李红")
    fields = {"place": township.centre.hex(), "channel": "complaint", "text": "态度不好", "person": MARKERS[0]}
    made = (await head.post("/v1/records/opinion", json={"fields": fields})).json()["record"]
    assert (await erase(head, made)).json()["code"] == "erasure.not_ended"
    assert named(await everything(township)) == [MARKERS[0]]


async def test_what_was_withdrawn_is_kept_no_longer_than_what_was_filed(township: Township) -> None:
    case = await withdrawn(township)
    township.clock.ahead += 3649 * DAY
    assert (await (await township.signed_in("李红")).get("/v1/erasures/due")).json() == []
    township.clock.ahead += 2 * DAY
    due = (await (await township.signed_in("李红")).get("/v1/erasures/due")).json()
    assert [(one["record"], one["of"]) for one in due] == [(case, "case")]


async def test_a_household_of_which_nothing_is_kept_any_more_is_due_and_no_other(township: Township) -> None:
    wang, head = await township.device("王芳"), await township.signed_in("李红")
    alone, visited = await township.household(wang, MARKERS[0]), await home(township, wang)
    fields = {"household": visited, "item": township.item.hex(), "applicant": MARKERS[0], "answers.reason": "到龄"}
    clerk = await township.signed_in("赵敏")
    await wang.sync()
    assert (await clerk.post("/v1/records/application", json={"fields": fields})).status_code == 201
    township.clock.ahead += 3651 * DAY
    head = await township.signed_in("李红")
    due = {one["record"]: one["of"] for one in (await head.get("/v1/erasures/due")).json()}
    assert due.get(alone) == "household"
    assert visited not in due
    assert (await erase(head, alone)).status_code == 200
    assert alone not in {one["record"] for one in (await head.get("/v1/erasures/due")).json()}


async def test_a_reception_that_was_erased_is_nobodys_work_and_due_no_more(township: Township) -> None:
    """Nor after an upgrade, which makes the sheets anew from what is left."""
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    fields = {"place": township.centre.hex(), "visitor": MARKERS[0], "about": "咨询"}
    made = (await clerk.post("/v1/records/reception", json={"fields": fields})).json()["record"]
    work = f"/v1/people/{township.people['赵敏'].hex()}/work"
    assert [one["record"] for one in (await head.get(work)).json()["receptions"]] == [made]
    assert (await erase(head, made)).status_code == 200
    upgraded = functools.partial(projections.rebuild, township.centre, township.services.effects, township.clock())
    for _ in range(2):
        assert (await head.get(work)).json()["receptions"] == []
        await township.services.database.write("test", upgraded)
    township.clock.ahead += 1096 * DAY
    assert (await (await township.signed_in("李红")).get("/v1/erasures/due")).json() == []


async def test_a_case_that_was_erased_is_due_no_more(township: Township) -> None:
    case = await withdrawn(township)
    township.clock.ahead += 3651 * DAY
    head = await township.signed_in("李红")
    assert case in {one["record"] for one in (await head.get("/v1/erasures/due")).json()}
    assert (await erase(head, case)).status_code == 200
    upgraded = functools.partial(projections.rebuild, township.centre, township.services.effects, township.clock())
    for _ in range(2):
        assert case not in {one["record"] for one in (await head.get("/v1/erasures/due")).json()}
        await township.services.database.write("test", upgraded)
