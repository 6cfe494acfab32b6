"""Who may do what: the one table. A route names an action; a role has it or not; a centre is one's own or not.

Everybody works in his own centre; the district's is its own feed, and of the others it sees
what its summary and the figures count.
Routes without an action are listed in `OPEN`, each with its reason, and a test holds the running app against both.
"""

from collections.abc import Mapping

ROLES = ("agent", "clerk", "cadre", "head", "leader", "chief", "district", "auditor")
"""Above the centre head stand a leader in charge (分管领导) and the town's first persons (党政一把手): they are told
what nobody settled below, and look; of all commands they have those for opinions, some of which are about the head.

The auditor (审计员) is of the district: he reads who was shown what, in every centre, and no case."""

_EVERYBODY = frozenset(ROLES) - {"auditor"}
_DESK = frozenset({"clerk", "head", "district"})
_ABOVE = frozenset({"leader", "chief"})

ACTIONS: Mapping[str, frozenset[str]] = {
    # What the pages are for; nothing of anybody stands there.
    "help.read": frozenset(ROLES),
    "summary.read": _DESK | _ABOVE | {"cadre"},
    # An agent's work is on the phone, whose feed ends at his territory.
    "record.read": _DESK | _ABOVE | {"cadre"},
    "record.write": frozenset({"clerk", "head", "cadre", "district"}),
    "record.command": frozenset({"clerk", "head", "cadre", "leader", "chief", "district"}),
    "conflict.read": _DESK | {"cadre"},
    "case.read": _DESK | _ABOVE | {"cadre"},
    "paper.print": _DESK,
    # It holds everything that was ever handed in for a case, unmasked, and leaves the house: the head answers for the
    # centre. The district's own centre has no cases, and of the others it sees numbers.
    "evidence.export": frozenset({"head"}),
    # Who sits at a window, and the head who stands in there.
    "case.receive": frozenset({"clerk", "head"}),
    # Facts of a case on its page (已送达, 已回访): those at the window who brought them about. What a cadre or an agent
    # found at a home comes from there.
    "case.report": frozenset({"clerk", "head"}),
    "trust.read": frozenset({"head", "district"}),
    # As evidence: whole, unmasked, and it leaves the house.
    "person.copy": frozenset({"head"}),
    "office.change": frozenset({"head"}),
    "setting.read": frozenset({"head", "district"}),
    # What holds for every centre (see `choices`).
    "choice.change": frozenset({"district"}),
    "person.hire": frozenset({"head", "district"}),
    "post.read": _DESK | _ABOVE | {"cadre"},
    # As the commands of posts and handovers have it.
    "post.change": frozenset({"head"}),
    "household.read": _DESK | {"cadre"},
    # As the commands of households have it.
    "household.merge": frozenset({"clerk", "head"}),
    "register.read": _DESK | _ABOVE,
    # Numbers of a centre, and which cases they count: without names, since the district sees every centre's.
    "figure.read": _DESK | _ABOVE,
    "figure.weigh": frozenset({"district"}),
    "visit.offer": _DESK | {"cadre"},
    # The pages of a centre's home visits; the district makes none.
    "visit.board": _ABOVE | {"clerk", "head"},
    "visit.settings": frozenset({"head"}),
    "plan.read": _DESK | _ABOVE,
    "plan.run": frozenset({"head", "clerk"}),
    "obligation.read": _DESK | _ABOVE | {"cadre"},
    # What residents said, and the answers: those who may answer.
    "opinion.read": _ABOVE | {"clerk", "head"},
    "task.read": _DESK,
    "task.close": _DESK,
    # A clerk answers the telephone when a phone is missing, and looks for it.
    "device.read": _DESK,
    "device.enrol": frozenset({"head", "district"}),
    "device.approve": frozenset({"head", "district"}),
    "device.close_gap": frozenset({"head", "district"}),
    # A phone is reported lost to whoever answers the telephone; that it is lost for good the head says.
    "device.suspend": frozenset({"clerk", "head", "district"}),
    "device.revoke": frozenset({"head", "district"}),
    "quarantine.read": _DESK,
    "quarantine.decide": frozenset({"clerk", "head"}),
    "erasure.read": frozenset({"head", "district"}),
    "erasure.run": frozenset({"head"}),
    "retention.change": frozenset({"district"}),
    "backup.read": frozenset({"head", "district"}),
    "territory.change": frozenset({"head", "district"}),
    "photo.read": _DESK | {"cadre"},
    "calendar.change": frozenset({"district"}),
    # One's own; anybody's of the centre by the head alone.
    "calendar.issue": _EVERYBODY,
    "message.read": _EVERYBODY,
    # What residents were told, and for the head what the house was: who answers when it did not arrive.
    "message.sent": frozenset({"clerk", "head"}),
    "catalogue.read": _DESK | {"cadre"},
    "catalogue.change": frozenset({"district"}),
    # Who handles cases; the district sees figures, whoever stands above looks on.
    "value.reveal": frozenset({"clerk", "head"}),
    # The auditor everywhere; the head what was shown in his own centre.
    "audit.read": frozenset({"auditor", "head"}),
    # On a training server alone.
    "training.work": frozenset(ROLES),
    "session.end": frozenset(ROLES),
    "session.second": frozenset(ROLES),
    "account.own": frozenset(ROLES),
    "account.reset": frozenset({"head", "district"}),
    "passkey.sign": frozenset(ROLES),
}
OWN_STAGES = ("full", "second", "change", "enrol")
"""Stages of a session at which a route is open that has to be so before everything is shown: the way out. A route that
names no stages wants one that is ``full`` (see `accounts.sessions`)."""

OPEN: Mapping[str, str] = {
    "/v1/health": "liveness, tells nothing",
    "/v1/session": "signing in",
    "/v1/sync": "signed by a device",
    "/v1/spools": "sealed to the server and signed by a device, whoever brings it",
    "/v1/bundles": "sealed to the server and signed by a device, whoever brings it",
    "/v1/enrolments": "proves possession of a key and of a one-time code",
    "/v1/enrolment": "signed by a device",
    "/v1/public": "what everybody may see; a case opens with its number and code",
    "/v1/keyring": "the server's public keys",
    "/v1/logs": "hashes of salted hashes, for whoever holds the log against what he saw",
    "/v1/calendars": "the secret in the URL is the right",
    "/v1/photos/uploads": "the ticket in the URL is the right",
    "/schema": "the API's own description",
    "/static": "style sheets and scripts",
    "/lost": "whom to telephone when a phone is gone",
    "/hand-in": "the page before /v1/bundles",
    "/hall": "the screen of the hall, for whoever stands before it",
    "/hall-worker.js": "the script that keeps it",
    "/look-up": "a case opens with its number and code",
    "/opinions": "the box for opinions, without a name if wanted",
    "/language": "which language a browser reads",
    "/sign-in": "the sign-in page, and the way to a provider and back",
    "/": "leads to the sign-in page or to the summary",
}


def may(role: str, action: str) -> bool:
    """Whether `role` has `action`."""
    return role in ACTIONS[action]
