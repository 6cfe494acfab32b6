"""What the township centre does with what the village handed in."""

import asyncio
import io
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from sqlalchemy import select, update

from daiban_client_sdk import Client, RefusedError
from daiban_schemas.kinds import KINDS
from daiban_server import permissions
from daiban_server.app import create_app
from daiban_server.choices import Choices
from daiban_server.db import schema
from daiban_server.db.program import rows, run
from daiban_server.features.replies.meeting import judged
from daiban_server.jobs.loop import one_round
from daiban_server.settings import Settings
from tests.support.raw_device import code_of
from tests.support.township import PASSWORD, Township

DAY = 86_400_000
OPEN_PATHS = [path for path in permissions.OPEN if path != "/"]


async def application(town: Township, agent: Client, **fields: object) -> str:
    """An application for the pension item, collected at a home; gives its id."""
    household = await town.household(agent)
    form = await agent.new("application")
    wanted = {"household": household, "item": town.item.hex(), "applicant": "张桂兰", "source": "home"}
    await agent.save(form, wanted | fields)
    return form.record


async def shown(http: httpx2.AsyncClient, kind: str, record: str) -> dict[str, object]:
    answer = await http.get(f"/v1/records/{kind}/{record}")
    assert answer.status_code == 200, answer.text
    document: dict[str, object] = answer.json()
    return document


async def ask(http: httpx2.AsyncClient, kind: str, record: str, name: str, **body: object) -> httpx2.Response:
    return await http.post(f"/v1/records/{kind}/{record}/commands/{name}", json=body)


async def test_a_case_goes_from_the_home_to_its_acceptance(township: Township) -> None:
    wang = await township.device("王芳")
    case = await application(township, wang, **{"answers.reason": "年满六十"})
    await wang.report(case, "collected")
    await wang.command(case, "submit")
    await wang.sync()
    assert await wang.troubled() == []
    clerk = await township.signed_in("赵敏")
    for name in ("receive", "accept"):
        answer = await ask(clerk, "application", case, name)
        assert answer.status_code == 200, answer.text
    seen = await shown(clerk, "application", case)
    values = seen["values"]
    assert isinstance(values, dict)
    assert (seen["status"], values["owner"], values["status"]) == ("accepted", "王芳", "accepted")
    assert values["number"].startswith("JM-")
    assert len(values["accepted"]) == 1
    await wang.sync()
    view = await wang.view(case)
    assert view is not None
    assert view.values["due"] == values["due"]


async def test_what_is_missing_is_named_and_nothing_moves(township: Township) -> None:
    wang = await township.device("王芳")
    case = await application(township, wang)
    await wang.command(case, "submit")
    await wang.sync()
    ((_, record, _, outcome),) = await wang.troubled()
    assert (record, outcome.code, outcome.fields) == (case, "answers.missing", ("answers.reason",))
    view = await wang.view(case)
    assert view is not None
    assert "status" not in view.values


async def test_a_late_command_is_refused_and_says_so(township: Township) -> None:
    wang = await township.device("王芳")
    case = await application(township, wang, **{"answers.reason": "年满六十"})
    await wang.command(case, "submit")
    await wang.sync()
    clerk = await township.signed_in("赵敏")
    await ask(clerk, "application", case, "accept", expected=1)
    late = await ask(clerk, "application", case, "refuse", expected=1, arguments={"reason": "重复"})
    assert code_of(late) == "command.late"
    assert (await shown(clerk, "application", case))["status"] == "accepted"
    assert code_of(await ask(clerk, "application", case, "complete")) == "argument.invalid"
    agent_like = await ask(
        await township.signed_in("孙亮"), "application", case, "complete", arguments={"result": "好"}
    )
    assert code_of(agent_like) == "command.not_your_role"


