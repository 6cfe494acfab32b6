"""What a dishonest server might try with changed keys, spools, adoptions and sealed pictures: the vectors' file, forged
and signed for anew as a whole, so that the step whose rule was broken has to refuse it."""

import hashlib

import pytest
from msgspec.structs import replace

from daiban_sync import dsse
from daiban_sync.evidence import Verdict, verify
from daiban_sync.evidence.document import Device, Disclosed, Document, Seal, Spooled, contents, encode, signed
from daiban_sync.evidence.statements import Owned, Stated, Vouched, read, state
from daiban_sync.keys import SoftwareKey, key_id
from daiban_sync.new_key import NewKey
from daiban_sync.new_key import state as new_key
from daiban_sync.spooled import Spooled as Stood
from tests.vectors import cast, evidence_file
from tests.vectors.evidence_file import FIRST_KEY, STOLEN, document

ROOT = cast.ROOT.public_key
RECEIPT = cast.RECEIPT


def verdict(whole: Document) -> Verdict:
    """What is said of a file that the server signed for anew."""
    assert whole.stated is not None
    said = read(whole.stated, Stated, RECEIPT.public_key, "x")
    return verify(encode(replace(whole, stated=state(RECEIPT, replace(said, contents=contents(whole))))), ROOT)


def phone_of(whole: Document) -> Device:
    (phone,) = [one for one in whole.devices if one.former]
    return phone


def with_phone(whole: Document, **changes: object) -> Document:
    phone = phone_of(whole)
    devices = tuple(replace(one, **changes) if one is phone else one for one in whole.devices)
    return replace(whole, devices=devices)


def test_a_key_follows_another_by_the_word_of_both() -> None:
    whole = document()
    (former,) = phone_of(whole).former
    assert former.given is not None
    stated = NewKey(cast.DEVICE.hex(), cast.ORIGIN.hex(), cast.PHONE.public_key.hex(), 9, 9, 1)
    later = dsse.load(new_key(stated, cast.PHONE, FIRST_KEY), dsse.NEW_KEY, cast.PHONE.public_key, "x")

    def under(key: SoftwareKey, payload: bytes = former.taken.payload) -> object:
        return signed(dsse.NEW_KEY, payload, dsse.sign(key, dsse.NEW_KEY, payload), key_id(key.public_key))

    for wrong in (
        replace(former, taken=under(STOLEN)),
        replace(former, given=under(STOLEN)),
        replace(former, given=under(FIRST_KEY, later)),
        replace(former, taken=under(cast.PHONE, later)),
        replace(former, key=STOLEN.public_key.hex()),
        replace(former, key=cast.PHONE.public_key.hex()),
    ):
        assert verdict(with_phone(whole, former=(wrong,))).code == "evidence.devices"
    assert verdict(with_phone(whole, former=())).code == "evidence.devices", "the centre vouches for both"
    old = verdict(with_phone(whole, former=(replace(former, given=None),)))
    assert old.holds and "key_unproved" in old.notes


def test_keys_that_the_centre_does_not_vouch_for_are_none() -> None:
    whole = document()
    phone = phone_of(whole)
    assert phone.vouched is not None
    vouched = read(phone.vouched, Vouched, RECEIPT.public_key, "x")
    for former in ((), (STOLEN.public_key.hex(),), (*vouched.former, *vouched.former)):
        other = state(RECEIPT, replace(vouched, former=former))
        assert verdict(with_phone(whole, vouched=other)).code == "evidence.devices"


def test_a_key_that_was_given_up_signs_nothing_later_and_a_new_one_nothing_before() -> None:
    whole = document()
    for at, key in ((0, cast.PHONE), (1, FIRST_KEY)):
        payload = whole.batches[at].envelope.payload
        forged = signed(dsse.BATCH, payload, dsse.sign(key, dsse.BATCH, payload), key_id(key.public_key))
        batches = list(whole.batches)
        batches[at] = replace(batches[at], envelope=forged)
        assert verdict(replace(whole, batches=tuple(batches))).code == "evidence.batches"
    assert verdict(replace(whole, spooled=(saved(6, FIRST_KEY),))).code == "evidence.batches"


