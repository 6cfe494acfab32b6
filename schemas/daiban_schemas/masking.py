"""What is shown of personal data where nobody asked for it by name: the first and the last character.

In a village six digits and a date of birth identify a person (个保法 28, 51). A field's type says what it holds
(`types.Type.sensitive`), so a field of any name in any record, also within a struct or a list, is masked alike:

``secret``   identity numbers and bank accounts: masked wherever they are shown; the whole is an act with a reason
``contact``  telephones: whole for those who handle the matter and have to call, masked in lists, exports and logs

Texts that people write, and values whose type only a form knows, are looked through for what is written like one of
these. That is the second fence: a number of fewer than fifteen digits in a note is not told from a sum or a date.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal

from daiban_schemas.types import List, Sensitive, Struct, Type

Where = Literal["handling", "list"]
"""``handling``: one matter, before whoever handles it. ``list``: lists, exports, logs and problems."""

STAR = "*"
_D = r"[0-9\uff10-\uff19]"
"""A digit, also as Chinese keyboards write it when they are set to full width."""
_S = r"[ .·\u2010-\u2014-]"
"""What people put between groups of digits. In a telephone a dot stands at both places, or it is a decimal point."""
_ID = r"(?P<id>(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9A-Za-z]))"
"""Our own ids and digests, in which long runs of digits come up by chance."""
_NUMBER = rf"""
    {_D}{{15,}}[Xx\uff38\uff58]?                           # written in one
  | {_D}{{4}}(?:{_S}{_D}{{4}}){{2,3}}{_S}{_D}{{1,7}}       # a card, as it is embossed
  | {_D}{{6}}{_S}{_D}{{4}}{_S}?{_D}{{4}}{_S}{_D}{{3}}[0-9Xx\uff10-\uff19\uff38\uff58]
"""
_TELEPHONE = rf"""
    (?:\+?86[ -]?|0086[ -]?)?[1\uff11][3-9\uff13-\uff19]{_D}(?:(?:[ -]?{_D}{{4}}){{2}}|(?:{_S}{_D}{{4}}){{2}})
  | [0\uff10]{_D}{{2,3}}[ -]?{_D}{{7,8}}
  | \(0{_D}{{2,3}}\)[ ]?{_D}{{7,8}}
"""
_SECRET = re.compile(rf"{_ID}|(?<!{_D})(?:{_NUMBER})(?!{_D})", re.VERBOSE)
_EITHER = re.compile(rf"{_ID}|(?<!{_D})(?:{_NUMBER}|{_TELEPHONE})(?!{_D})", re.VERBOSE)
_HIDDEN: Mapping[Where, frozenset[Sensitive]] = {
    "handling": frozenset({"secret"}),
    "list": frozenset({"secret", "contact"}),
}


def masked(text: str) -> str:
    """The first and last character and a star for each between; of one or two characters only stars."""
    return f"{text[0]}{STAR * (len(text) - 2)}{text[-1]}" if len(text) > 2 else STAR * len(text)


def in_text(text: str, where: Where = "list") -> str:
    """A text with what is written like an identity number, a bank card, and in lists a telephone, masked."""
    return (_EITHER if where == "list" else _SECRET).sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    return found[0] if found["id"] else masked(found[0])


def as_shown(value: Any, of: Type | None, where: Where = "list") -> Any:
    """A decoded value as it is shown. `of` is its type, None where only a form or a newer version knows it. What
    is not sensitive comes back as it is."""
    if isinstance(value, int) and not isinstance(value, bool) and of is None:
        # Where nobody knows the type, an account may have been written as a number.
        return value if in_text(str(value), where) == str(value) else in_text(str(value), where)
    if value is None or isinstance(value, bool | int | float):
        return value
    if of is not None and of.sensitive in _HIDDEN[where]:
        return _whole(value)
    if of is not None and of.names:
        return value
    if isinstance(value, str):
        # A type that is sensitive elsewhere is shown here on purpose: the fence would take it for a slip.
        return value if of is not None and of.sensitive else in_text(value, where)
    if isinstance(value, list):
        part = of.of if isinstance(of, List) else None
        return [as_shown(one, part, where) for one in value]
    if isinstance(value, dict):
        members = of.members if isinstance(of, Struct) else {}
        return {in_text(str(name), where): as_shown(one, members.get(name), where) for name, one in value.items()}
    return value


def _whole(value: Any) -> Any:
    """Every text of a value masked: a newer client's form may hold more than a text where we know one."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    return value


def is_mask(text: str) -> bool:
    """Whether a text is what `masked` makes of something, and not the thing: nobody may write it back."""
    inner = text[1:-1] if len(text) > 2 else text
    return bool(inner) and set(inner) == {STAR}


def differing(texts: Sequence[str]) -> list[int]:
    """At which characters, counted from 1, several texts are not all alike: what somebody compares who sees masks."""
    columns = zip_longest(*texts)
    return [place for place, signs in enumerate(columns, 1) if len(set(signs)) > 1]
