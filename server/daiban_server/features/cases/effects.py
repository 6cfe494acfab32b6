"""What the commands and reports of applications do, and what follows from them."""

from daiban_server.features.cases import arriving, asking, facts, handling, receptions, sheet, timeline
from daiban_server.features.cases.asking import unrelated
from daiban_server.spine.effects import Effects

EFFECTS = Effects(
    commands={
        ("application", "submit"): arriving.submit,
        ("application", "receive"): unrelated(arriving.receive),
        ("application", "notify"): unrelated(arriving.notify),
        ("application", "complement"): unrelated(arriving.complement),
        ("application", "accept"): unrelated(arriving.accept),
        ("application", "decline"): unrelated(arriving.decline),
        ("application", "finish"): unrelated(arriving.finish),
        ("application", "send_up"): unrelated(handling.send_up),
        ("application", "answered"): unrelated(handling.answered),
        ("application", "extend"): unrelated(handling.extend),
        ("application", "pause"): unrelated(handling.pause),
        ("application", "resume"): unrelated(handling.resume),
        ("application", "complete"): unrelated(handling.complete),
        ("application", "refuse"): unrelated(handling.refuse),
        ("application", "withdraw"): handling.withdraw,
        ("application", "hand_over"): unrelated(handling.hand_over),
        ("application", "correct"): unrelated(handling.correct),
        ("application", "close_follow_up"): unrelated(handling.close_follow_up),
        ("application", "archive"): unrelated(handling.archive),
    },
    reports={
        ("application", "collected"): facts.collected,
        ("application", "verified"): facts.verified,
        ("application", "notified"): facts.notified,
        ("application", "brought"): facts.brought,
        ("application", "delivered"): facts.delivered,
        ("application", "followed_up"): facts.followed_up,
    },
    made={"reception": receptions.received},
    moved={"application": (timeline.happened, asking.first_asked, asking.remember_kin)},
    changed={"application": (asking.still_first, asking.kin_changed)},
    projections={"application": (sheet.keep,)},
)
