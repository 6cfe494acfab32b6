"""Each step of the verifier by itself: files that a dishonest server made and signed for as a whole.

The server's word on the whole would catch any change; here it is given anew for every forgery, so that what is refused
is refused by the step whose rule was broken.
"""

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace

from daiban_sync import dsse, receipt
from daiban_sync.evidence import verify
from daiban_sync.evidence.document import Document, Further, Text, contents, decode, encode, signed
from daiban_sync.evidence.statements import Stated, Vouched, read, state
from daiban_sync.keys import SoftwareKey, key_id
from tests.evidence.home import begun, exported, handed_in, picture
from tests.support.township import Township

FORGER = SoftwareKey(b"f" * 32)
Forge = Callable[[Document, SoftwareKey], Document]


class Case:
    """A real file, with the root key that it holds under and the receipt key that signs for the whole."""

    def __init__(self, data: bytes, other: bytes, town: Township) -> None:
        assert isinstance(town.services.keys.receipt, SoftwareKey)
        self.document, self.other = decode(data), decode(other)
        self.root, self.receipt = town.services.keys.root_key, town.services.keys.receipt

    def whole(self, document: Document) -> bytes:
        """The file with the server's word given anew."""
        assert self.document.stated is not None
        stated = read(self.document.stated, Stated, self.receipt.public_key, "x")
        shown = {(e.device, e.number): e for e in stated.entries}
        named = [(one, e) for one in document.batches for e in one.entries]
        keys = [(one.envelope.payload[36:52].hex(), _first(one.envelope.payload) + e.index) for one, e in named]
        entries = tuple(shown.get(key, replace(stated.entries[0], device=key[0], number=key[1])) for key in keys)
        said = replace(stated, contents=contents(document), entries=entries)
        return encode(replace(document, stated=state(self.receipt, said)))

    def code(self, document: Document) -> str:
        return verify(self.whole(document), self.root).code


def _first(payload: bytes) -> int:
    return int.from_bytes(payload[132:140], "big")


@pytest.fixture
async def case(sqlite_township: Township, tmp_path: object) -> Case:
    town = sqlite_township
    wang = await town.device("王芳")
    await town.household(wang)
    await wang.sync()
    record = await begun(town, wang)
    await wang.attach_photo(record, picture(town.folder / "id.jpg"), paper="居民身份证")
    await wang.give_mandate(record, {"name": "张桂兰"}, ("2026-01-01", "2036-12-31"))
    await wang.sync()
    await wang.save(await wang.open(record), {"phone": "13900000001"})
    await wang.sync()
    another = await handed_in(town, wang)
    return Case(await exported(town, record), await exported(town, another), town)


def test_the_real_file_holds_when_it_is_signed_for_anew(case: Case) -> None:
    assert case.code(case.document) == ""
    assert len(case.document.batches) == 2
    assert len(case.document.photos) == 1


def _batch(case: Case, at: int = 0, **changes: object) -> Document:
    batches = list(case.document.batches)
    batches[at] = replace(batches[at], **changes)
    return replace(case.document, batches=tuple(batches))


def test_keys(case: Case) -> None:
    (ring,) = case.document.keyrings
    forged = signed(
        dsse.KEYRING, ring.payload, dsse.sign(FORGER, dsse.KEYRING, ring.payload), key_id(FORGER.public_key)
    )
    assert case.code(replace(case.document, keyrings=(forged,))) == "evidence.keys"
    assert case.code(replace(case.document, keyrings=(ring, ring))) == "evidence.keys"
    assert case.code(replace(case.document, keyrings=())) == "evidence.devices", "no key is believed without one"


