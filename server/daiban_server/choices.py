"""What the district may choose, with what holds until it does."""

from typing import Annotated, Any

import msgspec

from daiban_server.db import setting
from daiban_server.db.program import Program
from daiban_server.spine.ledger import Ledger

_NAME = "choices"

Days = Annotated[int, msgspec.Meta(ge=0, le=60)]


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days are calendar days unless a name says otherwise.

    `reply_every` holds for items that say nothing of their own; `reply_for_proxied` lets proxied cases have replies
    too, as home visits have; `reply_reminder` is how long before a reply is due its cadre is reminded;
    `reply_escalation` is after how many days a missed one is told to the centre head and to the leader in charge;
    `reveals_an_hour` is how many whole numbers one person is shown within an hour;
    `follow_up_attempts` is on how many days somebody must have been tried in vain before his follow-up may be closed.
    """

    reply_every: Annotated[int, msgspec.Meta(ge=1, le=400)] = 7
    reply_for_proxied: bool = False
    reply_reminder: Annotated[int, msgspec.Meta(ge=0, le=30)] = 1
    reply_escalation: tuple[Days, Days] = (1, 3)
    reveals_an_hour: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 60
    follow_up_attempts: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3


def chosen() -> Program[Choices]:
    """What is chosen now."""
    held = yield from setting.held(_NAME)
    return msgspec.json.decode(held, type=Choices) if held else Choices()


def of(ledger: Ledger) -> Program[Choices]:
    """As `chosen`, read once in a transaction."""
    if _NAME not in ledger.memo:
        ledger.memo[_NAME] = yield from chosen()
    choices: Choices = ledger.memo[_NAME]
    return choices


def choose(**changed: Any) -> Program[Choices]:
    """Change some; gives all. Raises `msgspec.ValidationError` for what cannot be."""
    held = msgspec.structs.asdict((yield from chosen()))
    choices = msgspec.convert({**held, **changed}, Choices)
    yield from setting.hold(_NAME, msgspec.json.encode(choices).decode())
    return choices