def saved(number: int, key: SoftwareKey = cast.PHONE, entry: str = "", **changes: object) -> Spooled:
    """The vectors' save, said anew."""
    (save,) = document().spooled
    body = entry or save.entry
    payload = Stood(cast.ORIGIN, cast.CENTRE, cast.DEVICE, number, body.encode()).payload
    envelope = signed(dsse.SPOOLED, payload, dsse.sign(key, dsse.SPOOLED, payload), key_id(key.public_key))
    return replace(save, envelope=envelope, entry=body, **changes)


def test_a_save_is_its_phones_stands_once_and_in_the_log() -> None:
    whole = document()

    def code(*saves: Spooled) -> str:
        return verdict(replace(whole, spooled=saves)).code

    second = whole.batches[1].entries[0].entry
    assert code(saved(6)) == ""
    assert code(saved(6, STOLEN)) == "evidence.batches"
    assert code(saved(6), saved(6)) == "evidence.batches"
    assert code(replace(saved(6), entry=second)) == "evidence.entries"
    assert code(saved(4, entry=second)) == "evidence.entries", "it came in a batch, with a receipt"
    for changes in ({"leaf": 2}, {"leaf": 9}, {"leaf": -1}, {"epoch": 0}, {"epoch": 2}, {"path": ()}):
        assert code(saved(6, **changes)) == "evidence.inclusion"
    assert code(saved(7)) == "evidence.inclusion", "the centre's log has no such save"


def test_what_was_adopted_is_what_the_clerk_signed_for() -> None:
    whole = document()
    (one,) = whole.adopted
    owned = read(one.signed.vouched, Owned, RECEIPT.public_key, "x")

    def code(**changes: object) -> str:
        return verdict(replace(whole, adopted=(replace(one, **changes),))).code

    def vouched(**changes: str) -> object:
        return replace(one.signed, vouched=state(RECEIPT, replace(owned, **changes)))

    assert code() == ""
    for numbers in ((), (2,), (1,), (2, 1), (1, 2, 2), (1, 2, 3), (0, 1, 2), (1, 2**70)):
        assert code(numbers=numbers) == "evidence.adoptions", numbers
    for changes in (
        {"person": cast.DEVICE.hex()},
        {"page": "https://another.example"},
        {"page": "https://[daiban.example"},
        {"key": "a0"},
        {"credential": "00"},
        {"centre": "00" * 16},
    ):
        assert code(signed=vouched(**changes)) == "evidence.adoptions", changes
    assert code(signed=replace(one.signed, vouched=whole.batches[0].receipt)) == "evidence.adoptions"
    assert code(entries=()) == "evidence.adoptions"
    assert verdict(replace(whole, adopted=(one, one))).code == "evidence.adoptions"
    alone = verdict(replace(whole, adopted=()))
    assert alone.holds and "adoption_unproved" in alone.notes


def test_what_was_adopted_out_of_a_spool_is_the_phones_own_save() -> None:
    """The server shows another save than the one that the phone signed, of another number, or under another key."""
    whole = document()
    (one,) = whole.adopted_saves
    (save,) = one.saves

    def code(**changes: object) -> str:
        return verdict(replace(whole, adopted_saves=(replace(one, **changes),))).code

    def said(number: int, key: SoftwareKey = STOLEN, device: bytes = cast.OTHER_DEVICE) -> object:
        payload = Stood(cast.ORIGIN, cast.CENTRE, device, number, save.entry.encode()).payload
        return replace(save, envelope=signed(dsse.SPOOLED, payload, dsse.sign(key, dsse.SPOOLED, payload), id_of(key)))

    other = save.entry.replace("13900000003", "13900000009")
    assert code() == code(saves=(said(3),)) == ""
    wrong: object
    for wrong in (said(3, cast.PHONE), said(4), said(3, FIRST_KEY, cast.DEVICE), replace(save, entry=other)):
        assert code(saves=(wrong,)) == "evidence.adoptions"
    for changes in (
        {"saves": ()},
        {"saves": (save, save)},
        {"numbers": (3, 4)},
        {"numbers": ()},
        {"digest": "00" * 32},
        {"digest": one.digest.upper()},
        {"device": cast.DEVICE.hex()},
        {"signed": whole.adopted[0].signed},
    ):
        assert code(**changes) == "evidence.adoptions", changes
    assert verdict(replace(whole, adopted_saves=(one, one))).code == "evidence.adoptions"
    alone = verdict(replace(whole, adopted_saves=()))
    assert alone.holds and "adoption_unproved" in alone.notes


