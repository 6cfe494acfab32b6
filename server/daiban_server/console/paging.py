"""A long list in pages, one way for every list: which page an address asks for, and where a page stands."""

from collections.abc import Mapping
from urllib.parse import urlencode

from daiban_server.console.pages import Asked

PAGE = 50
"""Lines on one page."""
_FURTHEST = 5
"""Digits of a page's number: whoever writes a longer one gets the first page."""


def page_in(request: Asked) -> int:
    """Which page an address asks for; the first, if it asks for none that there may be."""
    page = request.query_params.get("page", "")
    return max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) <= _FURTHEST else 1


def before(at: int) -> int:
    """How many lines stand before a page."""
    return (at - 1) * PAGE


def address_of(path: str, asked: Mapping[str, str], at: int = 1) -> str:
    """The address of a page of a list that is narrowed to what is `asked`."""
    query = {name: value for name, value in {**asked, "page": str(at) if at > 1 else ""}.items() if value}
    return f"{path}?{urlencode(query)}" if query else path
