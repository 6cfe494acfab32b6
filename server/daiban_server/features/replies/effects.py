"""Obligations of liaison cadres (定期回复): made when a case is collected at a home, met by replies, late if missed."""

from daiban_server.features.replies.following import case_changed, corrected, home_changed, home_merged
from daiban_server.features.replies.meeting import amended, meet
from daiban_server.features.replies.owing import ended, owe
from daiban_server.spine.effects import Effects

EFFECTS = Effects(
    made={"application": owe, "reply": meet},
    moved={"application": (ended, corrected), "household": (home_merged,)},
    changed={"application": (case_changed,), "household": (home_changed,), "reply": (amended,)},
)
