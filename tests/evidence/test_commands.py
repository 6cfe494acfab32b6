"""``daiban evidence`` and ``daiban verify`` as people type them, and what other tools make of the parts."""

import asyncio
import base64
import hashlib
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from daiban_client_sdk.cli.main import group
from daiban_client_sdk.errors import DeviceError, InvalidEntryError
from daiban_schemas import mandate
from daiban_server import audit
from daiban_server.audit import NEWEST, Wanted
from daiban_server.evidence.command import evidence
from daiban_sync.evidence import verify
from daiban_sync.evidence.verdict import NOTES, STEPS
from daiban_sync.evidence.words import BESIDE, NOT_PROVED, PROVES
from tests.evidence.home import begun, exported, handed_in, picture
from tests.support.township import Township


class Desk:
    """A terminal at the server and one anywhere."""

    def __init__(self, town: Township, case: str) -> None:
        self.town, self.case = town, case
        self.file = town.folder / "case.evidence"
        self.root = town.services.keys.root_key.hex()

    async def export(self, *more: str, case: str = "") -> Result:
        """``daiban evidence CASE …`` beside the running server."""
        settings = self.town.services.settings
        words = [case or self.case, "--data", str(settings.data), "--database", settings.database]
        words += ["--out", str(self.file), "--reason", "行政复议", *more]
        return await asyncio.to_thread(CliRunner().invoke, evidence, words)

    def verify(self, *more: str, language: str = "zh") -> Result:
        """``daiban verify FILE …``."""
        return CliRunner().invoke(group, ["--lang", language, "verify", str(self.file), *more])


@pytest.fixture
async def desk(township: Township) -> Desk:
    wang = await township.device("王芳")
    await township.household(wang)
    await wang.sync()
    return Desk(township, await handed_in(township, wang))


async def test_a_case_is_exported_beside_the_running_server_and_holds(desk: Desk) -> None:
    done = await desk.export()
    assert done.exit_code == 0, done.output
    assert desk.root in done.output
    told = desk.verify("--root", desk.root)
    assert told.exit_code == 0, told.output
    assert "证据成立。" in told.output
    assert all(words.zh in told.output for words in (*PROVES.values(), *NOT_PROVED))
    english = desk.verify("--root", desk.root, language="en")
    assert "It holds." in english.output
    assert all(words.en in english.output for words in (*PROVES.values(), *NOT_PROVED))


async def test_a_case_is_found_by_its_number_and_an_unknown_one_is_not(desk: Desk) -> None:
    clerk = await desk.town.signed_in("赵敏")
    await clerk.post(f"/v1/records/application/{desk.case}/commands/receive", json={})
    number = (await clerk.get(f"/v1/cases/{desk.case}")).json()["case"]["number"]
    assert (await desk.export(case=number.lower())).exit_code == 0
    assert number in desk.verify("--root", desk.root).output
    unknown = await desk.export(case="JM-不存在")
    assert unknown.exit_code == 1
    assert "record.unknown" in unknown.output


async def test_an_auditor_sees_which_case_left_the_house_and_how(desk: Desk) -> None:
    await desk.export()
    await exported(desk.town, desk.case)
    acts = await desk.town.services.database.read(audit.listed(Wanted(None, "evidence.export"), NEWEST, 9))
    assert [(act.name, act.told, act.subject.hex()) for act in acts] == [
        ("李红", "申请 张*兰", desk.case),
        (None, "申请 张*兰（在服务器上用命令）", desk.case),
    ]


async def test_it_is_said_who_handed_in_what_when_and_who_signed_the_mandate(desk: Desk) -> None:
    await desk.export()
    said = desk.verify("--root", desk.root).output
    verdict = verify(desk.file.read_bytes(), desk.town.services.keys.root_key)
    (batch,) = verdict.facts.handed
    assert batch.whose == "王芳"
    assert batch.earliest is not None and batch.earliest <= batch.latest
    assert "王芳的手机第2批" in said and "收到不晚于20" in said
    assert "委托书：委托人张桂兰，受托人王芳，事项" in said and "期限2026-01-01至2036-12-31" in said
    assert "委托书签署：张桂兰，手写签名，由王芳的手机上报" in said
    english = desk.verify("--root", desk.root, language="en").output
    assert "Mandate signed: 张桂兰, drawn signature, handed in by 王芳's phone" in english
    assert "mandate_altered" not in verdict.notes


