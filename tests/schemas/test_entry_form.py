"""A key that stands twice, and what has not the form of an entry."""

import pytest

from daiban_schemas import entry
from tests.schemas.spelling import RECORD, body_of, refused, taken, values_of

# A key twice ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "members",
    [
        '"fields":{"note":"a"},"fields":{"note":"b"}',
        '"fields":{"note":"a"},"at":1,"at":1',
        '"fields":{"note":"a"},"kind":"photo"',
        '"fields":{"note":"a"},"at":1,"\\u0061t":2',
        '"fields":{"note":"a","note":"b"}',
        '"fields":{"note":"a","n\\u006fte":"b"}',
        '"fields":{"account":{"bank":"a","bank":"b","number":"1"}}',
        '"fields":{"members":[{"name":"a","name":"b"}]}',
        '"fields":{"a":[[{"deep":{"x":1,"x":1}}]]}',
        '"fields":{"note":"a"},"over":{"note":[1],"note":[2]}',
        '"fields":{"note":"a"},"over":{"note":[1],"n\\u006fte":[]}',
        '"fields":{"note":"a"},"newer":{"x":1,"x":2}',
        '"fields":{"note":"a"},"newer":1,"newer":2',
        '"command":"refuse","arguments":{"reason":"a","reason":"b"}',
        '"command":"refuse","arguments":{"newer":[{"x":1,"x":2}]}',
        '"report":"collected","facts":{"note":"a","note":"b"}',
        '"command":"submit","command":"withdraw"',
    ],
)
@pytest.mark.parametrize("space", ["", " "])
def test_a_key_that_stands_twice_is_refused_at_every_level(members: str, space: str) -> None:
    assert refused(body_of(space + members)) == "a key stands twice"


@pytest.mark.parametrize(("short", "encodes_longer_by"), [("1e15", 14), ("1E5", 5), ("1e-3", 1), ("1e9", 9)])
def test_a_number_that_encodes_longer_makes_no_room_for_a_second_key(short: str, encodes_longer_by: int) -> None:
    """The lengths of what was read and of what it encodes to are equal; only one parser in two sees the first phone."""
    for slack in range(5, 20):
        twice = f'"p":{"1" * (slack - 5)}' if slack > 5 else '"p":1'
        body = body_of(f'"fields":{{"a":{short},{twice},"p":2}}')
        assert refused(body) == "a key stands twice", (slack, encodes_longer_by)


# The form of an entry ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"\xef\xbb\xbf" + body_of('"fields":{"note":1}'),
        body_of('"fields":{"note":1}') + b"{}",
        body_of('"fields":{"note":1}').decode().encode("utf-16"),
        body_of(),
        body_of('"fields":{"note":1}', '"command":"submit"'),
        body_of('"command":"submit"', '"report":"collected"'),
        body_of('"fields":{}'),
        body_of('"fields":[]'),
        body_of('"fields":null'),
        body_of('"fields":1'),
        body_of('"command":""'),
        body_of('"report":""'),
        body_of('"command":"Submit"'),
        body_of('"command":"sub mit"'),
        body_of('"command":null'),
        body_of('"command":"submit"', '"expected":-1'),
        body_of('"command":"submit"', '"expected":1.0'),
        body_of('"command":"submit"', '"expected":true'),
        body_of('"fields":{"Note":1}'),
        body_of('"fields":{"":1}'),
        body_of('"fields":{"note,phone":1}'),
        body_of('"fields":{"__proto__":1}'),
        body_of('"fields":{"' + "n" * 65 + '":1}'),
        body_of('"fields":{' + ",".join(f'"f{n}":1' for n in range(257)) + "}"),
        body_of('"fields":{"note":1}', '"seen":-1'),
        body_of('"fields":{"note":1}', '"over":{"note":1}'),
        body_of('"fields":{"note":1}', '"over":{"note":[-1]}'),
        body_of('"fields":{"note":1}', '"over":{"Note":[1]}'),
        body_of('"fields":{"note":1}', '"over":{"note":[' + ",".join("1" * 65) + "]}"),
        body_of('"fields":{"note":1}', '"over":[]'),
        body_of('"fields":{"note":1}', kind="Photo"),
        body_of('"fields":{"note":1}', kind=""),
        body_of('"fields":{"note":1}').replace(RECORD.encode(), RECORD.upper().replace("0", "A").encode()),
        body_of('"fields":{"note":1}').replace(RECORD.encode(), b"1"),
        body_of('"fields":{"note":1}').replace(RECORD.encode(), RECORD.encode() + b"\\n"),
    ],
)
def test_what_has_not_the_form_of_an_entry_is_refused(body: bytes) -> None:
    assert refused(body)


def test_a_refusal_quotes_nothing_of_the_entry() -> None:
    """Entries hold identity numbers, and refusals are written to logs."""
    secret = "612401199001011232"
    for members in (f'"fields":{{"a":"{secret}","a":1}}', f'"fields":{{"{secret}":1}}', f'"at":"{secret}"', secret):
        assert secret not in refused(body_of(members))


def test_two_hundred_and_fifty_six_fields_are_taken() -> None:
    fields = {f"f{n}": n for n in range(entry.FIELDS)}
    assert values_of(taken(entry.change(RECORD, "application", fields, seen=0, at=1))) == fields
