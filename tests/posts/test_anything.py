"""Whatever the head arranges and in whatever order: nobody has a place without a reason, every open case has an owner
who works here, and who left has nothing."""

import random
from pathlib import Path

import pytest
from sqlalchemy import select

from daiban_server.db import schema
from daiban_server.features.posts import territory
from tests.posts.team import Team

AGENTS = ("王芳", "刘强", "周静")
_t, _p, _s = schema.territory.c, schema.person.c, schema.case_sheet.c
HELD = select(_t.person, _t.place, _t.rank).select_from(schema.territory.join(schema.person, _p.id == _t.person))
AGENTS_HELD = HELD.where(_p.role == "agent")
WORKING = select(_p.id).where(_p.active)
OWNERS = select(_s.owner, _s.handler)


class Head:
    """A head who arranges things at random."""

    def __init__(self, team: Team, dice: random.Random) -> None:
        self.team, self.dice = team, dice
        self.posts = [team.post("王芳", "刘强", team.place), team.post("周静", None, team.river)]
        self.begun: list[bytes] = []
        self.singly: set[tuple[bytes, bytes]] = set()

    def appoint(self) -> None:
        a, b = self.dice.sample(AGENTS, 2)
        places = self.dice.sample([self.team.place, self.team.river], self.dice.choice((1, 2)))
        named = {"a": self.team.people[a].hex(), "places": [place.hex() for place in places]}
        named |= {"b": self.team.people[b].hex()} if self.dice.random() < 0.7 else {}
        self.team.give("李红", "post", self.dice.choice(self.posts), "appoint", **named)

    def close(self) -> None:
        self.team.give("李红", "post", self.dice.choice(self.posts), "close")

    def send_away(self) -> None:
        who, to = self.dice.sample(AGENTS, 2)
        kind = self.dice.choice(("absence", "absence", "absence", "transfer", "leaving"))
        fields = {"type": kind, "person": self.team.people[who].hex()}
        if kind == "transfer":
            fields["places"] = [self.team.river.hex()]  # type: ignore[assignment]  # a list beside texts
        handover = self.team.record("李红", "handover", **fields)
        self.team.give("李红", "handover", handover, "arrange", to=self.team.people[to].hex())
        if self.team.give("李红", "handover", handover, "begin") == "merged":
            self.begun.append(handover)
            self._remember(kind, self.team.people[who], self.team.people[to])

    def _remember(self, kind: str, giver: bytes, taker: bytes) -> None:
        """Of a post some of whose villages move, the other has those singly; and so has whoever follows him."""
        if kind != "absence":
            self.singly |= {(taker, place) for who, place in self.singly if who == giver}
        if kind == "transfer":
            self.singly.add((taker, self.team.river))

    def call_back(self) -> None:
        if self.begun:
            self.team.give("李红", "handover", self.dice.choice(self.begun), "return")

    def replace(self) -> None:
        if self.begun:
            to = self.team.people[self.dice.choice(AGENTS)].hex()
            self.team.give("李红", "handover", self.dice.choice(self.begun), "replace", to=to)

    def receive(self) -> None:
        case = self.team.case(who="赵敏")
        self.team.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
        self.team.ask("李红", case, "hand_over", to=self.team.people[self.dice.choice(AGENTS)].hex(), reason="他办")

    def watch(self) -> None:
        self.team.later(1)
        self.team.watch_handovers()


@pytest.mark.parametrize("seed", range(8))
def test_nobody_has_a_place_without_a_reason(tmp_path: Path, seed: int) -> None:
    team, dice = Team(tmp_path), random.Random(seed)
    head = Head(team, dice)
    for _ in range(25):
        dice.choice(
            (
                *(head.appoint, head.close, head.send_away, head.send_away, head.call_back),
                *(head.replace, head.receive, head.watch),
            )
        )()
        held = {(person, place): rank for person, place, rank in team.look(AGENTS_HELD)}
        reasons = team.run(territory.reasons(team.centre))
        assert {pair: rank for pair, rank in held.items() if pair not in head.singly} == {
            pair: rank for pair, rank in reasons.items() if pair not in head.singly
        }
        assert reasons.keys() <= held.keys()
        working = {row[0] for row in team.look(WORKING)}
        assert {person for person, _ in held} <= working
        assert {who for row in team.look(OWNERS) for who in row} <= working
