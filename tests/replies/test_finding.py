"""Finding a household: by its head or a member, in pinyin, by a telephone however it is written, by its address."""

from daiban_server.jobs.loop import one_round
from tests.support.township import Township


async def test_a_household_is_found_by_whatever_one_knows_of_it(township: Township) -> None:
    wang, clerk = await township.device("王芳"), await township.signed_in("赵敏")
    zhang, other = await township.household(wang, "张桂兰"), await township.household(wang, "李秀英")
    told = {"address": "青山村三组12号", "phone": "13712345678", "members": [{"name": "欧阳建国", "relation": "儿子"}]}
    await wang.save(await wang.open(zhang), told)
    await wang.sync()

    async def found(query: str) -> list[str]:
        answer = await clerk.get("/v1/households", params={"q": query})
        assert answer.status_code == 200, answer.text
        return [one["record"] for one in answer.json()]

    for query in ("张桂兰", "桂兰", "zhangguilan", "zgl", "ZGL", "ouyang", "oyjg", "137 1234 5678", "三组12号"):
        assert await found(query) == [zhang], query
    assert await found("lixiuying") == [other]
    for query in ("", "  ", "%", "_", "王", "x" * 500, "\x00"):
        assert await found(query) == [], query


async def test_whose_own_name_begins_so_comes_before_whose_family_or_telephone_does(township: Township) -> None:
    wang, clerk = await township.device("王芳"), await township.signed_in("赵敏")
    for head, member in (("傅兴", "张明"), ("张国林", ""), ("章小玉", ""), ("王安", ""), ("张", "")):
        home = await township.household(wang, head)
        if member:
            await wang.save(await wang.open(home), {"members": [{"name": member, "relation": "妻子"}]})
    await wang.sync()

    async def heads(query: str) -> list[str]:
        return [one["head"] for one in (await clerk.get("/v1/households", params={"q": query})).json()]

    assert await heads("张") == ["张", "张国林", "傅兴"]
    assert await heads("zhang") == ["张", "张国林", "章小玉", "傅兴"]


async def test_what_changed_is_found_by_the_next_search(township: Township) -> None:
    wang, clerk = await township.device("王芳"), await township.signed_in("赵敏")
    home = await township.household(wang, "张桂兰")
    await wang.sync()
    await one_round(township.services)
    assert len((await clerk.get("/v1/households?q=zgl")).json()) == 1
    await wang.save(await wang.open(home), {"head": "刘大山"})
    await wang.sync()
    assert (await clerk.get("/v1/households?q=zgl")).json() == []
    [one] = (await clerk.get("/v1/households?q=lds")).json()
    assert (one["head"], one["village"], one["phone"]) == ("刘大山", "青山村", "1*********0")


async def test_many_households_that_came_at_once_are_all_followed(sqlite_township: Township) -> None:
    wang, clerk = await sqlite_township.device("王芳"), await sqlite_township.signed_in("赵敏")
    for number in range(620):
        await sqlite_township.household(wang, f"户主{number:03}")
    await wang.sync()
    for number in (0, 499, 500, 619):
        [one] = (await clerk.get(f"/v1/households?q=户主{number:03}")).json()
        assert one["head"] == f"户主{number:03}"


async def test_an_erased_household_is_found_no_more(township: Township) -> None:
    wang, head = await township.device("王芳"), await township.signed_in("李红")
    home = await township.household(wang, "张桂兰")
    await wang.sync()
    assert len((await head.get("/v1/households?q=张")).json()) == 1
    told = {"records": [home], "reason": "本人要求删除"}
    assert (await head.post("/v1/erasures", json=told)).status_code == 200
    assert (await head.get("/v1/households?q=张")).json() == []
