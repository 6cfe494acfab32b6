"""代交文件: at a village point's computer, somebody hands in what an agent's phone wrote to a stick."""

from pathlib import Path

from playwright.async_api import Page

from daiban_client_sdk import Client
from tests.console.workday import no_wider_than_the_screen, phone_of
from tests.support.chromium import picture
from tests.support.township import Township

KB = 1024


async def stick(town: Township) -> tuple[Client, list[Path]]:
    """王芳's phone with three homes that nobody has, and the files that she brought."""
    wang = await phone_of(town, "王芳")
    for n in range(3):
        await town.household(wang, f"第{n}户")
    folder = town.folder / "stick"
    folder.mkdir()
    return wang, await wang.export(folder, 64 * KB)


async def test_whoever_sits_there_hands_in_the_files_and_brings_the_receipts_back(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    wang, files = await stick(town)
    broken = town.folder / "stick" / "broken.bundle"
    broken.write_bytes(files[0].read_bytes()[:-7])
    await desk.goto(f"{town.url}/sign-in")
    await desk.get_by_role("link", name="替没有网的代办员交文件").click()
    await picture(desk, "console-hand-in-desk")
    answers: list[Path] = []
    async with desk.expect_download() as caught:
        await desk.get_by_label("导出的文件").set_input_files([*files, broken])
    download = await caught.value
    answers.append(await download.path())
    assert download.suggested_filename == files[0].name + ".answer"
    await desk.get_by_text("都交完了").wait_for()
    told = await desk.locator("main").inner_text()
    assert f"{len(files)} 个已收下，1 个没有收下" in told
    assert "第0户" not in told
    await picture(desk, "console-handed-in-desk")
    for answer in answers:
        status = await wang.receive(answer.read_bytes())
    assert status.may_be_given_back


async def test_without_scripts_one_file_at_a_time(sqlite_township: Township, phone: Page) -> None:
    town = sqlite_township
    wang, files = await stick(town)
    await phone.goto(f"{town.url}/hand-in")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-hand-in-phone")
    async with town.stranger() as http:
        for sent in ({"file": ("x.bundle", b"nothing")}, {"file": ("", b"")}, {"other": ("a", b"b")}):
            answer = await http.post("/hand-in", files=sent)
            assert answer.status_code in (400, 422), answer.text
            assert 'class="errors"' in answer.text or "code" in answer.text
        answer = await http.post("/hand-in", content=b"--x\r\nbroken", headers={"Content-Type": "multipart/form-data"})
        assert answer.status_code in (400, 415, 422), answer.text
        answer = await http.post("/hand-in", files={"file": (files[0].name, files[0].read_bytes())})
        assert answer.headers["content-disposition"].startswith("attachment")
    assert (await wang.receive(answer.content)).may_be_given_back
