"""What a household is handed when somebody will come to the home."""

from .notices import Size
from .parts import Agent, Document, Paper


class VisitSlip(Document, frozen=True, kw_only=True):
    """上门预约单: who comes, with badge and telephone, and when, in words; `until` is when it will be over, `papers`
    what to have ready. `proposed` says that the household has not agreed to the time yet."""

    household: str
    place: str
    purpose: str
    day: str
    time: str
    until: str
    agents: tuple[Agent, ...]
    papers: tuple[Paper, ...] = ()
    changed_from: str = ""
    proposed: bool = False
    size: Size = "roll"
