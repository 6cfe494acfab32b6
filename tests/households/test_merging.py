"""并户: one household that two people took down is one again, and nothing that was handed in moves or gets lost."""

import httpx2
import pytest

from daiban_client_sdk import Client
from tests.console.workday import collect, hired, second_centre
from tests.support.raw_device import code_of as problem
from tests.support.township import Township, new_id

REASON = "已上门核对，是一户"


async def homes(town: Township, client: Client, *heads: str) -> list[str]:
    """Households of these names."""
    return [await town.household(client, head) for head in heads]


async def positions(clerk: httpx2.AsyncClient, *records: str) -> list[int]:
    """Where they stand now."""
    return [(await clerk.get(f"/v1/records/household/{one}")).json()["position"] for one in records]


async def merge(clerk: httpx2.AsyncClient, goes: str, stays: str, **more: object) -> httpx2.Response:
    """Merge one into another, as somebody who has just looked at both."""
    seen = await positions(clerk, goes, stays)
    return await clerk.post(
        f"/v1/households/{goes}/merge", json={"into": stays, "reason": REASON, "seen": seen, **more}
    )


async def act(clerk: httpx2.AsyncClient, record: str, name: str, **arguments: str) -> httpx2.Response:
    """One of a household's own commands."""
    path = f"/v1/records/household/{record}/commands/{name}"
    return await clerk.post(path, json={"arguments": arguments})


