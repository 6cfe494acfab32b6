"""What was applied for: the form's fields in words, who wrote each and when."""

from collections import Counter
from typing import NamedTuple

from daiban_schemas.forms import PREFIX
from daiban_schemas.masking import as_shown
from daiban_server.console import words
from daiban_server.console.meaning import Meaning, meaning
from daiban_server.console.reading.book import Book, Person
from daiban_server.console.values import told
from daiban_server.console.words import Moment
from daiban_sync.ids import is_id
from daiban_sync.view import View

_HEAD = ("applicant", "identity_number", "phone", "mode", "source", "account", "urgent", "note")


class Answered(NamedTuple):
    """A field of the form with its value in words, who wrote it and when."""

    what: Meaning
    text: str
    by: Person
    at: Moment
    hidden: bool
    disputed: bool


def answers(view: View, item: str, book: Book) -> list[Answered]:
    """The fields of an application that are filled in, in the order of the form."""
    chosen = book.view(bytes.fromhex(item)) if is_id(item) else None
    questions = chosen.values.get("form") if chosen else None
    known = questions if isinstance(questions, list) else []
    names = [name for name in _HEAD if name in view.fields]
    names += [PREFIX + str(one.get("id")) for one in known if PREFIX + str(one.get("id")) in view.fields]
    names += sorted(name for name in view.fields if name.startswith(PREFIX) and name not in names)
    found = []
    for name in names:
        what, value = meaning("application", name, known), view.fields[name][0]
        if value.value is None:
            continue
        hidden = as_shown(value.value, what.of, "handling") != value.value
        text = told(value.value, what.of, lambda id_: book.places.get(bytes.fromhex(id_), ""), book.now)
        by, at = book.person(value.author), words.moment(value.effective, book.now)
        found.append(Answered(what, text, by, at, hidden, disputed=name in view.conflicts))
    return found


def most(told_of: list[Answered]) -> tuple[Person, Moment] | None:
    """Who wrote most of it and when, to be said once; None where no two fields share that."""
    common = Counter((one.by, one.at) for one in told_of).most_common(1)
    return common[0][0] if common and common[0][1] > 1 else None
