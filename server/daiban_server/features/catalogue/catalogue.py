"""A catalogue as one value: the windows and the items, as a workbook holds them or as the district's feed has them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Fields = Mapping[str, Any]


class Catalogue(NamedTuple):
    """Windows and items in their canonical form, in order. `based` tells by item code from which edition a row was
    written; an item without one is new."""

    windows: tuple[Fields, ...] = ()
    items: tuple[Fields, ...] = ()
    based: Mapping[str, int] = {}
