"""Reading a change's fields in one pass, where they are as they should be.

Nearly every change is sound, and proving that of twenty fields one by one cost more than writing them down. So a kind's
fields are read by a decoder that checks as it goes. A reader never says what is wrong: for anything that is not plainly
sound it gives nothing, and the slow way decides (see `reading`).

Names that only a form knows, or a newer client, are learnt from changes that the slow way found sound.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from daiban_schemas.strict import INTEGER, TEXT
from daiban_schemas.types import Type

LEARNT = 512
"""Names that one reader knows beside its kind's own: a stranger may send any number."""
FIELDS = 256

_Number = Annotated[int, Meta(ge=-INTEGER, le=INTEGER)]
_Words = Annotated[str, Meta(max_length=TEXT)]
_Open = _Words | _Number | bool | list[_Words] | None
"""What a field without a type holds most often. Anything else is read the slow way."""

Check = Callable[[Any], str | None]


class Reader:
    """Reads changes that write only these fields, and fields that it has learnt."""

    def __init__(self, fields: Mapping[str, Type], closed: Iterable[str] = ()) -> None:
        self._closed = frozenset(closed)
        """Names of fields that may not be written: never learnt, so what writes them is never plainly sound."""
        self._hints: dict[str, Any] = {name: type_.hint | None for name, type_ in fields.items()}
        self._learnt: dict[str, Any] = {}
        self._waiting: dict[str, Any] = {}
        self._asked = 0
        self._checks: tuple[tuple[str, Check], ...] = tuple(
            (name, type_.problem) for name, type_ in fields.items() if not type_.exact
        )
        self._make()

    def read(self, raw: msgspec.Raw) -> dict[str, Any] | None:
        """The values of the fields that this reader knows, if they are plainly sound, else None. Others are passed
        over, and of a key that stands twice the last one counts: the caller has to see to both."""
        try:
            values = self._decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if not 0 < len(values) <= FIELDS:
            return None
        for name, problem in self._checks:
            value = values.get(name)
            if value is not None and problem(value) is not None:
                return None
        return values

    def learn(self, names: Iterable[str]) -> None:
        """Know the fields of a change that was found sound, soon.

        A new decoder costs the more the more names it has, so the more are known, the more changes have to ask for it.
        When there are too many, the learnt are forgotten: who uses names will be heard again.
        """
        known = (self._hints, self._closed, self._learnt)
        new = [name for name in names if not any(name in some for some in known)]
        if not new:
            return
        self._waiting.update(dict.fromkeys(new, _Open))
        self._asked += 1
        if self._asked <= len(self._learnt) // 4:
            return
        learnt = {**self._learnt, **self._waiting}
        self._learnt = learnt if len(learnt) <= LEARNT else dict(list(self._waiting.items())[:LEARNT])
        self._waiting, self._asked = {}, 0
        self._make()

    def _make(self) -> None:
        make: Any = TypedDict  # mypy wants its members spelt out; these are only known when the program runs
        fields = make("Fields", {**self._hints, **self._learnt}, total=False)
        self._decode: Callable[[msgspec.Raw], dict[str, Any]] = msgspec.json.Decoder(fields).decode
