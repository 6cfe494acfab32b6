"""The township of the second tier, the same for every seed: keys, people, places, and a database to begin from."""

import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlcipher3 import dbapi2

from daiban_server import provision
from daiban_server.app import EFFECTS as EFFECTS
from daiban_server.db import schema, sqlite
from daiban_server.db.migrate import migrate
from daiban_server.db.program import Program, Write
from daiban_server.keystore import ServerKeys
from daiban_sync import keyring
from daiban_sync.ids import NOBODY
from daiban_sync.keyring import SEAL, Keyring, ServerKey
from daiban_sync.keys import SoftwareKey
from daiban_sync.sealing import SealKey
from daiban_sync.sealing import key_id as seal_id
from tests.simulator.cast import PHONES

BEGUN = 1_780_000_000_000


def id_of(text: str) -> bytes:
    """An id that is the same in every run."""
    return sha256(text.encode()).digest()[:16]


ORIGIN = id_of("hanbin district")
CENTRES = {"建民办事处": id_of("jianmin"), "五里镇": id_of("wuli")}
PLACES = ([id_of("青山村"), id_of("白河村")], [id_of("河湾村"), id_of("石泉村")])
TABS = (("赵敏", "赵敏", 0), ("赵敏", "赵敏's second tab", 0), ("钱伟", "钱伟", 0), ("吴丹", "吴丹", 1))

ROOT, _RECEIPT, _DESK = (SoftwareKey(bytes([n]) * 32) for n in (1, 2, 3))
_SEAL = SealKey(bytes([4]) * 32)
_STATED = (
    ServerKey("receipt", _RECEIPT.public_key.hex()),
    ServerKey("desk", _DESK.public_key.hex()),
    ServerKey(SEAL, _SEAL.public.hex()),
)
RING = Keyring(1, ORIGIN.hex(), BEGUN, _STATED)
KEYS = ServerKeys(
    *(ORIGIN, ROOT.public_key, _RECEIPT, _DESK, bytes(32), keyring.issue(ROOT, RING), 1, RING.receipt_keys()),
    {seal_id(_SEAL.public): _SEAL},
)
SEEDS = {id_of(name): sha256(name.encode()).digest() for _, name, _ in PHONES}
KEYS_OF = {device: SoftwareKey(seed) for device, seed in SEEDS.items()}
PERSON_OF = {id_of(name): id_of(person) for person, name, _ in PHONES}


@cache
def template() -> bytes:
    """A migrated database with the township in it, made once a process."""
    with tempfile.TemporaryDirectory(prefix="daiban-setting-", dir=ram()) as folder:
        path = Path(folder) / "daiban.db"
        migrate(f"sqlite:///{path}")
        connection = dbapi2.connect(str(path), isolation_level=None)
        ((_, error),) = sqlite._commit_together(connection, [_set_up])
        if error:
            raise error
        connection.close()
        return path.read_bytes()


def ram() -> str | None:
    """Where files are fastest: what a power cut leaves is the simulator's own matter."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _set_up() -> Program[None]:
    yield from provision.add_centre(NOBODY, "汉滨区", "HB", KEYS, BEGUN)
    for at, (name, id_) in enumerate(CENTRES.items()):
        yield from provision.add_centre(id_, name, f"C{at}", KEYS, BEGUN)
        yield from provision.add_places([provision.Place(id_, id_, None, "centre", name)])
        yield from provision.add_places([provision.Place(one, id_, id_, "point", "村") for one in PLACES[at]])
    centres = list(CENTRES.values())
    people = {person: (at, "agent") for person, _, at in PHONES} | {person: (at, "clerk") for person, _, at in TABS}
    yield from provision.add_people(
        [provision.Person(id_of(name), centres[at], name, "", "1", role) for name, (at, role) in people.items()]
    )
    yield from provision.add_territory(
        list({(id_of(person), place, "A") for person, _, at in PHONES for place in PLACES[at]})
    )
    for person, name, at in PHONES:
        key = KEYS_OF[id_of(name)].public_key
        who = (id_of(name), centres[at], id_of(person), name, key, "active", BEGUN, BEGUN, None, None, None, "", None)
        yield Write(schema.device, [who])
