"""A client in another language, written from the protocol's page alone, works beside our own in one township."""

import httpx2
import pytest

from tests.interop.javascript import Node, Phone, Refused, alike, opened

YEAR = 365 * 86_400_000


async def test_a_phone_is_enrolled_and_may_speak_once_the_head_has_compared_the_fingerprint(node: Node) -> None:
    town = node.town
    head = await town.signed_in("李红")
    made = await head.post("/v1/enrolment-codes", json={"person": town.people["王芳"].hex()})
    phone = Phone(node, "王芳")
    with pytest.raises(Refused) as lost:
        await phone.tell("enrol", code=made.json()["text"], name="JavaScript", lose=True)
    assert lost.value.code == "link.lost"
    enrolled = await phone.tell("enrol", code=made.json()["text"], name="JavaScript")
    assert enrolled["state"] == "pending"
    listed = {one["id"]: one for one in (await head.get("/v1/devices")).json()}
    assert listed[enrolled["device"]]["fingerprint"] == enrolled["fingerprint"]
    assert await phone.tell("poll") == "pending"
    with pytest.raises(Refused) as early:
        await phone.exchange()
    assert early.value.code == "device.pending"
    wrong = await head.post(f"/v1/devices/{enrolled['device']}/approve", json={"fingerprint": "0" * 24})
    assert wrong.json()["code"] == "fingerprint.mismatch"
    right = await head.post(f"/v1/devices/{enrolled['device']}/approve", json={"fingerprint": enrolled["fingerprint"]})
    assert right.status_code == 200
    assert await phone.tell("poll") == "active"
    assert (await phone.exchange())["status"] == 200
    with pytest.raises(Refused) as used:
        await Phone(node, "别人").tell("enrol", code=made.json()["text"], name="JavaScript")
    assert used.value.code == "enrolment.code"


async def test_each_shows_exactly_what_the_other_handed_in(node: Node) -> None:
    wang, liu = await node.device("王芳"), await node.town.device("刘强")
    home = await wang.household("李秀英")
    fields = {
        "household": home,
        "item": node.town.item.hex(),
        "applicant": "李秀英",
        "answers.reason": "年满六十岁 😀",
        "papers": ["居民身份证", "户口簿"],
        "account": {"bank": "农商银行", "number": "6200000000000000"},
    }
    application = await wang.tell("create", kind="application", fields=fields)
    done = await wang.sync(fresh=True)
    assert [one["outcome"] for one in done["trips"][0]["outcomes"]] == ["new", "new"]
    standing = await wang.standing()
    assert standing["receipts"] == done["trips"][0]["receipts"]
    assert standing["size"] > 0
    await liu.sync()
    await alike(wang, liu, home, application, but=frozenset({"account"}))
    shown = await opened(liu, application)
    fields["account"] = {"bank": "农商银行", "number": "6" + "*" * 14 + "0"}
    assert {name: shown.values[name] for name in fields} == fields, "a private field comes back as a mask"
    other = await node.town.household(liu, "王秀兰")
    point = {"lon": 109_020_000, "lat": 32_710_000}
    await liu.save(await liu.open(home), {"phone": None, "size": 4, "point": point})
    await liu.sync()
    await wang.sync()
    await alike(wang, liu, home, other, node.town.item.hex())
    assert (await wang.view(home))["visible"]["point"] == point
    assert (await wang.exchange())["status"] == 204


async def test_a_command_and_a_report_move_an_application(sqlite_node: Node) -> None:
    wang, liu = await sqlite_node.device("王芳"), await sqlite_node.town.device("刘强")
    home = await wang.household()
    fields = {"household": home, "item": sqlite_node.town.item.hex(), "applicant": "张桂兰", "answers.reason": "到龄"}
    application = await wang.tell("create", kind="application", fields=fields)
    await wang.tell("report", record=application, report="collected", facts={"papers": ["居民身份证"]})
    await wang.sync()
    seen = (await wang.view(application))["visible"]["version"]
    await wang.tell("command", record=application, command="submit", rest={"expected": seen + 1})
    await wang.tell("command", record=application, command="submit", rest={"expected": seen})
    await wang.sync()
    assert [(one["outcome"], one["code"]) for one in (await wang.standing())["entries"][-2:]] == [
        ("refused", "command.late"),
        ("merged", None),
    ]
    assert (await wang.view(application))["visible"]["status"] == "submitted"
    await liu.sync()
    await alike(wang, liu, application)


async def test_a_batch_whose_answer_was_lost_gets_the_same_receipt_each_time(sqlite_node: Node) -> None:
    wang = await sqlite_node.device("王芳")
    await wang.household()
    with pytest.raises(Refused) as lost:
        await wang.tell("exchange", lose=True)
    assert lost.value.code == "link.lost"
    assert (await wang.standing())["receipts"] == [None]
    # The phone is switched off and on: what it signed is on its disk, and goes out again as it was.
    await wang.tell("forget")
    replies = [await wang.exchange(only=[1]) for _ in range(3)]
    assert replies[0]["receipts"] == replies[1]["receipts"] == replies[2]["receipts"]
    assert [one["outcome"] for one in replies[2]["outcomes"]] == ["new"]
    assert len((await wang.standing())["receipts"]) == 1