async def test_what_was_written_under_a_signature_later_is_told_apart(sqlite_township: Township) -> None:
    """The mandate as it was signed stands; that somebody wrote something else into it is said beside."""
    town = sqlite_township
    wang, liu = await town.device("王芳"), await town.device("刘强")
    case = await handed_in(town, wang)
    await liu.sync()
    (given,) = await liu.records("mandate", case)
    form = await liu.open(given.record)
    form.values.pop("signers")
    await liu.save(form, {"powers": ["领取补贴款"]})
    await liu.sync()
    desk = Desk(town, case)
    await desk.export()
    said = desk.verify("--root", desk.root).output
    assert "又被改写" in said and "领取补贴款" not in said


async def test_a_file_is_made_for_a_reason_and_for_nobody_elses_eyes(desk: Desk) -> None:
    for reason in (" ", "字" * 201):
        refused = await desk.export("--reason", reason)
        assert refused.exit_code == 1 and "evidence.reason" in refused.output
        assert not desk.file.exists()
    await desk.export("--dsse", str(desk.file.with_name("parts")))
    parts = [desk.file, *desk.file.with_name("parts").iterdir()]
    assert {one.stat().st_mode & 0o077 for one in parts} == {0}, "it holds a family's papers"


async def test_an_altered_file_is_told_with_the_first_thing_that_fails(desk: Desk) -> None:
    await desk.export()
    text = desk.file.read_text(encoding="utf-8")
    desk.file.write_text(text.replace("张桂兰", "张桂花"), encoding="utf-8")
    told = desk.verify("--root", desk.root)
    assert told.exit_code == 1
    assert "证据不成立" in told.output and "evidence.entries" in told.output
    assert "✗  6." in told.output and "–  7." in told.output
    machine = json.loads(desk.verify("--root", desk.root, "--json").output)
    assert (machine["holds"], machine["code"]) == (False, "evidence.entries")
    assert machine["where"].startswith("batches/")


async def test_the_root_key_comes_from_the_option_a_file_or_an_enrolled_phone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.export()
    public = desk.town.services.settings.data / "keys" / "root.pub"
    assert desk.verify("--root", str(public)).exit_code == 0
    (phone,) = desk.town.folder.glob("王芳-*")
    assert desk.verify("--device", str(phone)).exit_code == 0
    (desk.file.parent / "root.pub").write_bytes(public.read_bytes())
    monkeypatch.chdir(tmp_path)
    Path("k" * 64).write_bytes(public.read_bytes())
    assert desk.verify("--root", "k" * 64).exit_code == 0, "a file's name may be as long as a key in digits"
    for words in (["--device", str(tmp_path / "none")], ["--root", "00"], ["--root", str(desk.file)]):
        refused = desk.verify(*words)
        assert isinstance(refused.exception, DeviceError), refused.output
        assert refused.exception.code == "evidence.root"


async def test_verify_needs_neither_server_nor_network(desk: Desk) -> None:
    """The modules that it loads are the SDK's: none of the server's, and no socket is opened."""
    await desk.export()
    program = (
        "import socket, sys\n"
        "def no(*a, **k): raise SystemExit('a socket')\n"
        "socket.socket.connect = no\n"
        "from daiban_client_sdk.cli.main import group\n"
        "try: group(sys.argv[1:], standalone_mode=False)\n"
        "finally: assert not {m.split('.')[0] for m in sys.modules} & {'daiban_server', 'litestar', 'sqlalchemy'}\n"
    )
    words = ["verify", str(desk.file), "--root", desk.root]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, *words)
    assert await process.wait() == 0


async def test_other_tools_verify_every_envelope(desk: Desk, tmp_path: Path) -> None:
    """securesystemslib knows DSSE and nothing of ours."""
    await desk.export("--dsse", str(tmp_path / "parts"))
    assert desk.verify("--root", desk.root, "--dsse", str(tmp_path / "again")).exit_code == 0
    files = sorted((tmp_path / "parts").iterdir())
    assert [one.read_bytes() for one in files] == [one.read_bytes() for one in sorted((tmp_path / "again").iterdir())]
    keys = json.loads((tmp_path / "parts" / "keys.json").read_bytes())
    root = bytes.fromhex(desk.root)
    known = [SSlibKey(id_, "ed25519", "ed25519", {"public": key}) for id_, key in keys.items()]
    known.append(SSlibKey(hashlib.sha256(root).hexdigest()[:16], "ed25519", "ed25519", {"public": desk.root}))
    envelopes = [one for one in files if one.name.endswith(".dsse.json")]
    assert {one.name.split("-")[0].split(".")[0] for one in envelopes} == {"keyring", "device", "batch", "stated"}
    for one in envelopes:
        accepted = Envelope.from_dict(json.loads(one.read_bytes())).verify(known, 1)
        assert len(accepted) == 1, one.name


