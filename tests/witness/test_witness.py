"""A second host cosigns; a server that shows two histories is found out; a stated restore is no fork."""

import base64
import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from daiban_client_sdk import AlarmError, Client
from daiban_client_sdk.errors import RefusedError
from daiban_server import keystore
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.jobs.loop import one_round
from daiban_server.witness.app import Watching, create_witness
from daiban_server.witness.command import watching
from daiban_server.witness.memory import Memory
from daiban_sync import cosignature, keyring, merkle, note
from daiban_sync.keys import SoftwareKey
from tests.support.fire import Fire
from tests.support.township import Township, open_township

NAME = "witness.example/second"


def made(town: Township, folder: Path) -> Watching:
    ring = folder / "keyring.json"
    folder.mkdir(parents=True, exist_ok=True)
    ring.write_bytes(town.services.keys.keyring)
    return watching(folder / "witness", NAME, ring, town.services.keys.root_key.hex())


@contextlib.contextmanager
def serving(watching: Watching) -> Iterator[str]:
    """A witness on loopback."""
    config = uvicorn.Config(create_witness(watching), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            threading.Event().wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def asked(town: Township, url: str, watching: Watching) -> None:
    settings = town.services.settings
    object.__setattr__(settings, "witnesses", f"{url} {watching.witness.verifier_key}")


async def cosigned(town: Township) -> str:
    async with town.stranger() as http:
        found = (await http.get(f"/v1/logs/{town.centre.hex()}/cosigned")).json()
    return str(found.get(NAME, ""))


async def growing(town: Township, phone: Client, times: int = 1) -> None:
    for _ in range(times):
        await town.household(phone)
        await phone.sync()


async def test_each_growth_is_cosigned_and_anybody_can_check_that(township: Township, tmp_path: Path) -> None:
    phone, witness = await township.device("王芳"), made(township, tmp_path)
    await growing(township, phone)
    with serving(witness) as url:
        asked(township, url, witness)
        await one_round(township.services)
        first = await cosigned(township)
        await growing(township, phone, 5)
        await one_round(township.services)
        second = await cosigned(township)
    sizes = [int(one.split("\n")[1]) for one in (first, second)]
    assert sizes[0] < sizes[1]
    # By C2SP's text alone: name, hint of algorithm 4, time, and what is signed.
    text, line = second.partition("\n\n")[0] + "\n", second.splitlines()[-1]
    mark, name, packed = line.split(" ")
    raw, key = base64.b64decode(packed), witness.witness.key
    assert (mark, name, len(raw)) == ("—", NAME, 4 + 8 + 64)
    assert raw[:4] == hashlib.sha256(NAME.encode() + b"\n\x04" + key).digest()[:4]
    seconds = int.from_bytes(raw[4:12], "big")
    signed = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    Ed25519PublicKey.from_public_bytes(key).verify(raw[12:], signed)


async def test_a_witness_that_is_away_holds_up_nothing_and_catches_up(township: Township, tmp_path: Path) -> None:
    phone, witness = await township.device("王芳"), made(township, tmp_path)
    asked(township, "http://127.0.0.1:9", witness)
    await growing(township, phone, 2)
    await one_round(township.services)
    assert await cosigned(township) == ""
    with serving(witness) as url:
        asked(township, url, witness)
        await one_round(township.services)
        assert int((await cosigned(township)).split("\n")[1]) == phone.device.frontier().size


async def test_a_witness_that_has_grown_silent_is_told_once_a_week(township: Township, tmp_path: Path) -> None:
    phone, witness = await township.device("王芳"), made(township, tmp_path)

    async def told() -> int:
        await one_round(township.services)
        head = await township.signed_in("李红")
        return [one["code"] for one in (await head.get("/v1/tasks")).json()].count("witness.silent")

    with serving(witness) as url:
        asked(township, url, witness)
        await growing(township, phone, 2)
        assert await told() == 0
    asked(township, "http://127.0.0.1:9", witness)
    await growing(township, phone, 2)
    assert await told() == 0, "a day without the witness is a day"
    township.clock.ahead += 8 * 86_400_000
    assert await told() == 1
    assert await told() == 1


async def test_an_answer_that_was_lost_is_made_good(township: Township, tmp_path: Path) -> None:
    phone, witness = await township.device("王芳"), made(township, tmp_path)
    with serving(witness) as url:
        asked(township, url, witness)
        await growing(township, phone, 3)
        await one_round(township.services)
        await township.services.database.write("test", lambda: rows(schema.cosignature.delete()))
        await growing(township, phone, 2)
        await one_round(township.services)
        assert int((await cosigned(township)).split("\n")[1]) == phone.device.frontier().size


def body(old: int, proof: list[bytes], signed: str) -> bytes:
    return cosignature.request(old, proof, signed)


class Log:
    """A log in memory, signed as the server signs."""

    def __init__(self, signer: SoftwareKey, origin: str) -> None:
        self.signer, self.origin, self.leaves = signer, origin, list[bytes]()

    def nodes(self, level: int, index: int) -> bytes:
        if level == 0:
            return merkle.leaf_hash(self.leaves[index])
        return merkle.node_hash(self.nodes(level - 1, 2 * index), self.nodes(level - 1, 2 * index + 1))

    def signed(self, size: int, time: int = 1) -> str:
        root = merkle.root(size, self.nodes)
        return note.note(note.issue(self.signer, self.origin, size, root, time), self.origin)

    def proof(self, old: int, new: int) -> list[bytes]:
        return merkle.consistency(old, new, self.nodes)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Watching, Log, Log]:
    """A witness, a log, and the same log as somebody rewrote it from its third leaf on."""
    signer, root = SoftwareKey(bytes([1] * 32)), SoftwareKey(bytes([2] * 32))
    ring = keyring.Keyring(1, "ab" * 16, 1, (keyring.ServerKey("receipt", signer.public_key.hex()),))
    (tmp_path / "ring").write_bytes(keyring.issue(root, ring))
    witness = watching(tmp_path / "w", NAME, tmp_path / "ring", root.public_key.hex())
    origin = note.name(bytes.fromhex("ab" * 16), bytes([7] * 16))
    true, false = Log(signer, origin), Log(signer, origin)
    true.leaves = [b"%d" % n for n in range(20)]
    false.leaves = [*true.leaves[:2], *(b"x%d" % n for n in range(18))]
    return witness, true, false


