"""Facts of a case that somebody reports: collected, told at the home, brought, delivered, followed up.

A fact is dated by what is believed of when it happened, not by when the phone came back.
"""

import datetime

from daiban_schemas.kinds.application import ATTEMPTS
from daiban_server.db.program import Program
from daiban_server.features.cases.arriving import TIME_TO_BRING
from daiban_server.features.cases.asking import Fields
from daiban_server.limits.calendar import local_day
from daiban_server.outbound import queue
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger
from daiban_server.staff import by, holders


def collected(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The papers were collected at the home, by whom besides the author: limits start from then."""
    yield from ()
    second = {"collected_with": asked.arguments["with"]} if "with" in asked.arguments else {}
    return {"started_at": asked.incoming.effective, **second}


def verified(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Somebody of the centre met the applicant and compared the identity card, alone or with a second person."""
    view = yield from ledger.view(asked.record)
    found = {**asked.arguments, **(yield from by(ledger, asked)), "at": asked.incoming.effective}
    return {"verifications": [*(view.values.get("verifications") or ()), found]}


def notified(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Told at the home what is missing, in writing."""
    view = yield from ledger.view(asked.record)
    before = view.values.get("notice") or {}
    until = local_day(asked.incoming.effective) + datetime.timedelta(days=TIME_TO_BRING)
    told = {"missing": [], "until": until.isoformat(), **asked.arguments, "times": before.get("times", 0) + 1}
    return {"notice": {**told, **(yield from by(ledger, asked)), "at": asked.incoming.effective, "at_home": True}}


def brought(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """What was missing was brought; or, where help came first, the papers that were owed."""
    yield from ()
    when = "complemented_at" if asked.record.status == "awaiting" else "papers_brought_at"
    return {when: asked.incoming.effective}


def delivered(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The result was handed over: who signed for it, how, when."""
    done = {**(yield from by(ledger, asked)), "at": asked.incoming.effective, "received_at": ledger.now}
    return {"delivery": {**asked.arguments, **done}}


def followed_up(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The resident was asked whether it was well done. Who was not reached was not asked: that is kept as an attempt,
    and the follow-up stays owed."""
    done = {**asked.arguments, **(yield from by(ledger, asked)), "at": asked.incoming.effective}
    values = (yield from ledger.view(asked.record)).values
    if asked.arguments["outcome"] == "not_reached":
        return {"follow_up_attempts": [*(values.get("follow_up_attempts") or ()), done][-ATTEMPTS:]}
    if asked.arguments["outcome"] == "dissatisfied":
        yield from _tell(ledger, asked, values)
    return {"follow_up": done}


def _tell(ledger: Ledger, asked: Asked, values: Fields) -> Program[None]:
    """Whoever answers for the case, and the heads, hear that it was not well done."""
    said = str(asked.arguments.get("note") or "").strip().rstrip("。")
    text = (
        f"{values.get('number')} {values.get('applicant') or ''}回访不满意{f'：{said}' if said else ''}。请核实整改。"
    )
    owner = [bytes.fromhex(values["owner_id"])] if values.get("owner_id") else []
    heads = [id_ for id_, _ in (yield from holders(ledger.centre, "head"))]
    for who in dict.fromkeys([*owner, *heads]):
        if who != asked.incoming.author:
            key = f"dissatisfied/{asked.record.id.hex()}"
            yield from queue.tell(
                ledger.centre, who, "case.dissatisfied", text, ledger.now, key=key, record=asked.record.id
            )


def tried_on(values: Fields) -> int:
    """On how many days somebody tried in vain to reach the resident for a follow-up."""
    return len({local_day(one["at"]) for one in values.get("follow_up_attempts") or ()})