async def test_two_clerks_who_edit_one_case_lose_nothing(township: Township) -> None:
    """They share the desk's key, so neither is the other's ancestor."""
    wang = await township.device("王芳")
    case = await application(township, wang)
    await wang.sync()
    first, second = await township.signed_in("赵敏"), await township.signed_in("李红")
    position = (await shown(first, "application", case))["position"]
    for http, phone in ((first, "0915-3210001"), (second, "0915-3210002")):
        change = {"fields": {"phone": phone}, "seen": position}
        assert (await http.patch(f"/v1/records/application/{case}", json=change)).status_code == 200
    (conflict,) = (await first.get("/v1/conflicts")).json()
    values = conflict["conflicts"]["phone"]
    assert {(v["author"], v["value"]) for v in values} == {("赵敏", "0915-3210001"), ("李红", "0915-3210002")}
    settled = {"field": "phone", "value": "0915-3210009", "over": [v["position"] for v in values]}
    await first.post(f"/v1/records/application/{case}/settlement", json=settled)
    assert (await second.get("/v1/conflicts")).json() == []
    await wang.sync()
    view = await wang.view(case)
    assert view is not None
    assert view.values["phone"] == "0915-3210009"


def picture(path: Path, shade: int) -> Path:
    file = io.BytesIO()
    Image.effect_noise((900, 700), 60 + shade).convert("RGB").save(file, "JPEG")
    path.write_bytes(file.getvalue())
    return path


