"""A case with everything that evidence is about: mandate, photo, clerk, other people's entries in the same batch."""

import io
from pathlib import Path

from PIL import Image

from daiban_client_sdk import Client, Signer
from daiban_sync.evidence import Verdict, verify
from daiban_sync.evidence.document import Document, decode
from tests.support.township import Township

OTHER = "流水人家"
"""Stands in whatever is not the case's own; no file may hold it."""


async def begun(town: Township, agent: Client, **fields: object) -> str:
    """An application that an agent collected at a home, submitted, not synced; gives its id. In the same batch lie the
    household and another family's application."""
    household = await town.household(agent, OTHER)
    other = await agent.new("application")
    await agent.save(other, {"household": household, "item": town.item.hex(), "applicant": OTHER, "source": "home"})
    form = await agent.new("application")
    wanted = {"household": household, "item": town.item.hex(), "applicant": "张桂兰", "source": "home"}
    await agent.save(form, wanted | {"answers.reason": "年满六十"} | fields)
    return form.record


async def signed(town: Township, agent: Client, case: str, **how: str) -> str:
    """A mandate in the case, signed by 张桂兰; gives its id."""
    record = await agent.give_mandate(case, {"name": "张桂兰", "phone": "13700000000"}, ("2026-01-01", "2036-12-31"))
    await agent.sign_mandate(record, Signer("张桂兰", **({"mark": "drawn"} | how)))
    return record


async def handed_in(town: Township, agent: Client) -> str:
    """A submitted case with a signed mandate, synced; gives its id."""
    case = await begun(town, agent)
    await signed(town, agent, case)
    await agent.command(case, "submit")
    await agent.sync()
    assert await agent.troubled() == []
    return case


def picture(path: Path, shade: int = 1) -> Path:
    """A small photo of a paper."""
    file = io.BytesIO()
    Image.effect_noise((320, 240), 60 + shade).convert("RGB").save(file, "JPEG")
    path.write_bytes(file.getvalue())
    return path


async def exported(town: Township, case: str, *, photos: bool = False) -> bytes:
    """The case's file, as the head of the centre gets it."""
    head = await town.signed_in("李红")
    answer = await head.post(f"/v1/cases/{case}/evidence", json={"reason": "行政复议", "photos": photos})
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def checked(town: Township, data: bytes) -> tuple[Verdict, Document]:
    """What the verifier says of a file that has to hold, and the file."""
    verdict = verify(data, town.services.keys.root_key)
    assert verdict.holds, verdict
    return verdict, decode(data)
