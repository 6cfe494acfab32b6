"""One of each paper, of a made-up township: what builders look at, and what the tests set."""

from collections.abc import Iterator

from ..documents import Document
from .application import application
from .books import books
from .casework import archive, casework, mandates
from .consents import consents
from .copies import copies
from .notices import notices, slips
from .visits import visits
from .walls import walls


def samples() -> Iterator[tuple[str, Document]]:
    """Each form with a name for its file."""
    for group in (slips, notices, application, mandates, consents, copies, casework, archive, books, walls, visits):
        yield from group()
