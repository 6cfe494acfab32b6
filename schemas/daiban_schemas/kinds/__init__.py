"""The record kinds, one file each. A new kind is a file here and its name in `_ALL`."""

from collections.abc import Mapping

from daiban_schemas.kind import Kind
from daiban_schemas.kinds import (
    application,
    consent,
    handover,
    household,
    item,
    mandate,
    opinion,
    photo,
    place,
    post,
    reception,
    reply,
    roster,
    visit,
    window,
)

_ALL = (
    *(household, application, photo, mandate, visit, reply, reception, opinion, item, window, place, post, handover),
    roster,
    consent,
)

KINDS: Mapping[str, Kind] = {module.KIND.name: module.KIND for module in _ALL}
