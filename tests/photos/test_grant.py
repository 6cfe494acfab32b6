"""Upload tickets: what an issued one allows, and that nothing else does."""

import base64

import pytest

from daiban_server.features.photos import grant as tickets
from daiban_server.features.photos.problems import PhotoError
from tests.photos.centre import HOUR, NOW, SECRET, granted

CARD = granted(b"an identity card")


def refusal(secret: bytes, ticket: str, now: int = NOW) -> str:
    with pytest.raises(PhotoError) as refused:
        tickets.open(secret, ticket, now)
    return refused.value.code


def test_a_ticket_brings_back_what_was_granted_until_it_expires() -> None:
    ticket = tickets.issue(SECRET, CARD)
    assert tickets.open(SECRET, ticket, NOW) == CARD
    assert tickets.open(SECRET, ticket, NOW + HOUR - 1) == CARD
    assert refusal(SECRET, ticket, NOW + HOUR) == "ticket.expired"


def test_no_character_of_a_ticket_can_be_changed() -> None:
    ticket = tickets.issue(SECRET, CARD)
    for place, character in enumerate(ticket):
        other = "A" if character != "A" else "B"
        assert refusal(SECRET, ticket[:place] + other + ticket[place + 1 :]) == "ticket.invalid"


def test_a_longer_life_cannot_be_had_by_mixing_two_tickets() -> None:
    short, long = (tickets.issue(SECRET, CARD._replace(expires=NOW + hours)) for hours in (1, HOUR))
    body = base64.urlsafe_b64decode(long)[:-20]
    mixed = base64.urlsafe_b64encode(body + base64.urlsafe_b64decode(short)[-20:]).decode()
    assert refusal(SECRET, mixed) == "ticket.invalid"


@pytest.mark.parametrize(
    "forged",
    ["", "abc", "A" * 156, "A" * 155 + "=", "A" * 155 + "\n", "照" * 156, "../" * 52],
)
def test_what_was_never_issued_is_invalid(forged: str) -> None:
    assert refusal(SECRET, forged) == "ticket.invalid"


def test_another_centres_secret_opens_nothing() -> None:
    assert refusal(bytes(32), tickets.issue(SECRET, CARD)) == "ticket.invalid"


@pytest.mark.parametrize("size", [0, -1, tickets.MAX_BYTES + 1])
def test_no_ticket_is_issued_for_a_photo_without_bytes_or_with_too_many(size: int) -> None:
    with pytest.raises(ValueError, match="1 to"):
        tickets.issue(SECRET, CARD._replace(size=size))


def test_a_short_secret_or_id_is_refused_before_anything_is_signed() -> None:
    with pytest.raises(ValueError, match="secret"):
        tickets.issue(b"short", CARD)
    with pytest.raises(ValueError, match="16 bytes"):
        tickets.issue(SECRET, CARD._replace(record=b"1"))