def test_every_growth_is_followed_and_no_second_history(pair: tuple[Watching, Log, Log]) -> None:
    witness, true, false = pair
    old = 0
    for size in (1, 2, 3, 7, 8, 20):
        assert witness.add(body(old, true.proof(old, size), true.signed(size)))[0] == 200
        old = size
    assert witness.add(body(20, [], true.signed(20, 2)))[0] == 200, "the same, signed anew"
    # To a 409 that tells a size, logs answer by asking again from there: here that would be the same for ever.
    assert witness.add(body(20, [], false.signed(20)))[:2] == (409, "text/plain")
    status, kind, told = witness.add(body(7, true.proof(7, 8), true.signed(8)))
    assert (status, kind, told) == (409, "text/x.tlog.size", "20\n")


def test_a_rewritten_log_gets_no_cosignature_whatever_its_proof(pair: tuple[Watching, Log, Log]) -> None:
    witness, true, false = pair
    witness.add(body(0, [], true.signed(5)))
    for proof in (false.proof(5, 12), true.proof(5, 12), [], [bytes(32)] * 4):
        assert witness.add(body(5, proof, false.signed(12)))[0] == 422
    assert witness.add(body(5, true.proof(5, 12), true.signed(12)))[0] == 200


def test_it_refuses_as_the_protocol_says(pair: tuple[Watching, Log, Log]) -> None:
    witness, true, _ = pair
    stranger = Log(SoftwareKey(bytes([9] * 32)), true.origin)
    stranger.leaves = true.leaves
    elsewhere = Log(true.signer, "example.com/log")
    elsewhere.leaves = true.leaves
    signed = true.signed(3)
    for status, sent in (
        (400, b""),
        (400, b"old 01\n\n" + signed.encode()),
        (400, b"\xff\xfe"),
        (400, b"old 0\n" + b"AAAA\n" + b"\n" + signed.encode()),
        (400, body(9, [], signed)),
        (403, body(0, [], stranger.signed(3))),
        (404, body(0, [], elsewhere.signed(3))),
        (422, body(0, [bytes(32)], signed)),
    ):
        assert witness.add(sent)[0] == status, sent[:40]
    assert witness.add(body(0, [], signed))[0] == 200


