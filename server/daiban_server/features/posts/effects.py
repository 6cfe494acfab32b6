"""What the commands of posts and handovers do, and what follows from them."""

from daiban_server.features.posts import appointing, arranging, handing, leaving, replacing
from daiban_server.spine.effects import Effects

EFFECTS = Effects(
    commands={
        ("post", "appoint"): appointing.appoint,
        ("post", "close"): appointing.close,
        ("handover", "arrange"): arranging.arrange,
        ("handover", "begin"): handing.begin,
        ("handover", "prolong"): arranging.prolong,
        ("handover", "return"): handing.come_back,
        ("handover", "cancel"): arranging.cancel,
        ("handover", "replace"): replacing.replace,
        ("handover", "give_up"): leaving.give_up,
    },
    made={"handover": arranging.asked_for},
    projections={"handover": (arranging.away,)},
)
