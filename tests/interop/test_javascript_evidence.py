"""The verifier that was written from the page, on files that a running centre gives out."""

import base64

from daiban_client_sdk import Signer
from tests.evidence.home import begun, checked, exported, handed_in, picture
from tests.interop.javascript import Node


async def test_a_real_file_holds_and_an_altered_one_does_not(sqlite_node: Node) -> None:
    town = sqlite_node.town
    wang = await town.device("王芳")
    await wang.sync()
    case = await handed_in(town, wang)
    await wang.attach_photo(case, picture(town.folder / "id.jpg"), paper="居民身份证")
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    await clerk.post(f"/v1/records/application/{case}/commands/receive", json={})
    data, root = await exported(town, case, photos=True), town.services.keys.root_key

    async def code(file: bytes) -> str:
        told: str = await sqlite_node.tell("evidence", file=base64.b64encode(file).decode(), root=root.hex())
        return told

    assert await code(data) == ""
    assert await code(data.replace("张桂兰".encode(), "张桂花".encode())) == "evidence.entries"
    assert await code(data + b" ") == "evidence.form"


async def test_both_verifiers_say_the_same_of_a_mandate_that_somebody_wrote_into(sqlite_node: Node) -> None:
    """What the resident signed, on whose phone, and that the desk wrote other powers meanwhile; the phone takes a new
    key before it hands the signature in, and the son signs on a colleague's."""
    town = sqlite_node.town
    wang, liu = await town.device("王芳"), await town.device("刘强")
    case = await begun(town, wang)
    record = await wang.give_mandate(case, {"name": "张桂兰"}, ("2026-01-01", "2036-12-31"))
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    seen = (await clerk.get(f"/v1/records/mandate/{record}")).json()["position"]
    edit = {"fields": {"powers": ["领取补贴款"]}, "seen": seen}
    assert (await clerk.patch(f"/v1/records/mandate/{record}", json=edit)).is_success
    await wang.sign_mandate(record, Signer("张桂兰", "fingerprint", "李二牛"))
    await wang.new_key()
    await wang.sync()
    await liu.sync()
    await liu.sign_mandate(record, Signer("张建国", "drawn", relation="儿子"))
    await liu.sync()
    data, root = await exported(town, case), town.services.keys.root_key
    verdict, document = checked(town, data)
    assert any(one.former for one in document.devices)
    order = {"file": base64.b64encode(data).decode(), "root": root.hex()}
    assert await sqlite_node.tell("evidence", **order) == ""
    (told,) = await sqlite_node.tell("mandates", **order)
    (given,) = verdict.facts.given
    assert told.pop("altered") is ("mandate_altered" in verdict.notes) is True
    signs = [list(sign) for sign in given.signs]
    assert told == {**given._asdict(), "powers": [*given.powers], "term": [*given.term], "signs": signs}
    assert signs == [["张桂兰", "fingerprint", "李二牛", "王芳"], ["张建国", "drawn", "", "刘强"]]
    assert "领取补贴款" not in told["powers"]
