"""What the commands and reports of applications do, and what follows from them."""

from daiban_server.features.cases import arriving, asking, facts, handling, receptions, sheet, timeline
from daiban_server.features.cases.asking import unrelated
from daiban_server.features.cases.conditions import mandated
from daiban_server.spine.effects import Effects

_COMMANDS = {
    "submit": mandated(arriving.submit),
    "receive": arriving.receive,
    "notify": arriving.notify,
    "complement": arriving.complement,
    "accept": arriving.accept,
    "decline": arriving.decline,
    "finish": arriving.finish,
    "send_up": handling.send_up,
    "answered": handling.answered,
    "extend": handling.extend,
    "pause": handling.pause,
    "resume": handling.resume,
    "complete": handling.complete,
    "refuse": handling.refuse,
    "withdraw": mandated(handling.withdraw),
    "hand_over": handling.hand_over,
    "correct": handling.correct,
    "close_follow_up": handling.close_follow_up,
    "archive": handling.archive,
}

EFFECTS = Effects(
    commands={("application", name): unrelated(effect) for name, effect in _COMMANDS.items()},
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
    projections={"application": (sheet.keep,), "reception": (receptions.keep,)},
)