async def test_a_case_is_not_accepted_before_its_photos_came_unless_somebody_says_why(
    township: Township, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = await township.device("王芳")
    case = await application(township, wang, **{"answers.reason": "年满六十"})
    await wang.attach_photo(case, picture(tmp_path / "id.jpg", 1), paper="居民身份证")
    await wang.command(case, "submit")

    async def no_photos(*arguments: object) -> bool:
        return False

    with monkeypatch.context() as weak:
        weak.setattr(wang, "_photos", no_photos)
        assert not (await wang.sync()).may_be_given_back
    clerk = await township.signed_in("赵敏")
    assert code_of(await ask(clerk, "application", case, "accept")) == "papers.arriving"
    assert (await shown(clerk, "application", case))["status"] == "submitted"
    assert (await wang.sync()).may_be_given_back
    assert (await ask(clerk, "application", case, "accept")).status_code == 200


async def test_a_visit_is_offered_and_sold_once(township: Township) -> None:
    wang = await township.device("王芳")
    household = await township.household(wang)
    await wang.sync()
    first, second = await township.signed_in("赵敏"), await township.signed_in("李红")
    offers = (await first.post("/v1/visits/offers", json={"household": household, "minutes": 30})).json()["offers"]
    assert offers[0]["names"] == ["王芳"]
    assert "王芳" in offers[0]["reason"]
    visits = []
    for http in (first, second):
        made = await http.post("/v1/records/visit", json={"fields": {"household": household, "minutes": 30}})
        visits.append(made.json()["record"])
    slot = {"agent": offers[0]["agent"], "start": offers[0]["start"]}
    answers = await asyncio.gather(
        *(ask(h, "visit", v, "book", arguments=slot) for h, v in zip((first, second), visits, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [code_of(a) for a in answers if a.status_code == 409] == ["visit.slot_taken"]
    slots = await township.services.database.read(rows(select(schema.slot.c.start)))
    assert slots == [(offers[0]["start"],)]


async def test_when_a_is_absent_b_stands_in(township: Township) -> None:
    wang = await township.device("王芳")
    household = await township.household(wang)
    await wang.sync()
    head = await township.signed_in("李红")
    away = {"type": "absence", "person": township.people["王芳"].hex(), "until": township.clock() + 30 * DAY}
    handover = (await head.post("/v1/records/handover", json={"fields": away})).json()["record"]
    named = {"to": township.people["刘强"].hex()}
    assert (await ask(head, "handover", handover, "arrange", arguments=named)).status_code == 200
    assert (await ask(head, "handover", handover, "begin")).status_code == 200
    clerk = await township.signed_in("赵敏")
    offers = (await clerk.post("/v1/visits/offers", json={"household": household})).json()["offers"]
    assert offers[0]["names"] == ["刘强"]
    assert offers[0]["code"] == "stand_in_absent"


async def test_nobody_home_frees_the_agent_and_a_strange_report_gives_the_head_a_task(township: Township) -> None:
    wang = await township.device("王芳")
    household = await township.household(wang)
    form = await wang.new("visit")
    await wang.save(form, {"household": household})
    await wang.command(form.record, "assign")
    await wang.sync()
    await wang.report(form.record, "nobody_home")
    await wang.sync()
    assert await township.services.database.read(rows(select(schema.slot.c.start))) == []
    await wang.report(form.record, "finished", {"outcome": "done"})
    await wang.report(form.record, "finished", {"outcome": "done"})
    await wang.sync()
    head = await township.signed_in("李红")
    (task,) = (await head.get("/v1/tasks")).json()
    assert (task["record"], task["code"], task["person"]) == (form.record, "visit.finished", "李红")
    assert (await head.post(f"/v1/tasks/{task['id']}/done")).status_code == 204
    assert (await head.get("/v1/tasks")).json() == []


async def owed(town: Township) -> list[dict[str, object]]:
    answer = await (await town.signed_in("孙亮")).get("/v1/obligations")
    found: list[dict[str, object]] = answer.json()
    return found


async def test_a_cadre_owes_a_reply_and_meets_it_from_the_road(township: Township) -> None:
    wang, sun = await township.device("王芳"), await township.device("孙亮")
    case = await application(township, wang)
    await wang.sync()
    (due,) = await owed(township)
    assert (due["state"], due["cadre_name"], due["application"]) == ("due", "孙亮", case)
    await sun.sync()
    (home,) = await sun.records("household")
    form = await sun.new("reply")
    text = {"household": home.record, "application": case, "text": "正在办", "outcome": "progressing"}
    await sun.save(form, text | {"spoke_to": "张桂兰", "how": "visit"})
    await sun.sync()
    following, met = await owed(township)
    assert (met["state"], met["reply"]) == ("met", form.record)
    assert following["state"] == "due"
    assert int(str(following["due"])) > int(str(met["due"])), "the next one is owed"


async def test_a_reply_that_is_missed_is_late_until_it_comes(township: Township) -> None:
    wang = await township.device("王芳")
    case = await application(township, wang)
    await wang.sync()
    township.clock.ahead += Choices().reply_every * DAY + 60_000
    await one_round(township.services)
    (late,) = await owed(township)
    assert late["state"] == "late"
    cadre = await township.signed_in("孙亮")
    home = (await shown(cadre, "application", case))["values"]["household"]  # type: ignore[index]
    reply = {"household": home, "application": case, "text": "对不起，晚了", "outcome": "waiting"}
    assert (await cadre.post("/v1/records/reply", json={"fields": reply})).status_code == 201
    _, still = await owed(township)
    assert (still["state"], still["reply"] is not None) == ("late", True)


@pytest.mark.parametrize(
    ("effective", "received", "state"),
    [(5, 9, "met"), (10, 10, "met"), (10, 11, "met_received_late"), (11, 12, "late")],
)
def test_a_reply_is_judged_by_when_it_must_have_been_written(effective: int, received: int, state: str) -> None:
    assert judged(10, effective, received) == state


async def test_a_reply_saved_in_time_and_received_late_counts_as_met(township: Township) -> None:
    """The batch names a checkpoint from before the due time, so the claim to have been in time may be true."""
    wang, sun = await township.device("王芳"), await township.device("孙亮")
    case = await application(township, wang)
    await wang.sync()
    await sun.sync()
    (home,) = await sun.records("household")
    form = await sun.new("reply")
    await sun.save(form, {"household": home.record, "application": case, "text": "已入户", "outcome": "satisfied"})
    township.clock.ahead += Choices().reply_every * DAY + DAY
    await sun.sync()
    _, met = await owed(township)
    assert met["state"] == "met_received_late"
    assert int(str(met["met_at"])) <= int(str(met["due"])) < int(str(met["received_at"]))


async def test_every_route_names_an_action_or_a_reason_to_have_none(sqlite_township: Township) -> None:
    app = create_app(Settings(sqlite_township.folder / "another"))
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if getattr(handler, "http_methods", None) == {"OPTIONS"}:
                continue  # made by the framework: tells which methods there are
            action = handler.opt.get("action")
            if action is not None:
                assert action in permissions.ACTIONS, route.path
            else:
                open_path = any(route.path == path or route.path.startswith(f"{path}/") for path in OPEN_PATHS)
                assert open_path or route.path == "/", f"{route.path} has neither an action nor a reason"


async def test_signing_in_takes_the_right_password_and_slows_down_guessing(sqlite_township: Township) -> None:
    async with sqlite_township.stranger() as http:
        tries = [await http.post("/v1/session", json={"login": "赵敏", "password": "猜"}) for _ in range(6)]
        assert [code_of(t) for t in tries[:4]] == ["session.refused"] * 4
        assert code_of(tries[5]) == "session.too_many"
        assert int(tries[5].headers["retry-after"]) >= 1
        assert code_of(await http.post("/v1/session", json={"login": "谁", "password": "x"})) == "session.refused"
        sqlite_township.clock.ahead += 10_000
        good = await http.post("/v1/session", json={"login": "赵敏", "password": PASSWORD})
        assert good.status_code == 200
        cookie = good.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie


async def test_a_change_without_the_sessions_token_is_refused(sqlite_township: Township) -> None:
    clerk = await sqlite_township.signed_in("赵敏")
    clerk.headers["X-CSRF-Token"] = "another"
    answer = await clerk.post("/v1/records/household", json={"fields": {"head": "张"}})
    assert code_of(answer) == "csrf.mismatch"
    del clerk.headers["X-CSRF-Token"]
    assert code_of(await clerk.delete("/v1/session")) == "csrf.mismatch"


async def test_after_signing_out_the_cookie_is_worth_nothing(sqlite_township: Township) -> None:
    clerk = await sqlite_township.signed_in("赵敏")
    assert (await clerk.delete("/v1/session")).status_code == 204
    assert code_of(await clerk.get("/v1/conflicts")) == "session.missing"


async def test_an_agents_account_reads_and_writes_nothing_at_a_desk(sqlite_township: Township) -> None:
    """His work is on the phone, whose feed ends at his territory."""
    agent = await sqlite_township.signed_in("王芳")
    assert code_of(await agent.get("/v1/records/household")) == "permission.denied"
    answer = await agent.post("/v1/records/household", json={"fields": {"head": "张"}})
    assert code_of(answer) == "permission.denied"
    assert code_of(await agent.get("/v1/devices")) == "permission.denied"


async def test_lists_show_identity_numbers_masked(sqlite_township: Township) -> None:
    town = sqlite_township
    wang = await town.device("王芳")
    form = await wang.new("household")
    number = "11010519491231002X"
    await wang.save(form, {"place": town.qingshan.hex(), "head": "张桂兰", "identity_number": number})
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    (listed,) = (await clerk.get("/v1/records/household")).json()
    assert listed["values"]["identity_number"] == "1****************X"


def test_every_kind_is_labelled_in_chinese() -> None:
    for kind in KINDS.values():
        labels = [kind.label, *(field.label for field in kind.fields.values()), *kind.states.values()]
        assert all(any("\u4e00" <= c <= "\u9fff" for c in label) for label in labels), kind.name


async def test_a_frozen_device_is_told_so(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    id_ = bytes.fromhex(wang.device.store.get("device"))
    freeze = update(schema.device).where(schema.device.c.id == id_).values(state="revoked")
    await sqlite_township.services.database.write("x", lambda: run(freeze))
    await sqlite_township.household(wang)
    with pytest.raises(RefusedError) as refused:
        await wang.sync()
    assert refused.value.code == "device.revoked"
    assert not (await wang.status()).may_be_given_back
