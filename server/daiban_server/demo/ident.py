"""Fixed ids for things of the demo."""

import hashlib


def ident(*parts: object) -> bytes:
    """A fixed id for something of the demo."""
    return hashlib.sha256(("daiban demo " + "/".join(map(str, parts))).encode()).digest()[:16]