def test_the_desk_makes_up_no_save_that_the_phone_did_not_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server wrote another number into the desk's batch, and shows the save as if the phone had said it."""
    true = evidence_file.adoption.repeated

    def lying(body: bytes, person: str, adopted: str) -> bytes:
        return true(body.replace(b"13900000003", b"13900000009"), person, adopted)

    with monkeypatch.context() as patched:
        patched.setattr(evidence_file.adoption, "repeated", lying)
        whole = document()
    (one,) = whole.adopted_saves
    (save,) = one.saves
    made_up = replace(save, entry=save.entry.replace("13900000003", "13900000009"))
    assert verdict(replace(whole, adopted_saves=(replace(one, saves=(made_up,)),))).code == "evidence.adoptions"


def id_of(key: SoftwareKey) -> bytes:
    return key_id(key.public_key)


def test_an_original_that_nobody_adopted_or_that_is_another_does_not_belong() -> None:
    whole = document()
    (one,) = whole.adopted
    salts = evidence_file.batch.salts(bytes([10]) * 32, 2)
    home = Disclosed(0, salts[:16], cast.CREATED.decode())
    for entries in ((home,), (home, *one.entries), (replace(one.entries[0], index=0),), (home, home)):
        code = verdict(replace(whole, adopted=(replace(one, entries=entries),))).code
        assert code == "evidence.adoptions"


def test_what_the_desk_handed_in_may_not_differ_from_what_was_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's own batch is genuine: the server wrote another number into it than the one that she took on."""
    true = evidence_file.adoption.repeated

    def lying(body: bytes, person: str, adopted: str) -> bytes:
        return true(body, person, adopted).replace(b"13900000001", b"13900000002")

    with monkeypatch.context() as patched:
        patched.setattr(evidence_file.adoption, "repeated", lying)
        forged = document()
    assert verdict(forged).code == "evidence.adoptions"


def test_a_picture_is_what_was_handed_in_sealed() -> None:
    whole = document()
    clear, sealed = whole.photos
    assert sealed.seal is not None and sealed.content is not None

    def code(**changes: object) -> str:
        return verdict(replace(whole, photos=(clear, replace(sealed, **changes)))).code

    for seal in (
        None,
        Seal(sealed.seal.header, bytes(32)),
        Seal(sealed.seal.header, sealed.seal.key[1:]),
        Seal(b"x" * 104, sealed.seal.key),
        Seal(sealed.seal.header + b"x", sealed.seal.key),
    ):
        assert code(seal=seal) == "evidence.photos"
    assert code(content=sealed.content + b"x") == "evidence.photos"
    assert code(content=None) == "evidence.photos", "a seal of nothing"
    beside = verdict(replace(whole, photos=(clear, replace(sealed, content=evidence_file.SEALED, seal=None))))
    assert beside.holds and "photo_sealed" in beside.notes


def test_a_picture_is_the_one_whose_hash_its_device_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key can be made up under which the same sealed bytes open to something else: the picture's own hash tells."""
    said = {"clear_sha256": hashlib.sha256(b"another picture").hexdigest()}
    for told, code, note in ((said, "evidence.photos", False), ({}, "", True)):
        made = evidence_file._photo_entry(evidence_file.SEALED_PHOTO, evidence_file.SEALED, 5, **told)
        monkeypatch.setattr(evidence_file, "_SEALED", made)
        found = verdict(document())
        assert (found.code, "photo_unhashed" in found.notes) == (code, note)