async def test_a_gap_names_what_is_missing_and_nothing_is_kept(sqlite_node: Node) -> None:
    wang = await sqlite_node.device("王芳")
    for head in ("张桂兰", "李秀英", "王秀兰"):
        await wang.household(head)
        await wang.tell("freeze")
    answer = await wang.exchange(only=[3])
    assert answer["problems"] == [{"sequence": 3, "code": "chain.gap", "expected": 1}]
    assert answer["receipts"] == []
    await wang.sync()
    assert all((await wang.standing())["receipts"])


TOUCHED = [
    ("RECEIPT", 7, "receipt.unasked"),
    ("RECEIPT", 19, "receipt.signature"),  # the leaf
    ("RECEIPT", 35, "receipt.signature"),  # the time
    ("RECEIPT", 36, "receipt.key"),
    ("RECEIPT", 100, "receipt.signature"),
    ("CHECKPOINT", 20, "checkpoint.signature"),
    ("CHECKPOINT", 50, "checkpoint.key"),
    ("PROOF", 5, "log.forked"),
]


async def test_an_answer_that_somebody_touched_is_not_believed(sqlite_node: Node) -> None:
    wang, liu = await sqlite_node.device("王芳"), await sqlite_node.device("刘强")
    await wang.sync()
    await liu.household("李秀英")
    await liu.sync()
    home = await wang.household()
    await wang.tell("freeze")
    before = await wang.standing()
    for frame, byte, code in TOUCHED:
        with pytest.raises(Refused) as refused:
            await wang.tell("exchange", tamper={"frame": frame, "byte": byte})
        assert (frame, byte, refused.value.code) == (frame, byte, code)
        assert await wang.standing() == before
    await wang.sync()
    assert all((await wang.standing())["receipts"])
    assert (await wang.view(home))["position"] > 0


async def test_a_first_pull_of_several_pages_is_whole_at_its_end(sqlite_node: Node) -> None:
    wang, liu = await sqlite_node.device("王芳"), await sqlite_node.device("刘强")
    forms = [{"place": sqlite_node.town.baihe.hex(), "head": f"第{number}户"} for number in range(510)]
    homes = await wang.tell("create_many", kind="household", forms=forms)
    # The answer spares her the copy of what she has just handed in.
    assert sum(trip["bytes"] for trip in (await wang.sync())["trips"]) < 10 * len(homes)
    assert len((await wang.standing())["receipts"]) == 2
    first = await liu.exchange()
    assert first["more"]
    assert not (await liu.standing())["whole"]
    await liu.sync()
    standing = await liu.standing()
    assert standing["whole"]
    assert set(homes) <= set(standing["records"])
    for home in homes[::50]:
        ours, theirs = await wang.view(home), await liu.view(home)
        assert ours["position"] == theirs["position"] > 0
        assert ours["fields"] == theirs["fields"]


async def test_a_phone_three_years_behind_speaks_by_a_nonce_and_learns_the_time(sqlite_node: Node) -> None:
    wang = await sqlite_node.device("王芳", off=-3 * YEAR)
    assert [(one["path"], one["status"], one["nonce"]) for one in await sqlite_node.requests()] == [
        ("/v1/enrolments", 201, False),
        ("/v1/enrolment", 401, False),
        ("/v1/enrolment", 200, True),
    ]
    # Its first batch is dated by the time that it learnt, its bounds by the checkpoint that it names.
    await wang.sync(fresh=True)
    home = await wang.household()
    await wang.sync()
    assert 401 not in [one["status"] for one in (await sqlite_node.requests())[1:]]
    standing = await wang.standing()
    assert abs(standing["offset"] - 3 * YEAR) < 60_000
    ((_, not_before, received),) = standing["bounds"]
    assert 0 < not_before <= received
    (head,) = (await wang.view(home))["fields"]["head"]
    assert head == {"author": "王芳", "value": "张桂兰"}


async def test_a_leavers_phone_in_another_language_says_when_nothing_is_left(sqlite_node: Node) -> None:
    town, wang = sqlite_node.town, await sqlite_node.device("王芳")
    await wang.household()
    head = await town.signed_in("李红")
    fields = {"type": "leaving", "person": town.people["王芳"].hex(), "to": town.people["刘强"].hex()}
    left = (await head.post("/v1/records/handover", json={"fields": fields})).json()["record"]
    for command in ("arrange", "begin"):
        answer = await head.post(f"/v1/records/handover/{left}/commands/{command}", json={})
        assert answer.status_code == 200, answer.text
    await wang.exchange(only=[])
    assert await _states(head) == ["leaving"], "what it has was not brought"
    await wang.sync()
    assert await _states(head) == ["handed_in"]


async def _states(head: httpx2.AsyncClient) -> list[str]:
    return [one["state"] for one in (await head.get("/v1/devices")).json() if one["person"] == "王芳"]
