"""Caps that hold before anything is decoded. A message beyond one is refused whole and changes nothing."""

PROTOCOL = 1
"""Version of everything in this package that crosses the wire."""
RELEASE = "0.1"
"""The release of server and SDK, as people are told it; no rule depends on it."""

WIRE_BYTES = 4 * 2**20
"""Largest body of a sync request as it travels, in bytes."""

INFLATED_BYTES = 16 * 2**20
"""Largest body of a sync request or answer after inflation, in bytes."""

BATCH_ENTRIES = 500
"""Entries in one batch: 16-byte salts for them are one HKDF output, whose limit is 255 blocks of 32 bytes."""

BATCH_BYTES = 2 * 2**20
"""Sum of entry bytes in one batch."""

REQUEST_BATCHES = 64
"""Batches in one request."""

OWN = REQUEST_BATCHES * BATCH_ENTRIES
"""Own records that one answer can name."""

ENTRY_BYTES = 256 * 2**10
"""One entry's JSON, in bytes."""

ENTRY_DEPTH = 16
"""Nesting of arrays and objects in an entry."""

INTEGER = 2**53 - 1
"""Largest absolute integer: beyond it JavaScript rounds."""

FIELDS = 256
"""Fields in one change."""

NAME_LENGTH = 64
"""Characters in a field's, kind's, command's or report's name."""

TEXT_LENGTH = 20_000
"""Characters in any one text."""

OVER_POSITIONS = 64
"""Positions that `over` may list for one field."""
