"""Every table of the server. Keys are led by the centre, so the tables can be spread by centre.

Times are Unix milliseconds, ids 16 bytes, digests 32.
"""

from daiban_server.db.case_tables import case_event, case_sheet, rating, register_line, serial
from daiban_server.db.columns import metadata
from daiban_server.db.feature_tables import (
    absence,
    message,
    obligation,
    opinion_sheet,
    setting,
    slot,
    task,
    visit_event,
)
from daiban_server.db.people_tables import (
    assignment,
    centre,
    departure,
    device,
    enrolment_code,
    person,
    place,
    session,
    territory,
)
from daiban_server.db.spine_tables import (
    backup,
    chain,
    checkpoint,
    counter,
    envelope,
    fork,
    gap,
    history,
    log_node,
    outcome,
    parked,
    photo_file,
    quarantine,
    record,
)

__all__ = [
    "absence",
    "assignment",
    "backup",
    "case_event",
    "case_sheet",
    "centre",
    "chain",
    "checkpoint",
    "counter",
    "departure",
    "device",
    "enrolment_code",
    "envelope",
    "fork",
    "gap",
    "history",
    "log_node",
    "message",
    "metadata",
    "obligation",
    "opinion_sheet",
    "outcome",
    "parked",
    "person",
    "photo_file",
    "place",
    "quarantine",
    "rating",
    "record",
    "register_line",
    "serial",
    "session",
    "setting",
    "slot",
    "task",
    "territory",
    "visit_event",
]
