"""Evidence files: one that holds, with everything in it, and what a verifier says of altered ones."""

import base64
import json
from typing import Any

from daiban_sync.evidence import verify
from daiban_sync.evidence.document import encode
from tests.vectors import cast
from tests.vectors.evidence_file import document


def files() -> dict[str, Any]:
    """The file, and altered ones with the code of the step that refuses each."""
    made = encode(document())
    verdict = verify(made, cast.ROOT.public_key)
    return {
        "about": "evidence files: one that holds, as base64, and changes of its text that a step refuses",
        "root": cast.ROOT.public_key.hex(),
        "file": base64.b64encode(made).decode(),
        "notes": list(verdict.notes),
        "altered": [_altered(made, *change) for change in _changes(json.loads(made))],
    }


def _changes(told: Any) -> list[tuple[str, str, str]]:
    """Why, what text (which stands in the file once or first), and what instead."""
    stolen, phone, _ = told["devices"]
    vouched = phone["vouched"]["signatures"][0]["sig"]
    changed, spool, taken_on = phone["former"][0], told["spooled"][0], told["adopted"][0]
    salvaged = told["adopted_saves"][0]
    passkey_, sealed = taken_on["signed"], told["photos"][1]
    stated = told["stated"]["signatures"][0]["sig"]
    root_sig = told["keyrings"][0]["signatures"][0]["sig"]
    first, second, third = told["batches"]
    return [
        ("a member more", '"format"', '"more": 1,\n "format"'),
        ("another spelling", "张桂兰", "\\u5f20桂兰"),
        ("a space", '"origin": ', '"origin":  '),
        ("capital digits", told["centre"], told["centre"].upper()),
        ("another signature under the keyring", root_sig, vouched),
        ("another signature of the centre", vouched, stated),
        ("another device", phone["device"], "00" * 16),
        ("another key before", changed["key"], stolen["key"]),
        ("a new key under another signature", changed["taken"]["signatures"][0]["sig"], vouched),
        ("a key that did not give itself up", changed["given"]["signatures"][0]["sig"], vouched),
        ("a checkpoint of another size", "\\n4\\n", "\\n3\\n"),
        ("another path of the restore", told["logs"][1]["path"][0], told["logs"][1]["path"][1]),
        ("another device's signature", first["envelope"]["signatures"][0]["sig"], vouched),
        ("another applicant", "张桂兰", "张桂花"),
        ("another salt", first["entries"][0]["salt"], second["entries"][0]["salt"]),
        ("another place in the batch", '"index": 2', '"index": 0'),
        ("another receipt", first["receipt"]["payload"], second["receipt"]["payload"]),
        ("a path that leads elsewhere", third["path"][0], second["path"][1]),
        ("a save under another signature", spool["envelope"]["signatures"][0]["sig"], vouched),
        ("another save", "13700000000", "13700000009"),
        ("a save at another place in the log", '"leaf": 3', '"leaf": 2'),
        ("another signature of the stolen phone", taken_on["envelope"]["signatures"][0]["sig"], vouched),
        ("another choice", '"numbers": [\n    1,\n', '"numbers": [\n'),
        ("another original", taken_on["entries"][0]["entry"].replace('"', '\\"'), "{}"),
        ("another signature of a salvaged save", salvaged["saves"][0]["envelope"]["signatures"][0]["sig"], vouched),
        ("another salvaged save", salvaged["saves"][0]["entry"].replace('"', '\\"'), "{}"),
        ("another spool", salvaged["digest"], "00" * 32),
        ("another choice of a spool", '"numbers": [\n    3\n', '"numbers": [\n    3,\n    4\n'),
        ("another passkey", passkey_["key"], passkey_["key"].replace("pQECAyYg", "pQECAyYh")),
        ("an authenticator that saw nobody", passkey_["authenticator_data"], _unseen(passkey_["authenticator_data"])),
        ("another answer of the browser", passkey_["client_data"], base64.b64encode(b"{}").decode()),
        ("another signature by passkey", passkey_["signature"], vouched),
        ("a passkey that nobody vouches for", passkey_["vouched"]["signatures"][0]["sig"], vouched),
        ("another opened picture", sealed["content"], base64.b64encode(b"another picture here").decode()),
        ("another picture's key", sealed["seal"]["key"], base64.b64encode(bytes(32)).decode()),
        ("another seal", sealed["seal"]["header"], base64.b64encode(bytes(104)).decode()),
        ("another photo", told["photos"][0]["content"], base64.b64encode(b"another picture here").decode()),
        ("another text", "代办不收费", "代办收费"),
        ("another word on the whole", stated, vouched),
        ("a seat that the server did not sign for", '"further": []', '"further": [\n ]'),
    ]


def _unseen(data: str) -> str:
    raw = bytearray(base64.b64decode(data))
    raw[32] &= ~0x04
    return base64.b64encode(raw).decode()


def _altered(made: bytes, why: str, text: str, instead: str) -> dict[str, str]:
    changed = made.replace(text.encode(), instead.encode(), 1)
    if changed == made:
        raise LookupError(why)
    return {"why": why, "text": text, "instead": instead, "code": verify(changed, cast.ROOT.public_key).code}
