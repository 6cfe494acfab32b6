"""Nothing is lost in silence: random days of a township, with devices that pull late and clerks with two tabs.

`paper_township.Server.lay` checks at every change that what it replaced was meant to go or was its author's own, and
that nothing stays which he meant to replace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from daiban_sync.clock import Interval
from daiban_sync.merge import TOMBSTONE, UNSENT, lay
from tests.sync.paper_township import (
    DESK,
    FIELDS,
    Desk,
    Device,
    Saved,
    Sent,
    Server,
    holders,
    is_earlier,
    seen_by_people,
)
from tests.sync.profiles import more

AGENT, OLD_PHONE, STAND_IN = (name.ljust(16, b".") for name in (b"agent", b"old phone", b"stand-in"))
CLOCKS = (0, 900, 1000, 1010, 1030, 4_000_000_000_000)
"""What the phones' clocks say: 1970, about right, 2099."""

ACTS = ("open", "save", "save", "save", "freeze", "hand in", "hand in", "pull", "pull")
SETS = [FIELDS[:1], FIELDS[:1], FIELDS[1:2], FIELDS[:2], FIELDS[2:3], FIELDS[:3]]
TEXTS = ("", "", "", "13909150001")  # mostly a text of its own, now and then the same as another's
DELETES = (None,) * 8 + (True, False)


class Save(NamedTuple):
    """What is saved, and how."""

    fields: tuple[str, ...]
    text: str
    deleted: bool | None
    settle: bool
    clock: int


Act = tuple[str, int, Save]


def act_of(number: int) -> Act:
    """One number is one act: hypothesis draws and shrinks numbers fast."""

    def one_of(choices: Sequence[Any]) -> Any:
        nonlocal number
        number, at = divmod(number, len(choices))
        return choices[at]

    return one_of(ACTS), one_of(range(5)), Save(*map(one_of, (SETS, TEXTS, DELETES, (False, True), CLOCKS)))


acts = st.integers(0, len(ACTS) * 5 * len(SETS) * len(TEXTS) * len(DELETES) * 2 * len(CLOCKS) - 1).map(act_of)
days = st.lists(acts, min_size=5, max_size=60)


@dataclass
class Day:
    """Three phones, two tabs of the desk, and one record."""

    server: Server = field(default_factory=Server)
    devices: list[Device] = field(default_factory=lambda: [Device(n) for n in (AGENT, OLD_PHONE, STAND_IN)])
    desks: list[Desk] = field(default_factory=lambda: [Desk(0), Desk(1)])
    posting: list[Saved] = field(default_factory=list)

    def act(self, act: str, who: int, save: Save) -> None:
        self.server.now += 10
        if who < len(self.devices):
            on_phone(self.devices[who], self.server, act, save)
        else:
            self.at_desk(self.desks[who - len(self.devices)], act, save)

    def at_desk(self, desk: Desk, act: str, save: Save) -> None:
        if act == "open" or (act == "save" and desk.form is None):
            desk.open(self.server)
        if act == "save":
            self.posting.append(
                desk.save(values(f"desk {desk.tab}, {desk.count}", save), save.clock, settle=save.settle)
            )
        if act == "hand in":
            self.post()

    def post(self) -> None:
        for saved in self.posting:
            self.server.lay(saved, Interval(self.server.now, self.server.now))
        self.posting.clear()

    def pending(self) -> dict[bytes, list[Sent | Saved]]:
        """What is on its way to the centre; each console change comes by itself."""
        for device in self.devices:
            device.freeze()
        waiting: dict[bytes, list[Sent | Saved]] = {d.name: list(d.frozen) for d in self.devices if d.frozen}
        waiting |= {b"tab %d" % i: [saved] for i, saved in enumerate(self.posting)}
        return waiting


def values(name: str, save: Save) -> dict[str, Any]:
    found: dict[str, Any] = {field: save.text or f"{field} of {name}" for field in save.fields}
    return found if save.deleted is None else {**found, TOMBSTONE: save.deleted}


def on_phone(device: Device, server: Server, act: str, save: Save) -> None:
    if act == "open" or (act == "save" and device.form is None):
        device.open()
    if act == "save":
        device.save(values(f"{device.name!r}, {device.number}", save), save.clock, settle=save.settle)
    if act == "freeze":
        device.freeze()
    if act == "hand in":
        device.hand_in(server)
    if act == "pull":
        device.pull(server)


def lived(day: list[Act]) -> Day:
    township = Day()
    for act in day:
        township.act(*act)
    return township


