"""A log that a restore began goes on from the log before and from no other: the vectors' file, forged by a server."""

from msgspec.structs import replace

from daiban_sync import note
from daiban_sync.evidence import verify
from daiban_sync.evidence.document import Document, contents, encode
from daiban_sync.evidence.statements import Stated, read, state
from tests.vectors import cast
from tests.vectors.evidence_file import document

ROOT = cast.ROOT.public_key


def code(whole: Document) -> str:
    """What refuses a file that the server signed for anew."""
    assert whole.stated is not None
    said = read(whole.stated, Stated, cast.RECEIPT.public_key, "x")
    again = replace(whole, stated=state(cast.RECEIPT, replace(said, contents=contents(whole))))
    return verify(encode(again), ROOT).code


def test_the_vectors_file_holds() -> None:
    assert verify(encode(document()), ROOT).holds
    assert code(document()) == ""


def test_a_log_that_forgot_batches_is_no_forerunner() -> None:
    """The centre signs another end of the old log, one that lacks a batch: the root key's word is against it."""
    whole = document()
    first, second = whole.logs
    name = note.name(cast.ORIGIN, cast.CENTRE)
    other = note.note(note.issue(cast.RECEIPT, name, 1, b"x" * 32, cast.NINE), name)
    assert code(replace(whole, logs=(replace(first, checkpoint=other), second))) == "evidence.logs"


def test_no_log_is_left_out_of_the_middle_or_put_before_itself() -> None:
    whole = document()
    first, second = whole.logs
    for logs in ((second,), (second, first), (first, second, second), (first, replace(second, restored=None))):
        assert code(replace(whole, logs=logs)) == "evidence.logs"


def test_the_restore_is_the_root_keys_word_alone() -> None:
    whole = document()
    first, second = whole.logs
    forged = replace(second, restored=whole.batches[0].receipt)
    assert code(replace(whole, logs=(first, forged))) == "evidence.logs"
