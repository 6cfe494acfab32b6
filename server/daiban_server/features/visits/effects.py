"""What a visit's commands and reports do, and what follows from visits and rosters."""

from daiban_server.features.visits import altering, booking, calendars, keeping, repairing, reporting, rosters
from daiban_server.spine.effects import Effects

EFFECTS = Effects(
    commands={
        ("visit", "propose"): booking.propose,
        ("visit", "assign"): booking.assign,
        ("visit", "book"): booking.book,
        ("visit", "confirm"): booking.confirm,
        ("visit", "rebook"): booking.rebook,
        ("visit", "accept"): booking.accept,
        ("visit", "cancel"): booking.cancel,
    },
    reports={
        ("visit", "started"): reporting.started,
        ("visit", "finished"): reporting.finished,
        ("visit", "nobody_home"): reporting.nobody_home,
        ("visit", "asked_other_time"): reporting.asked_other_time,
        ("visit", "*"): reporting.too_late,
    },
    made={"roster": rosters.made},
    changed={"visit": (altering.visit,), "household": (altering.home,), "roster": (rosters.changed,)},
    moved={"handover": (repairing.handed_over,)},
    projections={"visit": (keeping.project, calendars.project), "roster": (rosters.project,)},
)