async def test_the_pictures_are_what_was_handed_in_and_can_be_looked_at(
    sqlite_township: Township, tmp_path: Path
) -> None:
    wang = await sqlite_township.device("王芳")
    case = await begun(sqlite_township, wang)
    kept = await wang.attach_photo(case, picture(tmp_path / "id.jpg"), paper="居民身份证")
    await wang.sync()
    desk = Desk(sqlite_township, case)
    await desk.export("--photos")
    told = desk.verify("--root", desk.root, "--photos", str(tmp_path / "seen"))
    assert "附的照片就是当时交来的那一张" in told.output
    (seen,) = (tmp_path / "seen").iterdir()
    assert seen.name == f"photo-{kept.record}.jpg" and seen.read_bytes().startswith(b"\xff\xd8\xff")
    altered = desk.file.read_bytes().replace(b'"content": "/9j/4', b'"content": "/9j/5')
    desk.file.write_bytes(altered)
    told = desk.verify("--root", desk.root, "--photos", str(tmp_path / "forged"))
    assert "evidence.photos" in told.output
    assert not (tmp_path / "forged").exists(), "nobody is shown a picture that does not hold"


def open_note(text: bytes, vkey: str) -> bytes:
    """What a signed note says, by c2sp.org/signed-note alone: the text up to the last blank line, then lines of an em
    dash, the key's name, and base64 of a four-byte key id and the signature. The id is that of name, line feed,
    algorithm 1 and key; a signature of a known key that does not verify refuses the note."""
    name, id_, encoded = vkey.split("+", 2)
    material = base64.b64decode(encoded, validate=True)
    assert material[0] == 1 and len(material) == 33
    assert hashlib.sha256(name.encode() + b"\n" + material).digest()[:4].hex() == id_
    body, blank, tail = text.rpartition(b"\n\n")
    assert blank and tail.endswith(b"\n")
    signed = body + b"\n"
    for line in tail[:-1].split(b"\n"):
        dash, who, signature = line.decode().split(" ")
        raw = base64.b64decode(signature, validate=True)
        assert dash == "—" and not set(" +") & set(who)
        if who == name and raw[:4].hex() == id_:
            Ed25519PublicKey.from_public_bytes(material[1:]).verify(raw[4:], signed)
            return signed
    raise InvalidSignature


async def test_the_checkpoint_is_a_signed_note_of_c2sp(desk: Desk, tmp_path: Path) -> None:
    await desk.export("--dsse", str(tmp_path))
    note = (tmp_path / "log-0.note").read_bytes()
    (vkey,) = (one.read_text().strip() for one in tmp_path.glob("log-0-*.vkey"))
    origin, size, root, *extensions = open_note(note, vkey).decode().splitlines()
    assert origin == vkey.split("+")[0], "c2sp.org/tlog-checkpoint: origin, decimal size, base64 root, extensions"
    assert size.isdecimal() and len(base64.b64decode(root, validate=True)) == 32
    assert all(extensions)
    with pytest.raises(InvalidSignature):
        open_note(note.replace(b"time 1", b"time 2"), vkey)


async def test_a_mandate_is_read_out_and_signed_at_the_command_line(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    case = await begun(sqlite_township, wang)
    folder = str(wang.device.store.folder)

    async def agent(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, group, ["--lang", "zh", "agent", "--device", folder, *words])

    given = await agent("mandate", case, "张桂兰", "--until", "2036-12-31", "--place", "张桂兰家")
    assert given.exit_code == 0, given.output
    assert mandate.TEXTS[mandate.NEWEST].splitlines()[0] in given.output
    record = given.output.split()[-1]
    pressed = ("sign", record, "张桂兰", "--mark", "fingerprint")
    refused = await agent(*pressed, "--witness", "王芳")
    assert isinstance(refused.exception, InvalidEntryError)
    assert (await agent(*pressed, "--witness", "李秀英")).exit_code == 0
    view = await wang.view(record)
    assert view is not None
    assert view.values["signers"][0]["witness"] == "李秀英"
    assert view.values["place"] == "张桂兰家"
    refused = await agent("collect", "mandate", "--record", record, "matter=转让承包地")
    assert isinstance(refused.exception, InvalidEntryError) and refused.exception.code == "mandate.signed"
    assert (await agent("sign", record, "张小军", "--mark", "drawn", "--relation", "儿子")).exit_code == 0


def test_there_are_words_for_everything_that_a_verdict_says() -> None:
    assert tuple(PROVES) == STEPS
    assert tuple(BESIDE) == NOTES