async def test_what_both_have_is_shown_at_one_and_goes_back_when_they_are_separated(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    stays, goes = await homes(town, wang, "张桂兰", "张贵兰")
    first, second = await collect(wang, town, stays, "张桂兰"), await collect(wang, town, goes, "张桂兰")
    for case in (first, second):
        await wang.save(await wang.open(case), {"answers.reason": "年满六十"})
        await wang.command(case, "submit")
    visit = await wang.new("visit")
    await wang.save(visit, {"household": goes, "purpose": "送达结果"})
    await wang.sync()
    clerk, cadre = await town.signed_in("赵敏"), await town.signed_in("孙亮")
    page = (await merge(clerk, goes, stays, values={"phone": "13700000009"})).json()
    assert page["record"] == stays
    assert page["phone"] == "13700000009"
    assert {one["record"] for one in page["cases"]} == {first, second}
    assert {one["case"] for one in page["owed"]} == {first, second}
    assert [one["purpose"] for one in page["visits"]] == ["送达结果"]
    (joined,) = page["joined"]
    assert (joined["record"], joined["by"], joined["reason"], joined["changed"]) == (goes, "赵敏", REASON, False)
    assert (await cadre.get(f"/v1/households/{goes}")).json() == page, "its address leads to the one that stays"

    # A phone that has not heard of it goes on under the other; one reply answers for all of it.
    late = await collect(wang, town, goes, "张贵兰")
    await wang.save(await wang.open(late), {"answers.reason": "补申请"})
    await wang.command(late, "submit")
    await wang.save(await wang.open(goes), {"address": "青山村三组 5 号"})
    await wang.sync()
    said = {"household": stays, "text": "都在办", "outcome": "progressing", "how": "telephone"}
    assert (await cadre.post("/v1/records/reply", json={"fields": said})).status_code == 201
    page = (await cadre.get(f"/v1/households/{stays}")).json()
    assert {one["record"] for one in page["cases"]} == {first, second, late}
    assert page["joined"][0]["changed"], "somebody wrote in it since"
    met = [one for one in (await clerk.get("/v1/obligations")).json() if one["reply"]]
    assert {one["application"] for one in met} == {first, second, late}
    story = (await clerk.get(f"/v1/cases/{second}")).json()["story"]
    assert "replied" in [one["name"] for one in story]

    assert (await act(clerk, goes, "separate", reason="是两户")).status_code == 200
    page = (await cadre.get(f"/v1/households/{stays}")).json()
    assert [one["record"] for one in page["cases"]] == [first]
    assert page["joined"] == []
    page = (await cadre.get(f"/v1/households/{goes}")).json()
    assert {one["record"] for one in page["cases"]} == {second, late}


async def test_searches_find_the_one_that_stays_by_what_either_says(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    stays, goes = await homes(town, wang, "张桂兰", "章贵蓝")
    await wang.sync()
    clerk = await town.signed_in("赵敏")

    async def found(query: str) -> list[str]:
        return [one["record"] for one in (await clerk.get("/v1/households", params={"q": query})).json()]

    assert await found("章贵蓝") == [goes]
    await merge(clerk, goes, stays)
    assert await found("章贵蓝") == await found("张桂兰") == [stays]
    assert await found("13700000000") == [stays], "once, though both have it"
    await act(clerk, goes, "separate", reason="是两户")
    assert await found("章贵蓝") == [goes]


async def test_the_cadre_of_the_one_that_stays_answers_for_both(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    stays, goes = await homes(town, wang, "张桂兰", "张贵兰")
    case = await collect(wang, town, goes, "张桂兰")
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    fields = {"cadre": town.people["李红"].hex()}
    assert (await clerk.patch(f"/v1/records/household/{stays}", json={"fields": fields})).status_code == 200

    async def answers() -> list[str]:
        owed = (await clerk.get("/v1/obligations")).json()
        return [one["cadre_name"] for one in owed if one["application"] == case]

    assert await answers() == ["孙亮"]
    await merge(clerk, goes, stays)
    assert await answers() == ["李红"]
    await act(clerk, goes, "separate", reason="是两户")
    assert await answers() == ["孙亮"]


async def test_what_cannot_be_merged_says_why_and_changes_nothing(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    one, two, three = await homes(town, wang, "张桂兰", "张贵兰", "章桂兰")
    case = await collect(wang, town, one, "张桂兰")
    await wang.sync()
    clerk, cadre, head = await town.signed_in("赵敏"), await town.signed_in("孙亮"), await town.signed_in("李红")
    assert problem(await merge(clerk, one, one)) == "household.itself"
    assert problem(await act(clerk, one, "merge", into=one, reason=REASON)) == "household.itself"
    asked = {"into": new_id().hex(), "reason": REASON, "seen": [0, 0]}
    assert problem(await clerk.post(f"/v1/households/{one}/merge", json=asked)) == "record.unknown"
    assert problem(await act(clerk, one, "merge", into=case, reason=REASON)) == "record.unknown"
    assert problem(await act(clerk, one, "merge", into=two)) == "argument.invalid"
    assert problem(await merge(cadre, one, two)) == "permission.denied"
    assert problem(await act(cadre, one, "merge", into=two, reason=REASON)) == "command.not_your_role"
    assert (await merge(clerk, two, three)).status_code == 200
    before = await positions(clerk, one, two, three)
    assert problem(await merge(clerk, two, one)) == "household.merged"
    assert problem(await act(clerk, two, "merge", into=one, reason=REASON)) == "command.not_now"
    assert problem(await merge(clerk, one, two, values={"phone": "13700000009"})) == "household.merged"
    assert problem(await merge(clerk, one, three, values={"phone": "137"})) == "value.not_phone"
    assert await positions(clerk, one, two, three) == before
    # What is merged into another takes along what was merged into it.
    assert (await merge(clerk, three, one)).status_code == 200
    page = (await head.get(f"/v1/households/{two}")).json()
    assert page["record"] == one
    assert {line["record"] for line in page["joined"]} == {two, three}


async def test_who_looked_before_somebody_else_wrote_merges_nothing(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    stays, goes = await homes(town, wang, "张桂兰", "张贵兰")
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    for changed in (stays, goes):
        seen = await positions(clerk, goes, stays)
        await clerk.patch(f"/v1/records/household/{changed}", json={"fields": {"size": 3}, "seen": seen[0] + seen[1]})
        await wang.sync()
        await wang.save(await wang.open(changed), {"note": "刚改过"})
        await wang.sync()
        answer = await clerk.post(
            f"/v1/households/{goes}/merge",
            json={"into": stays, "reason": REASON, "seen": seen, "values": {"head": "张桂花"}},
        )
        assert problem(answer) == "household.changed"
    page = (await clerk.get(f"/v1/households/{stays}")).json()
    assert (page["head"], page["joined"]) == ("张桂兰", [])


async def test_another_centre_s_household_is_not_known(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    (one,) = await homes(town, wang, "张桂兰")
    await wang.sync()
    far = await second_centre(town)
    await hired(town, "钱江", "clerk", far)
    neighbour, clerk = await town.signed_in("钱江"), await town.signed_in("赵敏")
    made = await neighbour.post("/v1/records/household", json={"fields": {"place": far.hex(), "head": "张桂兰"}})
    other = made.json()["record"]
    asked = {"into": other, "reason": REASON, "seen": [0, 0]}
    assert problem(await clerk.post(f"/v1/households/{one}/merge", json=asked)) == "record.unknown"
    assert problem(await act(clerk, one, "merge", into=other, reason=REASON)) == "record.unknown"
    assert (await neighbour.get(f"/households/{one}/merge?into={other}")).status_code == 404


async def test_a_phone_is_told_and_finds_the_one_that_stays(sqlite_township: Township) -> None:
    town = sqlite_township
    wang = await town.device("王芳")
    stays, goes = await homes(town, wang, "张桂兰", "张贵兰")
    cases = [await collect(wang, town, home, "张桂兰") for home in (stays, goes)]
    await wang.ask_visit(goes, "assign", purpose="送达结果")
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    await merge(clerk, goes, stays)
    assert await wang.kept_household(goes) == goes, "it has not heard of it yet"
    await wang.sync()
    assert await wang.kept_household(goes) == await wang.kept_household(stays) == stays
    view = await wang.view(goes)
    assert view is not None
    assert view.values["status"] == "merged"
    (home,) = await wang.before_leaving(0, town.clock() + 60 * 86_400_000)
    assert (home.household, home.head) == (stays, "张桂兰")
    assert {matter.case for matter in home.matters} == set(cases)
    await act(clerk, goes, "separate", reason="是两户")
    await wang.sync()
    assert await wang.kept_household(goes) == goes


async def test_two_that_were_told_apart_are_not_merged_until_somebody_looks_again(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    one, two = await homes(town, wang, "张桂兰", "张贵兰")
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    assert (await act(clerk, one, "tell_apart", other=two)).status_code == 200
    assert problem(await merge(clerk, two, one)) == "household.told_apart"
    assert problem(await merge(clerk, one, two)) == "household.told_apart"
    assert (await act(clerk, one, "compare_again", other=two)).status_code == 200
    assert (await merge(clerk, two, one)).status_code == 200


@pytest.mark.parametrize("gone", ["stays", "goes"])
async def test_what_is_erased_with_a_household(township: Township, gone: str) -> None:
    """With the one that stays goes what was merged into it; the other may go alone."""
    town = township
    wang = await town.device("王芳")
    stays, goes = await homes(town, wang, "张桂兰", "张贵兰")
    await wang.sync()
    clerk, head = await town.signed_in("赵敏"), await town.signed_in("李红")
    await merge(clerk, goes, stays)
    record = stays if gone == "stays" else goes
    assert (await head.post("/v1/erasures", json={"records": [record], "reason": "本人要求"})).status_code < 300
    heads = [(await clerk.get(f"/v1/records/household/{one}")).json()["values"]["head"] for one in (stays, goes)]
    assert heads == [None if gone == "stays" else "张桂兰", None]
    page = (await clerk.get(f"/v1/households/{stays}")).json()
    assert page["joined"] == []
