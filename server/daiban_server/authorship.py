"""Who gave a reply, and when: for whoever shows it."""

from typing import NamedTuple

from daiban_sync.ids import NOBODY
from daiban_sync.view import View


class Authorship(NamedTuple):
    """Ids in hexadecimal; `behalf` is nobody's (zeros) where it is the author's own word. `at` is what is believed of
    when it was given, in Unix milliseconds."""

    author: str
    behalf: str
    at: int


def authorship(view: View) -> Authorship:
    """Of a reply that has a text. Once it is counted the server says so itself: where an edit stood against it, the
    text that holds was laid by the server."""
    text, values = view.fields["text"][0], view.values
    author, behalf = values.get("writer") or text.author, values.get("on_behalf_of") or NOBODY.hex()
    return Authorship(author, NOBODY.hex() if behalf == author else behalf, values.get("given_at") or text.effective)
