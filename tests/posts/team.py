"""A bureau with more people: two agents to a village each, two heads, two cadres, and posts that hold them."""

from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas import entry
from daiban_server import provision
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.features.posts import watching
from daiban_server.spine import desk, views
from daiban_server.spine.acting import act
from tests.cases.bureau import PEOPLE, Bureau

MORE = {"刘强": "agent", "周静": "agent", "吴军": "cadre", "郑红": "head"}
_t, _m = schema.territory.c, schema.message.c
_PLACES = select(_t.place, _t.rank).where(_t.person == bindparam("person_id"))
_TOLD = select(_m.text).where(_m.person == bindparam("person_id")).order_by(_m.at, _m.id)


class Team(Bureau):
    """`place` is 青山村, `river` 河湾村."""

    def __init__(self, folder: Path) -> None:
        self.river = b""
        super().__init__(folder)

    def _set_up(self) -> Program[None]:
        yield from super()._set_up()
        self.river = self.new()
        yield from provision.add_places([provision.Place(self.river, self.centre, None, "point", "河湾村")])
        self.people |= {name: self.new() for name in MORE}
        yield from provision.add_people(
            [
                provision.Person(self.people[name], self.centre, name, "0915-3219999", f"9{n}", role, login=f"more{n}")
                for n, (name, role) in enumerate(MORE.items())
            ]
        )

    def _clerk(self, name: str) -> desk.Clerk:
        return desk.Clerk(self.people[name], {**PEOPLE, **MORE}[name], self.centre)

    def record(self, who: str, kind: str, **fields: Any) -> bytes:
        """A new record of somebody's."""
        id_ = self.new()
        assert self.write(who, entry.change(id_.hex(), kind, fields, seen=0, at=self.now)).outcome == "new"
        return id_

    def give(self, who: str, kind: str, record: bytes, command: str, **arguments: Any) -> str:
        """Give a command on any record; the code of a refusal, or what became of it."""
        by = self.people[who].hex()
        body = entry.command(record.hex(), kind, command, arguments or None, expected=None, at=self.now, by=by)
        outcome = self.write(who, body)
        return outcome.code or outcome.outcome

    def post(self, a: str, b: str | None, *places: bytes, role: str = "agent") -> bytes:
        """A post with its people."""
        post = self.record("李红", "post", title=f"{a}代办岗", role=role)
        named = {"a": self.people[a].hex(), "places": [place.hex() for place in places]}
        named |= {"b": self.people[b].hex()} if b else {}
        assert self.give("李红", "post", post, "appoint", **named) == "merged"
        return post

    def away(self, who: str, to: str | None = None, **fields: Any) -> bytes:
        """A handover that the head arranged and that has begun."""
        handover = self.record("李红", "handover", type="absence", person=self.people[who].hex(), **fields)
        named = {"to": self.people[to].hex()} if to else {}
        assert self.give("李红", "handover", handover, "arrange", **named) == "merged"
        assert self.give("李红", "handover", handover, "begin") == "merged"
        return handover

    def status(self, case: bytes) -> str:
        """Any record's state, that in which it was made too."""
        (found,) = self.run(views.shown(views.BY_ID, self.centre, record_id=case))
        return str(found.status)

    def places(self, who: str) -> dict[bytes, str]:
        """The places that somebody has, with his rank."""
        return dict(self.look(_PLACES, person_id=self.people[who]))

    def told(self, who: str) -> list[str]:
        """What somebody was told, oldest first."""
        return [row[0] for row in self.look(_TOLD, person_id=self.people[who])]

    def watch_handovers(self) -> None:
        """One round of the watch over handovers."""
        if self.run(watching.centres()):
            self.run(act(self.centre, EFFECTS, self.now, watching.look))