def test_a_strangers_heap_of_lines_is_refused_unread(pair: tuple[Watching, Log, Log]) -> None:
    """Each line costs a look under each key: 64 KiB of them took seconds, of whoever has no key at all."""
    witness, true, _ = pair
    signed = true.signed(3)
    text, _, own = signed.partition("\n\n")
    foreign, heap = "— a.example AAAA\n", "\nx" * 16_000
    began = time.thread_time()
    for status, below in ((400, "x\n" * 16_000), (403, "x\r" * 16_000), (403, "x\u2028" * 8_000), (400, foreign * 17)):
        assert witness.add(body(0, [], f"{text}\n\n{below}"))[0] == status
        assert witness.add(body(0, [], f"{text}{heap}\n\n{below}"))[0] == 400
    assert time.thread_time() - began < 0.5
    assert witness.add(body(0, [], f"{text}\n\n{foreign * 15}{own}"))[0] == 200


def test_what_it_saw_outlives_it_and_who_lost_it_does_not_go_on(
    pair: tuple[Watching, Log, Log], tmp_path: Path
) -> None:
    witness, true, false = pair
    witness.add(body(0, [], true.signed(6)))
    assert Memory(tmp_path / "w" / "seen.json").seen(true.origin).size == 6
    root = SoftwareKey(bytes([2] * 32)).public_key.hex()
    again = watching(tmp_path / "w", NAME, tmp_path / "ring", root)
    assert again.add(body(0, [], false.signed(6)))[0] == 409
    (tmp_path / "w" / "seen.json").unlink()
    with pytest.raises(ValueError, match="lost"):
        watching(tmp_path / "w", NAME, tmp_path / "ring", root)


async def test_two_phones_that_compare_find_no_fork_where_there_is_none(township: Township) -> None:
    wang, liu = await township.device("王芳"), await township.device("刘强")
    await growing(township, wang, 2)
    early = await wang.checkpoint()
    await growing(township, liu, 3)
    for phone in (wang, liu):
        for seen in (early, await wang.checkpoint(), await liu.checkpoint()):
            await phone.compare(seen)
    with pytest.raises(RefusedError, match=r"checkpoint\.signature"):
        await liu.compare(early.replace("time 1", "time 2"))


async def test_a_server_with_two_histories_is_found_out_by_a_glance_at_the_neighbours_phone(
    township: Township,
) -> None:
    wang = await township.device("王芳")
    await growing(township, wang, 4)
    keys = township.services.keys
    origin = note.name(keys.origin, township.centre)
    size = wang.device.frontier().size
    other = note.issue(keys.receipt, origin, size, hashlib.sha256(b"another history").digest(), 1)
    with pytest.raises(AlarmError, match=r"log\.forked"):
        await wang.compare(note.note(other, origin))
    smaller = note.issue(keys.receipt, origin, size - 1, hashlib.sha256(b"another history").digest(), 1)
    with pytest.raises(AlarmError, match=r"log\.forked"):
        await wang.compare(note.note(smaller, origin))