def arrive(server: Server, waiting: dict[bytes, list[Sent | Saved]], order: list[bytes], again: list[bool]) -> Server:
    """Bring everything to a copy of the server in this order; where `again` says so, a batch comes twice."""
    server, left, sent = server.copy(), {name: iter(units) for name, units in waiting.items()}, []
    for name, twice in zip(order, again, strict=True):
        unit = next(left[name])
        if isinstance(unit, Saved):
            server.lay(unit, Interval(server.now, server.now))
            continue
        assert server.take(unit) == "next"
        sent.append(unit)
        if twice:
            before = (server.heads, server.position)
            assert {server.take(one) for one in sent} == {"replay"}
            assert (server.heads, server.position) == before
    return server


@settings(max_examples=more(6))
@given(days, st.data())
def test_what_is_pending_together_may_arrive_in_any_order_and_twice(day: list[Act], data: st.DataObject) -> None:
    township = lived(day)
    waiting = township.pending()
    order = [name for name, units in waiting.items() for _ in units]
    once = arrive(township.server, waiting, order, [False] * len(order))
    for _ in range(2):
        shuffled = data.draw(st.permutations(order))
        twice = data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
        other = arrive(township.server, waiting, shuffled, twice)
        assert holders(other.heads) == holders(once.heads)
        assert seen_by_people(other.view()) == seen_by_people(once.view())


@settings(max_examples=more(4))
@given(days)
def test_every_value_stands_or_somebody_who_had_it_in_view_or_wrote_it_replaced_it(day: list[Act]) -> None:
    township = lived(day)
    for device in township.devices:
        device.hand_in(township.server)
    township.post()
    saved, standing = township.server.saved, holders(township.server.heads)
    for one in saved.values():
        for name in one.values:
            later = (other for other in saved.values() if name in other.values and other.id != one.id)
            assert one.id in standing[name] or any(
                one.id in other.viewed[name] or is_earlier(one.id, other) for other in later
            )


@settings(max_examples=more(4))
@given(days, st.integers(0, 2), st.lists(acts, max_size=20))
def test_a_device_sees_what_the_server_will_make_of_it_while_nobody_else_writes(
    day: list[Act], who: int, work: list[Act]
) -> None:
    township = lived(day)
    device, server = township.devices[who], township.server
    device.hand_in(server)
    device.pull(server)
    for act, _, save in work:
        if act in ("open", "save", "freeze"):
            on_phone(device, server, act, save)
    expected = device.view()
    device.hand_in(server)
    assert renamed(expected.written, device) == renamed(server.written(), device)
    assert (expected.deleted, expected.doubted) == (server.view().deleted, server.view().doubted)


def renamed(heads: Any, device: Device) -> set[Any]:
    """Heads by their authors; a position that the device pulled must be the same on both sides."""
    return {(w.device, w.number, w.names, w.position if w.position <= device.position else None) for w in heads}


@settings(max_examples=more(4))
@given(days)
def test_a_receipt_shows_nothing_only_a_pull_does(day: list[Act]) -> None:
    """Handing in leaves what can be seen as it was; a colleague's change may stand just before one's own."""
    township = lived(day)
    device = township.devices[0]
    device.open()
    before = device.form
    device.hand_in(township.server)
    device.open()
    assert device.form and before
    assert device.form.seen == before.seen
    assert [w.head for w in device.form.view.written] == [w.head for w in before.view.written]


@settings(max_examples=more(4))
@given(days)
def test_clocks_decide_no_heads(day: list[Act]) -> None:
    """The same day with every clock at 1970: other values may be in front, but the same ones stand.

    An ordinary edit of a field in conflict replaces the value in front, so here everybody settles.
    """
    settled = [(act, who, save._replace(settle=True)) for act, who, save in day]
    stopped = [(act, who, save._replace(clock=0)) for act, who, save in settled]
    assert holders(lived(settled).server.heads) == holders(lived(stopped).server.heads)


@settings(max_examples=more(4))
@given(days)
def test_the_record_keeps_one_head_for_each_change_that_still_holds_something(day: list[Act]) -> None:
    heads = lived(day).server.heads
    assert [h.position for h in heads] == sorted({h.position for h in heads})
    assert all(h.names for h in heads)
    assert all(h.position < UNSENT for h in heads)
    assert all((h.device == DESK) == (h.number >= 1000) for h in heads)
    assert lay((), lived(day).server.saved[heads[-1].device, heads[-1].number].change(1)) if heads else True
