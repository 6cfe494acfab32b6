"""What the commands and reports of applications do, and what follows from them."""

from daiban_server.features.cases import arriving, asking, facts, handling, receptions, sheet, timeline
from daiban_server.spine.effects import Effects

EFFECTS = Effects(
    commands={
        ("application", "submit"): arriving.submit,
        ("application", "receive"): arriving.receive,
        ("application", "notify"): arriving.notify,
        ("application", "complement"): arriving.complement,
        ("application", "accept"): arriving.accept,
        ("application", "decline"): arriving.decline,
        ("application", "finish"): arriving.finish,
        ("application", "send_up"): handling.send_up,
        ("application", "answered"): handling.answered,
        ("application", "extend"): handling.extend,
        ("application", "pause"): handling.pause,
        ("application", "resume"): handling.resume,
        ("application", "complete"): handling.complete,
        ("application", "refuse"): handling.refuse,
        ("application", "withdraw"): handling.withdraw,
        ("application", "hand_over"): handling.hand_over,
        ("application", "correct"): handling.correct,
        ("application", "archive"): handling.archive,
    },
    reports={
        ("application", "collected"): facts.collected,
        ("application", "notified"): facts.notified,
        ("application", "brought"): facts.brought,
        ("application", "delivered"): facts.delivered,
        ("application", "followed_up"): facts.followed_up,
    },
    made={"reception": receptions.received},
    moved={"application": (timeline.happened, asking.first_asked)},
    projections={"application": (sheet.keep,)},
)
