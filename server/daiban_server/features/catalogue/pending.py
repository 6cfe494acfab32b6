"""A catalogue that was uploaded and not published: kept for whoever uploaded it, until he has seen what it changes.

It is kept as it was read, one for each officer, in the table of settings; a second upload takes the place of the first.
What is published is what was shown: by a digest of the changes, taken when they were shown and again under the lock.
A workbook says the whole catalogue; one item's form says nothing of the others, which stay whatever they are by then.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete

from daiban_server.db import schema, setting
from daiban_server.db.program import Program, run
from daiban_server.features.catalogue.catalogue import Catalogue
from daiban_server.features.catalogue.difference import Change
from daiban_server.features.catalogue.editions import Plan, Publisher, planned, publish, replaced, standing
from daiban_server.spine import log
from daiban_server.spine.refusal import Refusal
from daiban_sync.ids import NOBODY

_DROP = delete(schema.setting).where(schema.setting.c.name == bindparam("setting_name"))


class Draft(msgspec.Struct, frozen=True):
    """What was uploaded: the file's name, when (Unix milliseconds), the code of the item whose form it is or "" for a
    whole catalogue, and the catalogue that would have been in force then."""

    file: str
    at: int
    only: str
    windows: list[dict[str, Any]]
    items: list[dict[str, Any]]
    based: dict[str, int]

    def wanted(self, now: Catalogue) -> Catalogue:
        """The catalogue that is to be in force where `now` is: the one that was uploaded, or `now` with the one item
        in its place, which is still asked on which edition it was made."""
        if not self.only:
            return Catalogue(tuple(self.windows), tuple(self.items), self.based)
        items = [item for item in self.items if item["code"] == self.only]
        return replaced(now, items)._replace(based={**now.based, self.only: self.based[self.only]})


def draft_of(catalogue: Catalogue, file: str, only: str, at: int) -> Draft:
    """A catalogue as it is kept."""
    windows, items = map(dict, catalogue.windows), map(dict, catalogue.items)
    return Draft(file, at, only, list(windows), list(items), dict(catalogue.based))


def keep(person: bytes, draft: Draft) -> Program[None]:
    """Keep it; what the same officer uploaded before is let go."""
    yield from setting.hold(_name(person), msgspec.json.encode(draft).decode())


def kept(person: bytes) -> Program[Draft | None]:
    """What an officer uploaded and has not decided about."""
    held = yield from setting.held(_name(person))
    return msgspec.json.decode(held, type=Draft) if held else None


def let_go(person: bytes) -> Program[None]:
    """Throw it away."""
    yield from run(_DROP, setting_name=_name(person))


def digest(changes: Sequence[Change]) -> str:
    """Stands for the changes as they were shown."""
    return hashlib.sha256(msgspec.json.encode(changes)).hexdigest()[:32]


def publish_seen(person: bytes, seen: str, until: str, today: str, publisher: Publisher) -> Program[list[Change]]:
    """Publish what is kept, if its changes are still those that were `seen`; it is kept no longer.

    Raises `Refusal`: ``catalogue.no_draft``, ``catalogue.not_seen``, and as `editions.publish`: then nothing changes.
    """
    yield from log.lock(NOBODY)
    draft = yield from kept(person)
    if draft is None:
        raise Refusal("catalogue.no_draft")
    stands = yield from standing()
    plan = Plan(draft.wanted(stands.catalogue), until, today)
    changes = planned(plan, stands)
    if digest(changes) != seen:
        raise Refusal("catalogue.not_seen")
    ends = [change.what for change in changes].count("ended")
    yield from publish(plan._replace(ends=ends), publisher)
    yield from let_go(person)
    return changes


def _name(person: bytes) -> str:
    return f"catalogue draft {person.hex()}"
