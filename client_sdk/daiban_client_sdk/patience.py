"""How long a server asks to be left alone (``Retry-After``), and how long anybody waits for it before a screen."""

import datetime
from email.utils import parsedate_to_datetime

import httpx2

PATIENCE = 20
"""Seconds that a request waits where the server asks for it; a longer wait ends this sync, and none begins before."""
LONGEST = 86_400
"""Seconds that are believed: a typing error at the centre must not keep a phone away for a year."""


def asked(response: httpx2.Response) -> float | None:
    """Seconds that an answer asks to wait, as a number or as a date beside the answer's own; None where it asks for
    nothing that can be read."""
    text = response.headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            # Both dates are the server's: the phone's clock may be years off.
            seconds = _apart(text, response.headers.get("date", ""))
        except ValueError:
            return None
    return max(0.0, min(seconds, LONGEST)) if seconds == seconds else None


def _apart(until: str, since: str) -> float:
    return (_moment(until) - _moment(since)).total_seconds()


def _moment(text: str) -> datetime.datetime:
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
