"""tus 1.0 as a phone meets it: over a real server, by hand."""

import base64
import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from daiban_schemas.problem import PROBLEMS
from daiban_server.features.photos import tus
from tests.photos.centre import HONGSHAN, HOUR, IDENTITY_CARD, Centre, Device, granted, noise

PHOTO = noise(1_004_000)
HALF = len(PHOTO) // 2


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre(tmp_path) as centre:
        yield centre


@pytest.fixture
def device(centre: Centre) -> Iterator[Device]:
    with Device(centre.url(granted(PHOTO))) as device:
        yield device


def sha(algorithm: str, body: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


def test_options_says_what_the_centre_can_do_without_a_ticket(centre: Centre) -> None:
    with Device(f"http://127.0.0.1:{centre.port}{tus.PATH}") as stranger:
        del stranger.http.headers["Tus-Resumable"]
        for url in (stranger.url, f"{stranger.url}/anything"):
            answer = stranger.http.options(url)
            assert answer.status_code == 204
            assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
            extensions = set(answer.headers["Tus-Extension"].split(","))
            assert {"creation", "checksum", "expiration", "termination"} <= extensions
            assert answer.headers["Tus-Max-Size"] == "50000000"
            assert set(answer.headers["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256"}


def test_a_photo_arrives_in_two_halves_and_is_signed_for_once(centre: Centre, device: Device) -> None:
    created = device.create(len(PHOTO))
    assert created.status_code == 201
    assert created.headers["Location"] == device.url.removeprefix(f"http://127.0.0.1:{centre.port}")
    assert created.headers["Upload-Offset"] == "0"
    assert created.headers["Upload-Expires"] == "Tue, 25 Nov 2025 02:00:00 GMT"

    first = device.send(0, PHOTO[:HALF])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(HALF))
    assert first.headers["Tus-Resumable"] == "1.0.0"
    assert device.offset() == HALF
    assert centre.notebook.stored == []

    assert device.send(HALF, PHOTO[HALF:]).headers["Upload-Offset"] == str(len(PHOTO))
    assert centre.photo(granted(PHOTO)) == PHOTO
    assert centre.notebook.stored == [granted(PHOTO)]


def test_head_says_length_and_offset_and_is_never_cached(device: Device) -> None:
    device.create(len(PHOTO))
    answer = device.http.head(device.url)
    assert answer.headers["Upload-Length"] == str(len(PHOTO))
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_newer_ticket_goes_on_where_the_old_one_left_off(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    device.send(0, PHOTO[:HALF])
    centre.now += HOUR
    assert device.http.head(device.url).status_code == 410
    assert device.send(HALF, PHOTO[HALF:]).json()["code"] == "ticket.expired"

    renewed = granted(PHOTO, expires=centre.now + HOUR)
    with Device(centre.url(renewed)) as again:
        assert again.create(len(PHOTO)).headers["Upload-Offset"] == str(HALF)
        again.send(HALF, PHOTO[HALF:])
    assert centre.notebook.stored == [renewed]


def test_a_finished_upload_may_be_met_again_and_again(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    device.send(0, PHOTO)

    assert device.offset() == len(PHOTO)
    assert device.create(len(PHOTO)).headers["Upload-Offset"] == str(len(PHOTO))
    again = device.send(len(PHOTO), b"")
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, str(len(PHOTO)))
    assert centre.photo(granted(PHOTO)) == PHOTO
    assert set(centre.notebook.stored) == {granted(PHOTO)}


def test_creation_may_bring_the_first_bytes(centre: Centre, device: Device) -> None:
    body = {"Content-Type": "application/offset+octet-stream", "Upload-Length": str(len(PHOTO))}
    created = device.http.post(device.url, content=PHOTO[:HALF], headers=body)
    assert (created.status_code, created.headers["Upload-Offset"]) == (201, str(HALF))

    # Said again, it adds nothing: the answer tells where to go on.
    again = device.http.post(device.url, content=PHOTO[:HALF], headers=body)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(HALF))
    device.send(HALF, PHOTO[HALF:])
    assert centre.photo(granted(PHOTO)) == PHOTO


def test_a_client_without_patch_may_name_its_method_in_a_header(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    headers = {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
        "X-HTTP-Method-Override": "PATCH",
    }
    assert device.http.post(device.url, content=PHOTO, headers=headers).status_code == 204
    assert centre.photo(granted(PHOTO)) == PHOTO


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_damaged_chunk_is_thrown_away_and_the_right_one_taken(centre: Centre, device: Device, algorithm: str) -> None:
    device.create(len(PHOTO))
    damaged = b"\xff" + PHOTO[1:HALF]
    refused = device.send(0, damaged, Upload_Checksum=sha(algorithm, PHOTO[:HALF]))
    assert (refused.status_code, refused.json()["code"]) == (460, "upload.checksum")
    assert device.offset() == 0

    for start in (0, HALF):
        body = PHOTO[start : start + HALF]
        assert device.send(start, body, Upload_Checksum=sha(algorithm, body)).status_code == 204
    assert centre.photo(granted(PHOTO)) == PHOTO


def test_wrong_bytes_at_the_last_hundredth_cost_the_upload_and_sign_nothing(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    device.send(0, PHOTO[:-1])
    refused = device.send(len(PHOTO) - 1, b"\xff")

    assert (refused.status_code, refused.json()["code"]) == (460, "photo.digest")
    assert device.http.head(device.url).status_code == 404
    assert centre.photo(granted(PHOTO)) is None
    assert centre.notebook.stored == []
    assert not any(file.is_file() for file in centre.root.rglob("*"))

    device.create(len(PHOTO))
    assert device.send(0, PHOTO).status_code == 204
    assert centre.notebook.stored == [granted(PHOTO)]


def test_knowing_a_hash_is_not_having_the_photo(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    device.send(0, PHOTO)
    for claim in (granted(PHOTO, record=IDENTITY_CARD), granted(PHOTO, centre=HONGSHAN)):
        with Device(centre.url(claim)) as thief:
            assert thief.create(len(PHOTO)).headers["Upload-Offset"] == "0"
            assert thief.offset() == 0
            thief.send(0, b"\0" * len(PHOTO))
        assert claim not in centre.notebook.stored
    assert centre.photo(granted(PHOTO)) == PHOTO


def test_two_records_may_bring_the_same_photo(centre: Centre, device: Device) -> None:
    card = granted(PHOTO, record=IDENTITY_CARD)
    with Device(centre.url(card)) as other:
        for phone in (device, other):
            phone.create(len(PHOTO))
            phone.send(0, PHOTO)
    assert centre.notebook.stored == [granted(PHOTO), card]
    assert centre.photo(card) == PHOTO


def test_a_partial_upload_can_be_given_up_and_a_finished_photo_cannot(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    device.send(0, PHOTO[:HALF])
    assert device.http.delete(device.url).status_code == 204
    assert device.http.head(device.url).status_code == 404
    assert device.http.delete(device.url).status_code == 404

    device.create(len(PHOTO))
    device.send(0, PHOTO)
    refused = device.http.delete(device.url)
    assert (refused.status_code, refused.json()["code"]) == (409, "upload.stored")
    assert centre.photo(granted(PHOTO)) == PHOTO


def test_while_the_recorder_fails_the_photo_is_not_said_to_have_arrived(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    centre.notebook.failures = 2
    assert device.send(0, PHOTO).status_code == 500
    assert device.http.head(device.url).status_code == 500
    assert centre.photo(granted(PHOTO)) == PHOTO

    assert device.offset() == len(PHOTO)
    assert centre.notebook.stored == [granted(PHOTO)]


class Sending:
    """A PATCH that has begun and brings its bytes as the test says."""

    def __init__(self, centre: Centre, url: str, headers: dict[str, str]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", centre.port), 10)
        standard = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Host": "centre"}
        lines = [f"PATCH {url.split(str(centre.port))[1]} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in {**standard, **headers}.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def bring(self, body: bytes) -> None:
        self.socket.sendall(body)

    def status(self) -> int:
        return int(self.socket.recv(4096).split()[1])

    def cut(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()


def until(true: Callable[[], bool]) -> None:
    """Wait for what another connection does."""
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


def when_begun(centre: Centre) -> None:
    """Wait until the other connection's bytes are being written, without touching its upload's lock."""
    until(lambda: any(file.stat().st_size for file in centre.root.glob("uploads/*/*/[bc]*")))


def when_held(centre: Centre) -> None:
    """Wait until the other connection has its upload's lock, as the kernel lists it."""
    (folder,) = centre.root.glob("uploads/*/*")
    until(lambda: f":{folder.stat().st_ino} " in Path("/proc/locks").read_text())


def when_free(device: Device) -> int:
    """The offset once the centre has noticed that the other connection is gone."""
    until(lambda: device.http.head(device.url).status_code != 423)
    return device.offset()


WHOLE = {"Upload-Offset": "0", "Content-Length": str(len(PHOTO))}


def test_two_patches_at_once_the_second_is_told_to_wait(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    with Sending(centre, device.url, WHOLE) as first:
        first.bring(PHOTO[:HALF])
        when_begun(centre)
        for refused in (device.send(0, PHOTO), device.http.delete(device.url), device.create(len(PHOTO))):
            assert (refused.status_code, refused.json()["code"]) == (423, "upload.busy")
            assert refused.json()["advice"]
        first.bring(PHOTO[HALF:])
        assert first.status() == 204
    assert centre.photo(granted(PHOTO)) == PHOTO


def test_what_came_before_a_cut_stays(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    with Sending(centre, device.url, WHOLE) as link:
        link.bring(PHOTO[:HALF])
        when_begun(centre)
        link.cut()

        reached = when_free(device)
    assert 0 < reached <= HALF
    device.send(reached, PHOTO[reached:])
    assert centre.photo(granted(PHOTO)) == PHOTO


def test_a_cut_chunk_with_a_checksum_leaves_nothing(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    with Sending(centre, device.url, {**WHOLE, "Upload-Checksum": sha("sha256", PHOTO)}) as link:
        link.bring(PHOTO[:HALF])
        when_held(centre)
        link.cut()
        assert when_free(device) == 0


def test_a_link_that_falls_silent_frees_the_upload(
    centre: Centre, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tus, "SILENCE", 0.2)
    device.create(len(PHOTO))
    with Sending(centre, device.url, WHOLE) as link:
        link.bring(PHOTO[:HALF])
        assert link.status() == 204  # the connection is still there, but nothing more came
        assert when_free(device) == HALF


def test_a_body_without_length_that_is_too_long_adds_nothing(centre: Centre, device: Device) -> None:
    device.create(len(PHOTO))
    device.send(0, PHOTO[:1000])
    refused = device.http.patch(
        device.url,
        content=(block for block in (PHOTO[1000:], b"!")),
        headers={"Upload-Offset": "1000", "Content-Type": "application/offset+octet-stream"},
    )
    assert (refused.status_code, refused.json()["code"]) == (413, "upload.too_large")
    assert device.offset() == 1000


OCTETS = "application/offset+octet-stream"
AT_500 = {"Upload-Offset": "500", "Content-Type": OCTETS}


@pytest.mark.parametrize(
    ("method", "headers", "status", "code"),
    [
        ("POST", {"Tus-Resumable": "0.2.2", "Upload-Length": str(len(PHOTO))}, 412, "upload.version"),
        ("PATCH", {"Tus-Resumable": "", "Upload-Offset": "0", "Content-Type": OCTETS}, 412, "upload.version"),
        ("POST", {}, 400, "upload.header"),
        ("POST", {"Upload-Length": "0"}, 400, "upload.length"),
        ("POST", {"Upload-Length": "-1"}, 400, "upload.header"),
        ("POST", {"Upload-Length": "٣"}, 400, "upload.header"),
        ("POST", {"Upload-Length": "9" * 30}, 400, "upload.header"),
        ("POST", {"Upload-Length": str(len(PHOTO) - 1)}, 400, "upload.length"),
        ("POST", {"Upload-Length": str(len(PHOTO) + 1)}, 413, "upload.too_large"),
        ("PATCH", {"Upload-Offset": "500", "Content-Type": "image/jpeg"}, 415, "upload.type"),
        ("PATCH", {"Content-Type": OCTETS}, 400, "upload.header"),
        ("PATCH", {"Upload-Offset": "0", "Content-Type": OCTETS}, 409, "upload.offset"),
        ("PATCH", {"Upload-Offset": "501", "Content-Type": OCTETS}, 409, "upload.offset"),
        ("PATCH", {"Upload-Offset": str(len(PHOTO)), "Content-Type": OCTETS}, 413, "upload.too_large"),
        ("PATCH", {**AT_500, "Upload-Checksum": "md5 A"}, 400, "upload.algorithm"),
        ("PATCH", {**AT_500, "Upload-Checksum": "sha256 ?"}, 400, "upload.header"),
        ("PATCH", {**AT_500, "Upload-Checksum": "sha1"}, 400, "upload.header"),
    ],
)  # fmt: skip
def test_a_bad_request_is_told_what_is_wrong_and_changes_nothing(
    centre: Centre, device: Device, method: str, headers: dict[str, str], status: int, code: str
) -> None:
    device.create(len(PHOTO))
    device.send(0, PHOTO[:500])
    encoded = {name.encode(): value.encode() for name, value in headers.items()}
    answer = device.http.request(method, device.url, headers=encoded, content=b"x" if method == "PATCH" else None)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.json()) == {"type", "title", "status", "code", "detail", "advice"}
    assert answer.json()["title"] == PROBLEMS[code].title
    assert device.offset() == 500
    assert centre.notebook.stored == []


def test_a_made_up_ticket_opens_nothing_and_leaves_nothing(centre: Centre, device: Device) -> None:
    with Device(device.url[:-1] + ("A" if device.url[-1] != "A" else "B")) as stranger:
        for answer in (stranger.create(len(PHOTO)), stranger.send(0, PHOTO), stranger.http.delete(stranger.url)):
            assert (answer.status_code, answer.json()["code"]) == (404, "ticket.invalid")
        assert stranger.http.head(stranger.url).status_code == 404
    assert list(centre.root.iterdir()) == []


def test_bytes_without_a_creation_are_refused(centre: Centre, device: Device) -> None:
    assert device.send(0, PHOTO).json()["code"] == "upload.unknown"
    assert device.http.head(device.url).status_code == 404
    assert list(centre.root.iterdir()) == []
