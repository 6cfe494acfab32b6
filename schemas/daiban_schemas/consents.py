"""What an application lacks of notice and consent: one rule for the agent at the home and for the centre."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from daiban_schemas.kinds import KINDS
from daiban_schemas.kinds.consent import by_guardian, is_child, witnessed
from daiban_schemas.masking import as_shown, is_mask
from daiban_schemas.texts import NOTICE, SENSITIVE

GUARDIAN = "guardian"
LABELS: Mapping[str, str] = {NOTICE: "告知书", SENSITIVE: "单独同意", GUARDIAN: "监护人同意"}
Values = Mapping[str, Any]


def sensitive(case: Values, *, photos: bool) -> bool:
    """Whether an application holds data for which the law wants a separate consent (个保法 28, 29): a number that is
    masked wherever it is shown, in a field or an answer, or a photo of a paper. On a phone that handed it in the number
    is a mask already, and it is there all the same."""
    types = KINDS["application"].fields
    return photos or any(
        _masked_in(value) or as_shown(value, types[name].type if name in types else None, "handling") != value
        for name, value in case.items()
        if name not in types or types[name].policy != "server"
    )


def _masked_in(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) > 2 and is_mask(value)
    if isinstance(value, dict):
        return any(map(_masked_in, value.values()))
    return isinstance(value, list) and any(map(_masked_in, value))


def lacking(case: Values, consents: Iterable[Values], day: datetime.date, *, photos: bool) -> tuple[str, ...]:
    """Of `NOTICE`, `SENSITIVE` and `GUARDIAN` what an application lacks that is collected on a day. `consents` are the
    values of those under it that were not withdrawn; one that lacks its witness is none. Without sensitive data nothing
    is asked here."""
    if not sensitive(case, photos=photos):
        return ()
    given = [one for one in consents if witnessed(one)]
    found = [text for text in (NOTICE, SENSITIVE) if not any(one.get("text") == text for one in given)]
    child = is_child(case, day) or any(is_child(one.get("about"), day) for one in given)
    if child and not any(one.get("text") == SENSITIVE and by_guardian(one) for one in given):
        found.append(GUARDIAN)
    return tuple(found)


def in_words(missing: Iterable[str]) -> str:
    """What is lacking, as people say it."""
    return "、".join(LABELS[one] for one in missing)