def test_devices(case: Case) -> None:
    (phone,) = case.document.devices
    assert phone.vouched is not None and phone.enrolment is not None
    vouched = read(phone.vouched, Vouched, case.receipt.public_key, "x")

    def code(**changes: object) -> str:
        return case.code(replace(case.document, devices=(replace(phone, **changes),)))

    other = FORGER.public_key.hex()
    assert code(vouched=None) == "evidence.devices"
    assert code(key=other) == "evidence.devices"
    assert code(vouched=state(FORGER, vouched)) == "evidence.devices"
    assert code(vouched=state(case.receipt, replace(vouched, centre="00" * 16))) == "evidence.devices"
    assert code(device=phone.device.upper()) == "evidence.devices"
    assert code(enrolment=phone.vouched) == "evidence.devices"
    swapped = {"key": other, "vouched": state(case.receipt, replace(vouched, key=other)), "enrolment": None}
    assert code(**swapped) == "evidence.batches", "a key that the centre vouches for still did not sign"
    assert case.code(replace(case.document, devices=(phone, phone))) == "evidence.devices"


def test_a_stolen_enrolment_is_of_another_key(case: Case) -> None:
    (phone,) = case.document.devices
    asked = msgspec.json.encode({"key": FORGER.public_key.hex(), "origin": case.document.origin})
    forged = signed(dsse.ENROLMENT, asked, dsse.sign(FORGER, dsse.ENROLMENT, asked), key_id(FORGER.public_key))
    assert case.code(replace(case.document, devices=(replace(phone, enrolment=forged),))) == "evidence.devices"


def test_logs(case: Case) -> None:
    (log,) = case.document.logs
    lines = log.checkpoint.split("\n")
    grown = "\n".join([lines[0], str(int(lines[1]) + 1), *lines[2:]])
    for changes in ({"checkpoint": grown}, {"epoch": 1}, {"path": (b"x" * 32,)}, {"checkpoint": ""}):
        assert case.code(replace(case.document, logs=(replace(log, **changes),))) == "evidence.logs"
    assert case.code(replace(case.document, logs=())) == "evidence.inclusion"


def test_batches(case: Case) -> None:
    first, second = case.document.batches
    payload = first.envelope.payload
    forged = signed(dsse.BATCH, payload, dsse.sign(FORGER, dsse.BATCH, payload), first.receipt.payload[:8])
    assert case.code(_batch(case, envelope=forged)) == "evidence.batches"
    assert case.code(_batch(case, envelope=first.receipt)) == "evidence.batches"
    (signature,) = first.envelope.signatures
    renamed = replace(first.envelope, signatures=(replace(signature, keyid="00" * 8),))
    assert case.code(_batch(case, envelope=renamed)) == "evidence.batches", "no byte is there for nothing"
    assert case.code(replace(case.document, batches=(second, first))) == "evidence.batches"
    assert case.code(replace(case.document, batches=(first, first))) == "evidence.batches"


def test_entries(case: Case) -> None:
    first = case.document.batches[0]
    entry, *others = first.entries
    respelt = replace(entry, entry=entry.entry.replace("张桂兰", "张桂花"))
    for entries in (
        (respelt, *others),
        (replace(entry, salt=bytes(16)), *others),
        (replace(entry, salt=entry.salt + b"x"), *others),
        (replace(entry, index=10_000), *others),
        (entry, entry, *others),
        (*others, entry),
        (),
    ):
        assert case.code(_batch(case, entries=entries)) == "evidence.entries"


def test_an_entry_of_another_case_does_not_belong(case: Case) -> None:
    """Genuine, signed, receipted and in the log, and still not this case's."""
    stranger = case.other.batches[-1]
    mixed = replace(case.document, batches=(*case.document.batches, stranger))
    assert case.code(mixed) == "evidence.entries"


def test_receipts(case: Case) -> None:
    first, second = case.document.batches
    assert case.code(_batch(case, receipt=second.receipt)) == "evidence.receipts"
    payload = first.receipt.payload
    elsewhere = payload[:60] + b"x" * 32 + payload[92:]
    told = dsse.sign(case.receipt, dsse.RECEIPT, elsewhere)
    other = signed(dsse.RECEIPT, elsewhere, told, key_id(case.receipt.public_key))
    assert case.code(_batch(case, receipt=other)) == "evidence.receipts", (
        "the centre's own, for a batch of another hash"
    )
    forged = signed(dsse.RECEIPT, payload, dsse.sign(FORGER, dsse.RECEIPT, payload), key_id(FORGER.public_key))
    assert case.code(_batch(case, receipt=forged)) == "evidence.receipts"


