"""Who belongs to a household, as pages show it."""

from typing import Any, NamedTuple

from daiban_schemas.kinds import KINDS
from daiban_schemas.masking import as_shown

_OF = KINDS["household"].fields["members"].type


class Member(NamedTuple):
    """Somebody of the household, numbers masked."""

    name: str
    relation: str
    number: str
    phone: str
    note: str


def members(told: Any) -> list[Member]:
    """What a record says of them; none where it says nothing."""
    shown = as_shown(told, _OF, "handling")
    names = ("name", "relation", "identity_number", "phone", "note")
    return [Member(*(str(one.get(name) or "") for name in names)) for one in shown or () if isinstance(one, dict)]