async def test_a_stated_restore_is_no_fork_and_a_silent_one_is(fire: Fire, tmp_path: Path) -> None:
    town = fire.town
    wang, witness = await town.device("王芳"), made(town, tmp_path)
    with serving(witness) as url:
        asked(town, url, witness)
        await growing(town, wang, 2)
        await one_round(town.services)
        backup = await fire.back_up()
        await growing(town, wang, 2)
        await one_round(town.services)
        before = await wang.checkpoint()
        async with fire.restored(backup) as new:
            asked(new, url, witness)
            await fire.move(wang, to=new)
            await growing(new, wang, 2)
            await one_round(new.services)
            assert (await cosigned(new)).startswith(note.name(new.services.keys.origin, new.centre, 1))
            await wang.compare(before)
            found = await new.services.database.read(rows(select(schema.task.c.code)))
            assert ("witness.refused",) not in found


async def test_a_server_that_was_put_back_in_silence_is_an_alarm(township: Township, tmp_path: Path) -> None:
    """Its database is yesterday's, nobody said so, and it goes on from there: the witness knows better."""
    phone, witness = await township.device("王芳"), made(township, tmp_path)
    await growing(township, phone, 3)
    origin = note.name(township.services.keys.origin, township.centre)
    with serving(witness) as url:
        asked(township, url, witness)
        newest = phone.device.frontier().size
        other = Log(SoftwareKey((township.services.settings.data / "keys" / "receipt.key").read_bytes()), origin)
        other.leaves = [b"%d" % n for n in range(newest + 3)]
        assert witness.add(body(0, [], other.signed(newest + 3)))[0] == 200
        await one_round(township.services)
    head = await township.signed_in("李红")
    assert "witness.refused" in {one["code"] for one in (await head.get("/v1/tasks")).json()}


async def test_a_witness_that_does_not_know_the_newest_key_says_so_until_it_gets_the_keyring(
    database_url: str, tmp_path: Path
) -> None:
    async with open_township(tmp_path, database_url) as town:
        await growing(town, await town.device("王芳"))
        witness, keys = made(town, tmp_path / "w"), town.services.settings.data / "keys"
        with serving(witness) as url:
            asked(town, url, witness)
            await one_round(town.services)
            keystore.rotate(keys, "receipt", keys / "root.key")
            town.services.keys = keystore.load(keys)
            clerk = await town.signed_in("赵敏")
            fields = {"place": town.qingshan.hex(), "head": "换了钥匙以后的"}
            await clerk.post("/v1/records/household", json={"fields": fields})
            before = await cosigned(town)
            await one_round(town.services)
            assert await cosigned(town) == before
        head = await town.signed_in("李红")
        assert "witness.behind" in {one["code"] for one in (await head.get("/v1/tasks")).json()}
        (tmp_path / "w" / "keyring.json").write_bytes(town.services.keys.keyring)
        public = str(keys / "root.pub")
        again = watching(tmp_path / "w" / "witness", NAME, tmp_path / "w" / "keyring.json", public)
        with serving(again) as url:
            asked(town, url, again)
            await one_round(town.services)
        assert await cosigned(town) != before


async def test_the_proofs_that_anybody_may_ask_for_hold(township: Township) -> None:
    phone = await township.device("王芳")
    await growing(township, phone, 6)
    async with township.stranger() as http:
        path = f"/v1/logs/{township.centre.hex()}"
        size = int((await http.get(f"{path}/checkpoint")).text.split("\n")[1])
        for old, new in ((1, size), (3, 5), (size, size)):
            answer = await http.get(f"{path}/consistency?old={old}&new={new}")
            assert answer.status_code == 200, answer.text
        for wrong in (f"old=0&new={size}", f"old=2&new={size + 1}", "old=5&new=3", "old=x&new=3"):
            assert (await http.get(f"{path}/consistency?{wrong}")).status_code in (400, 404)
        assert (await http.get("/v1/logs/nonsense/checkpoint")).json()["code"] == "log.unknown"
        ring = (await http.get("/v1/keyring")).content
        assert json.loads(ring)["payloadType"].endswith("keyring.v1+json")