def test_the_lower_bound_is_that_of_the_checkpoint_that_was_signed_over(case: Case) -> None:
    first, second = case.document.batches
    assert second.named is not None
    assert case.code(_batch(case, at=1, named=first.named or case.document.logs[0].checkpoint)) == "evidence.receipts"
    epoch, leaf, bounds = receipt.read_payload(second.receipt.payload)
    earlier = second.receipt.payload[:-16] + (bounds.earliest - 1).to_bytes(8, "big") + second.receipt.payload[-8:]
    dated = signed(
        dsse.RECEIPT, earlier, dsse.sign(case.receipt, dsse.RECEIPT, earlier), key_id(case.receipt.public_key)
    )
    assert case.code(_batch(case, at=1, receipt=dated)) == "evidence.receipts", (epoch, leaf)
    assert case.code(_batch(case, at=1, named=None)) == "", "without it the bound is the centre's word alone"


def test_inclusion(case: Case) -> None:
    path = case.document.batches[0].path
    for wrong in (path[1:], (*path, b"x" * 32), (b"x" * 32, *path[1:]), ()):
        assert case.code(_batch(case, path=wrong)) == "evidence.inclusion"


def test_photos(case: Case) -> None:
    (photo,) = case.document.photos
    for changes in ({"content": b"another"}, {"receipt": case.document.batches[0].receipt}):
        assert case.code(replace(case.document, photos=(replace(photo, **changes),))) == "evidence.photos"
    device, told = receipt.read_photo_payload(photo.receipt.payload)
    centre, origin = bytes.fromhex(case.document.centre), bytes.fromhex(case.document.origin)
    strange = receipt.photo_payload(origin, centre, device, told._replace(digest=b"x" * 32))
    kid = key_id(case.receipt.public_key)
    unknown = signed(dsse.PHOTO_RECEIPT, strange, dsse.sign(case.receipt, dsse.PHOTO_RECEIPT, strange), kid)
    assert case.code(replace(case.document, photos=(replace(photo, receipt=unknown),))) == "evidence.photos"
    assert "photo_missing" in verify(case.whole(replace(case.document, photos=())), case.root).notes


def test_texts(case: Case) -> None:
    (text,) = case.document.texts
    for wrong in (replace(text, text=text.text + " "), replace(text, version="2"), Text("notice", "2026-1", text.text)):
        assert case.code(replace(case.document, texts=(wrong,))) == "evidence.texts"
    without = verify(case.whole(replace(case.document, texts=())), case.root)
    assert without.holds and "mandate_without_text" in without.notes


def test_whole(case: Case) -> None:
    document = case.document
    assert document.stated is not None
    stated = read(document.stated, Stated, case.receipt.public_key, "x")
    left_out = replace(document, batches=document.batches[:1])
    for wrong in (
        replace(document, stated=None),
        replace(document, further=(Further("passkey", document.batches[0].envelope),)),
        replace(left_out, stated=document.stated),
        replace(document, stated=state(FORGER, stated)),
        replace(document, stated=state(case.receipt, replace(stated, case="00" * 16))),
        replace(document, stated=state(case.receipt, replace(stated, entries=stated.entries[1:]))),
    ):
        assert verify(encode(wrong), case.root).code == "evidence.whole"


def test_a_statement_of_a_later_version_is_carried_and_named(case: Case) -> None:
    further = (Further("passkey", case.document.batches[0].envelope),)
    verdict = verify(case.whole(replace(case.document, further=further)), case.root)
    assert verdict.holds
    assert "further" in verdict.notes
