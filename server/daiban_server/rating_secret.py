"""The secret that rates a case (评价码): the resident's alone, who is told it with the result.

It is made of the case's id and a secret of the server's, and stands nowhere: not in the record, not in a message that
waits, not in the database. Whoever reads all of that can still not rate. It goes out in two ways only: into the message
to the resident at the moment in which that is sent, and onto the slip of the result where somebody prints it who had no
part in the case.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.slip import LETTERS
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.keystore import ServerKeys
from daiban_server.outbound.queue import Message

LENGTH = 10
"""Of 32 letters: fifty bits, and wrong tries are made to wait."""
RATES = "rates"
"""In what a message tells: the case, in hexadecimal, whose secret is added when it is sent."""
SECRET = "rating_secret"  # noqa: S105 - the name of a member
_e = schema.case_event.c
_ACTS = (
    select(_e.author, _e.name)
    .where(_e.centre == bindparam("centre_id"), _e.case == bindparam("case_id"), _e.name != "hand_over")
    .distinct()
)
_ENDS = ("completed", "refused", "not_accepted")


def may_rate(values: Mapping[str, Any]) -> bool:
    """A case is rated when it has ended, by whom it was done for; one that was withdrawn is not."""
    return values.get("end") in _ENDS


def secret_of(keys: ServerKeys, case: bytes) -> str:
    """The secret of a case."""
    digest = hmac.new(keys.derived("rating"), case, hashlib.sha256).digest()
    return "".join(LETTERS[byte % 32] for byte in digest[:LENGTH])


def fits(keys: ServerKeys, case: bytes, given: str) -> bool:
    """Whether somebody has the secret of a case, however he writes it."""
    plain = unicodedata.normalize("NFKC", given).strip().upper()
    return hmac.compare_digest(secret_of(keys, case).encode(), plain.encode())


def for_slip(
    keys: ServerKeys, case: bytes, values: Mapping[str, Any], printer: bytes, acted: Collection[bytes] = ()
) -> str | None:
    """The secret for the slip of a case's result, or None: before its end, and for whoever had a part in it or, as
    `acted` says, did anything in it."""
    if not may_rate(values) or printer.hex() in had_part(values) or printer in acted:
        return None
    return secret_of(keys, case)


def had_part(values: Mapping[str, Any]) -> set[str]:
    """The ids of all who own or handle the case, or did before it was handed over."""
    over = values.get("handovers") or ()
    people = {values.get("owner_id"), values.get("handler_id")}
    people |= {one.get(name) for one in over for name in ("from_id", "to_id", "handled_by_id")}
    return {one for one in people if one}


def who_acted(centre: bytes, case: bytes, *acts: str) -> Program[set[bytes]]:
    """Who did something in a case, whoever handles it: one of these acts, or any but handing it over."""
    found = yield from rows(_ACTS, centre_id=centre, case_id=case)
    return {author for author, name in found if not acts or name in acts}


def carried(message: Message, keys: ServerKeys) -> Message:
    """A message as it is sent: one that tells a result gets the secret that rates it."""
    case = message.told.get(RATES)
    if case is None:
        return message
    secret = secret_of(keys, bytes.fromhex(case))
    told = {name: value for name, value in message.told.items() if name != RATES}
    text = f"{message.text}评价码：{secret}，凭办件编号和评价码可评价一次，请勿告诉工作人员。"
    return message._replace(text=text, told={**told, SECRET: secret})
