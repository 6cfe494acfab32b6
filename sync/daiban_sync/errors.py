"""What goes wrong in the rules, and what to do about it.

::

    SyncError                 carries a stable code of `daiban_schemas.problem`, never a body or a key
    ├── WireError             the bytes are not what the protocol says: refused whole, nothing changes
    ├── SignatureError        a signature, key or digest does not hold
    ├── ChainError            a batch does not follow the device's chain: gap, replay of other content
    └── ProofError            the log contradicts itself: an alarm, never retried
"""


class SyncError(Exception):
    """Base of all; `code` is stable, `detail` is for developers and names no personal data."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class WireError(SyncError):
    """Bytes beyond a cap, or not of the form that the protocol states."""


class SignatureError(SyncError):
    """A signature that does not verify, or a key that may not be used."""


class ChainError(SyncError):
    """A batch out of its chain's order."""


class ProofError(SyncError):
    """A proof that does not lead to the signed root."""
