"""Pauses for questions that anybody may ask with a number and a code, growing with each wrong one; of the number, not
of the address, since a whole township shares one. Kept in memory: what they keep is no account (those have
`accounts.lockout`)."""

PAUSE = 1_000
"""Milliseconds after a failed try; doubled with each further one, to at most `LONGEST_PAUSE`."""
LONGEST_PAUSE = 300_000
FREE_TRIES = 4


class Tries:
    """Failed tries by what was tried, in this process's memory."""

    def __init__(self) -> None:
        self._failed: dict[str, tuple[int, int]] = {}

    def wait(self, login: str, now: int) -> int:
        """Milliseconds until this one may be tried again."""
        count, since = self._failed.get(login, (0, 0))
        pause = 0 if count < FREE_TRIES else min(PAUSE << min(count - FREE_TRIES, 20), LONGEST_PAUSE)
        return max(0, since + pause - now)

    def failed(self, login: str, now: int) -> None:
        """Count a failed try; the table forgets its oldest beyond ten thousand accounts."""
        count, _ = self._failed.pop(login, (0, 0))
        self._failed[login] = (count + 1, now)
        if len(self._failed) > 10_000:
            del self._failed[next(iter(self._failed))]

    def succeeded(self, login: str) -> None:
        """Forget what failed."""
        self._failed.pop(login, None)
