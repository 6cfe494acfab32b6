"""Replying to a home (定期回复), with no signal: the cadre's own word, or somebody's for him.

Who owes it only the centre knows, since that changes with places and posts. So whoever replies for the cadre says just
that, and the centre writes down for whom when it counts the reply; who stands in for him need not even say it.
"""

from collections.abc import Sequence
from typing import Any

from daiban_client_sdk.device import Device


def reply(
    device: Device,
    household: str,
    text: str,
    outcome: str,
    *,
    how: str = "visit",
    spoke_to: str = "",
    cases: Sequence[str] = (),
    on_behalf: bool = False,
) -> str:
    """Keep a reply for some `cases` of a home, or for all that run there; gives the record. `on_behalf`: for the cadre
    who owes it; without that, what another than he writes is kept and shown, and he still owes his own.

    Raises `InvalidEntryError`.
    """
    given: dict[str, Any] = {"household": household, "text": text, "outcome": outcome, "how": how}
    given["replied_at"] = device.now()
    if cases:
        given |= {"application": cases[0], "also": list(cases[1:])}
    if spoke_to:
        given["spoke_to"] = spoke_to
    if on_behalf:
        given["on_behalf"] = True
    form = device.new("reply")
    device.save(form, given)
    return form.record
