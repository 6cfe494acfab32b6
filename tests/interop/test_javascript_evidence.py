"""The verifier that was written from the page, on files that a running centre gives out."""

import base64

from tests.evidence.home import exported, handed_in, picture
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
