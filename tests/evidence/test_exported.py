"""A case's evidence as the centre gives it out: what is in it, what is not, and that it holds."""

from pathlib import Path

from daiban_client_sdk import Client
from daiban_sync.evidence import Verdict, verify
from daiban_sync.evidence.document import Document, decode
from tests.support.township import Township


async def signed_case(town: Township, agent: Client) -> str:
    """An application with a mandate, collected at a home and handed in; gives its id."""
    household = await town.household(agent)
    form = await agent.new("application")
    wanted = {"household": household, "item": town.item.hex(), "applicant": "张桂兰", "source": "home"}
    await agent.save(form, wanted | {"answers.reason": "年满六十"})
    await agent.command(form.record, "submit")
    await agent.sync()
    return form.record


async def exported(town: Township, case: str, **options: str) -> bytes:
    head = await town.signed_in("李红")
    answer = await head.get(f"/v1/cases/{case}/evidence", params={"reason": "行政复议", **options})
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def checked(town: Township, data: bytes) -> tuple[Verdict, Document]:
    verdict = verify(data, town.services.keys.root_key)
    assert verdict.holds, verdict
    return verdict, decode(data)
