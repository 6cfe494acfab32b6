"""What a field may hold. Each type checks one decoded JSON value and names the problem by a stable code.

``None`` clears a field and is always allowed.

A type's `hint` is what a decoder can check of it while it reads; `exact` says that nothing is left to look at then.
"""

import datetime
import re
from functools import lru_cache
from typing import Annotated, Any, Literal, Protocol

from msgspec import Meta

from daiban_schemas.identity import identity_number_problem
from daiban_schemas.strict import StrictnessError, check_value

_PHONE = re.compile(
    r"^(?:1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}(?:-[0-9]{1,6})?|1[0-9]{4}|[48]00-?[0-9]{3}-?[0-9]{4})\Z"
)
_DIGEST = re.compile(r"^[0-9a-f]{64}\Z")
_ID = re.compile(r"^[0-9a-f]{32}\Z")
LONG_AGO = -2_208_988_800_000
"""1900-01-01 in Unix milliseconds."""
FAR_OFF = 7_258_118_400_000
"""2200-01-01 in Unix milliseconds."""


@lru_cache(4096)
def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


Sensitive = Literal["", "contact", "secret"]


class Type(Protocol):
    """A value's type. `sensitive` is what it holds of a person (see `masking`), "" for nothing; a value of a type that
    `names` something (a record, bytes, a choice) is a code of ours and holds nothing that anybody wrote."""

    hint: Any
    exact: bool
    sensitive: Sensitive
    names: bool

    def problem(self, value: Any) -> str | None:
        """The code of what is wrong with a decoded value, or None."""
        ...


class Plain:
    """Holds nothing by its type that a list would hide."""

    sensitive: Sensitive = ""
    names = False


class Text(Plain):
    """A text of at most `longest` characters; not only space, though it may be empty."""

    exact = False

    def __init__(self, longest: int = 200, *, lines: bool = False) -> None:
        self.longest = longest
        self.lines = lines
        self.hint: Any = Annotated[str, Meta(max_length=longest)]

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return "value.not_text"
        if len(value) > self.longest:
            return "value.too_long"
        if not self.lines and ("\n" in value or "\r" in value):
            return "value.line_break"
        return "value.incomplete" if value.isspace() else None


class Account(Text):
    """A bank account's number: banks agree on neither its length nor its signs. What a mask left of one is none."""

    sensitive: Sensitive = "secret"

    def __init__(self) -> None:
        super().__init__(30)

    def problem(self, value: Any) -> str | None:
        found = super().problem(value)
        return found or ("value.masked" if "*" in value else None)


class Integer(Plain):
    """A whole number between two limits, both allowed."""

    exact = True

    def __init__(self, least: int = 0, most: int = 2**53 - 1) -> None:
        self.least = least
        self.most = most
        self.hint: Any = Annotated[int, Meta(ge=least, le=most)]

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return "value.not_integer"
        return None if self.least <= value <= self.most else "value.out_of_range"


class Flag(Plain):
    """True or false."""

    hint: Any = bool
    exact = True

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, bool) else "value.not_flag"


class Date(Plain):
    """A day, as ``YYYY-MM-DD``."""

    hint: Any = str
    exact = False

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, str) and _is_date(value) else "value.not_date"


class Instant(Integer):
    """A moment in Unix milliseconds."""

    def __init__(self) -> None:
        super().__init__(LONG_AGO, FAR_OFF)


class Choice(Plain):
    """One of a few codes."""

    names = True
    exact = True

    def __init__(self, *codes: str) -> None:
        self.codes = codes
        self.hint: Any = Literal[codes]

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, str) and value in self.codes else "value.not_a_choice"


class IdentityNumber(Plain):
    """A resident identity number (GB 11643-1999): eighteen characters, check digit and date of birth.

    The area code is not checked: areas were renamed, and the numbers of those born before stayed.
    """

    sensitive: Sensitive = "secret"
    hint: Any = str
    exact = False

    def problem(self, value: Any) -> str | None:
        return identity_number_problem(value) if isinstance(value, str) else "value.not_text"


class Phone(Plain):
    """A Chinese mobile, fixed, service or hotline number, digits with optional hyphens."""

    sensitive: Sensitive = "contact"
    hint: Any = Annotated[str, Meta(pattern=_PHONE.pattern)]
    exact = True

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, str) and _PHONE.match(value) else "value.not_phone"


class Reference(Plain):
    """The id of a record of one of `kinds`."""

    names = True
    hint: Any = Annotated[str, Meta(pattern=_ID.pattern)]
    exact = True

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, str) and _ID.match(value) else "value.not_reference"


class Digest(Plain):
    """A SHA-256 in lowercase hexadecimal."""

    names = True
    hint: Any = Annotated[str, Meta(pattern=_DIGEST.pattern)]
    exact = True

    def problem(self, value: Any) -> str | None:
        return None if isinstance(value, str) and _DIGEST.match(value) else "value.not_digest"


class Point(Plain):
    """Longitude and latitude in WGS-84 as millionths of a degree: ``{"lon": …, "lat": …}``, whole numbers.

    Whole numbers, since floating point prints differently from language to language.
    """

    hint: Any = dict[str, int]
    exact = False

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, dict) or set(value) != {"lon", "lat"}:
            return "value.not_point"
        lon, lat = value["lon"], value["lat"]
        if Integer(-180_000_000, 180_000_000).problem(lon) or Integer(-90_000_000, 90_000_000).problem(lat):
            return "value.not_point"
        return None


class Struct(Plain):
    """Values that only make sense together, as one field: bank and account, a name and its phone.

    `required` members must be there and say something; members that are not named here are kept as they are, within
    the limits of `strict`.
    """

    hint: Any = dict[str, Any]
    exact = False

    def __init__(self, required: dict[str, Type] | None = None, optional: dict[str, Type] | None = None) -> None:
        self.required = required or {}
        self.members = {**self.required, **(optional or {})}

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, dict):
            return "value.not_object"
        if any(value.get(name) in (None, "") for name in self.required):
            return "value.incomplete"
        for name, part in value.items():
            known = self.members.get(name, _ANYTHING)
            if part is not None and (problem := known.problem(part)):
                return problem
        return None


class List(Plain):
    """At most `most` values of one type."""

    def __init__(self, of: Type, most: int = 50) -> None:
        self.of = of
        self.most = most
        self.hint: Any = Annotated[list.__class_getitem__(of.hint), Meta(max_length=most)]
        self.exact = False

    def problem(self, value: Any) -> str | None:
        if not isinstance(value, list):
            return "value.not_list"
        if len(value) > self.most:
            return "value.too_many"
        problem = self.of.problem
        for part in value:
            if (found := problem(part)) is not None:
                return found
        return None


class Anything(Plain):
    """Any JSON within the limits of `strict`: answers, whose type the item's form knows."""

    hint: Any = Any
    exact = False

    def problem(self, value: Any) -> str | None:
        try:
            check_value(value)
        except StrictnessError:
            return "value.out_of_range"
        return None


_ANYTHING = Anything()
