"""What a record kind is: fields with their policies, a state machine with its commands and reports.

A new kind is one file beside this one and a line in `kinds`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from daiban_schemas.reader import Reader
from daiban_schemas.types import Anything, Flag, Instant, Integer, Text, Type

Policy = Literal["register", "server", "private"]
"""Who writes a field and who may read it.

``register``: anyone who may edit the record; merged. ``server``: only the server. ``private``: as register, but
shown masked (identity numbers, accounts); travels apart once Trust is built.
"""

Role = Literal["agent", "clerk", "cadre", "head", "leader", "chief", "district"]
AUTHORITY: Mapping[str, int] = {
    "agent": 1,
    "cadre": 1,
    "clerk": 2,
    "head": 2,
    "leader": 2,
    "chief": 2,
    "district": 2,
    "server": 3,
}
"""Of two open values the one with the higher authority is shown; frozen from the author's role at merge."""


class Field(NamedTuple):
    """One field; `label` is what people see."""

    name: str
    label: str
    type: Type
    policy: Policy = "register"


class Command(NamedTuple):
    """A request: legal in the states `source` for `roles`; leads to `target` (None: stays).

    `arguments` name the members that it takes; `required` are those that must be there.
    """

    name: str
    label: str
    roles: frozenset[str]
    source: frozenset[str]
    target: str | None
    arguments: Mapping[str, Type] = {}
    required: frozenset[str] = frozenset()


class Report(NamedTuple):
    """A fact: from each state in `moves` it leads to another; elsewhere it is recorded and somebody gets a task.

    `facts` name the members that it takes; `required` are those that must be there. With a fact as `stays` names it, it
    is recorded all the same, as an attempt, and leaves the state as it is.
    """

    name: str
    label: str
    moves: Mapping[str, str]
    facts: Mapping[str, Type] = {}
    required: frozenset[str] = frozenset()
    stays: Mapping[str, str] = {}

    def target(self, state: str, facts: Mapping[str, Any]) -> str | None:
        """Where it leads from a state; None where it does not belong."""
        attempt = any(facts.get(name) == value for name, value in self.stays.items())
        return state if attempt and state in self.moves else self.moves.get(state)


class Rule(NamedTuple):
    """Values of several fields that must fit together; `holds` gets the merged values of `fields`.

    A merged record that breaks a rule is shown as a conflict; it is never refused.
    """

    code: str
    fields: tuple[str, ...]
    holds: Callable[[Mapping[str, Any]], bool]


class Kind:
    """A record kind. `parent` is the field that says what it belongs to: until that record is there, an entry
    is parked. `open_prefix` admits fields that a form names, such as ``answers.income``. Only a record of a `deletable`
    kind may be deleted by who edits it. What only some roles may write (`written_by`) no phone writes; of what only the
    district writes the records stand in its own feed. `held` names fields, each with the states in which no change
    moves what is shown of it: what a change says stands beside that, in conflict, until an act of the server's takes it
    up; where `held_once` names a field they are so once something stands in that. A record of a kind with `word_of` is
    what somebody said: only who wrote it may change it, and whom the field of that name says he wrote it for. What is
    `at_desk` no phone pulls, since it may be about whoever carries it."""

    def __init__(
        self,
        name: str,
        label: str,
        fields: Sequence[Field],
        *,
        parent: str | None = None,
        states: Sequence[tuple[str, str]] = (),
        commands: Sequence[Command] = (),
        reports: Sequence[Report] = (),
        rules: Sequence[Rule] = (),
        open_prefix: str | None = None,
        written_by: frozenset[str] | None = None,
        deletable: bool = False,
        held: Mapping[str, frozenset[str]] = {},
        held_once: str | None = None,
        word_of: str | None = None,
        at_desk: bool = False,
    ) -> None:
        self.name = name
        self.label = label
        self.parent = parent
        self.states = dict(states)
        self.commands = {command.name: command for command in commands}
        self.reports = {report.name: report for report in reports}
        self.rules = tuple(rules)
        self.open_prefix = open_prefix
        self.written_by = written_by
        self.of_district = written_by == roles("district")
        self.deletable = deletable
        self.held = held
        self.held_once = held_once
        self.word_of = word_of
        self.at_desk = at_desk
        own = [*fields]
        if states:
            own += [
                Field("status", "状态", Text(40), "server"),
                Field("version", "状态版本", Integer(), "server"),
                Field("status_at", "状态时间", Instant(), "server"),
            ]
        # Every kind has the field: were it unknown to one, a tombstone written by anybody would be kept like any field
        # of a newer client, and the merge would obey it.
        own.append(Field("deleted", "已删除", Flag(), "register" if deletable else "server"))
        # When and why it was erased; a phone that is told so by anybody but the server believes nothing.
        own.append(Field("erased", "已清除", Anything(), "server"))
        self.fields = {field.name: field for field in own}
        served = {field.name for field in own if field.policy == "server"}
        self.reader = Reader({field.name: field.type for field in own if field.name not in served}, served)
        self.first_state = states[0][0] if states else None

    def problem(self, name: str, value: Any) -> str | None:
        """What is wrong with writing `value` to field `name` from a device or a desk.

        Unknown fields of newer clients are kept, so they are no problem.
        """
        field = self.fields.get(name)
        if field is None or value is None:
            return None
        return field.type.problem(value)

    def faults(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Of a change's fields those that may not be written as they are, with the code of what is wrong. A field that
        only the server writes is named alone: whatever else is wrong, nobody meant to write it."""
        wrong: dict[str, str] = {}
        for name, value in values.items():
            field = self.fields.get(name)
            if field is not None and field.policy == "server":
                return {name: "field.server_only"}
            if value is not None and (problem := (field.type if field else _ANYTHING).problem(value)):
                wrong[name] = problem
        return wrong

    def foreign_to(self, person: str, values: Mapping[str, Any], *, wrote: bool) -> bool:
        """Whether a record with these values is another's word, which `person` may not change; `wrote` says whether he
        wrote any of it."""
        return self.word_of is not None and not wrote and person != values.get(self.word_of)

    def held_in(self, status: str | None) -> frozenset[str]:
        """The fields that are held in a state."""
        return frozenset(name for name, states in self.held.items() if status in states)

    def label_of(self, name: str) -> str:
        """The field's label, or its name where only a form or a newer version knows it."""
        field = self.fields.get(name)
        return field.label if field else name.removeprefix(self.open_prefix or "")


_ANYTHING = Anything()


def roles(*names: Role) -> frozenset[str]:
    """A set of roles."""
    return frozenset(names)
