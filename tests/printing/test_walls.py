"""What hangs on the wall says what is promised; what is worn says whom one speaks to."""

import secrets

from daiban_server import provision
from daiban_server.features.catalogue.publish import publish_catalogue
from daiban_sync import ids
from tests.printing.test_case_papers import case_of
from tests.support.poppler import Poppler
from tests.support.raw_device import code_of as problem
from tests.support.township import Township, new_id


async def test_a_guide_shows_papers_limits_and_the_flow(sqlite_township: Township, poppler: Poppler) -> None:
    town = sqlite_township
    services = town.services
    await services.database.write(
        ids.NOBODY,
        lambda: publish_catalogue(services.keys, services.effects, town.clock(), secrets.token_bytes(32)),
    )
    clerk = await town.signed_in("赵敏")
    answer = await clerk.get("/v1/print/items/MZ-01")
    assert answer.status_code == 200, answer.text
    text = poppler.text(answer.content)
    for word in ("办事指南", "最低生活保障", "工作日", "不收费", "居民户口簿", "办理流程图"):
        assert word in text, word
    assert poppler.sizes(answer.content) == [(297, 420)]
    assert problem(await clerk.get("/v1/print/items/XX-99")) == "item.unknown"


async def hired(town: Township) -> str:
    """钱进, another clerk."""
    id_ = new_id()
    person = provision.Person(id_, town.centre, "钱进", "0915-3212399", "099", "clerk")
    await town.services.database.write("person", lambda: provision.add_people([person]))
    return id_.hex()


async def test_badges_boards_and_handovers(sqlite_township: Township, poppler: Poppler) -> None:
    town = sqlite_township
    clerk, record = await case_of(town, ("accept", {}), ("complete", {"result": "符合条件"}))
    wang, zhao = town.people["王芳"].hex(), town.people["赵敏"].hex()
    text = poppler.text((await clerk.get(f"/v1/print/people/{wang}/badge")).content)
    assert all(word in text for word in ("王芳", "代办员", "0915-3212345"))
    assert "赵敏" in poppler.text((await clerk.get(f"/v1/print/people/{zhao}/plate")).content)
    head = await town.signed_in("李红")
    post = (await head.post("/v1/records/post", json={"fields": {"title": "青山白河代办岗"}})).json()["record"]
    held = {"a": wang, "b": town.people["刘强"].hex(), "places": [town.qingshan.hex(), town.baihe.hex()]}
    appointed = await head.post(f"/v1/records/post/{post}/commands/appoint", json={"arguments": held})
    assert appointed.status_code == 200, appointed.text
    text = poppler.text((await clerk.get(f"/v1/print/people/{wang}/badge")).content)
    assert "青山村、白河村" in text, "which places one serves stands on the badge"
    assert problem(await clerk.get(f"/v1/print/people/{wang}/hat")) == "print.unknown"
    assert problem(await clerk.get(f"/v1/print/people/{'0' * 32}/badge")) == "person.unknown"
    assert "值班公示" in poppler.text((await clerk.get("/v1/print/duty")).content)
    name = "城乡居民基本养老保险待遇申领"
    text = poppler.text((await clerk.get(f"/v1/print/results?item={name}")).content)
    assert all(word in text for word in ("公示", "张", "青山村", "已办结"))
    assert "桂兰" not in text
    fields = {"type": "leaving", "person": zhao, "note": "印章已交李红\n钥匙在抽屉里"}
    handover = (await head.post("/v1/records/handover", json={"fields": fields})).json()["record"]
    path = f"/v1/records/handover/{handover}/commands"
    assert problem(await clerk.get(f"/v1/print/handovers/{handover}")) == "handover.nobody"
    assert (await head.post(f"{path}/arrange", json={"arguments": {"to": await hired(town)}})).status_code == 200
    number = (await clerk.get(f"/v1/cases/{record}")).json()["case"]["number"]
    told = ("工作交接清单", "赵敏", "钱进", "离岗", number, "已办结", "印章已交李红", "钥匙在抽屉里", "监交", "李红")
    before = poppler.text((await head.get(f"/v1/print/handovers/{handover}?supervisor=李红")).content)
    assert all(word in before for word in told), before
    assert (await head.post(f"{path}/begin", json={})).status_code == 200
    after = await head.get(f"/v1/print/handovers/{handover}?supervisor=李红")
    assert all(word in poppler.text(after.content) for word in told)
