"""Files from the visitor: by button, paste and drop, with progress, and what is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Route, expect

from tests.browser.desk import Desk
from tests.browser.visitor import Visitor

ONE_RED_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
PNG = base64.b64decode(ONE_RED_PIXEL)

GIVE_FILES = """([target, kind, names, content]) => {
  const host = document.querySelector("[data-inbox-chat]");
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  for (const name of names) transfer.items.add(new File([bytes], name, {type: "image/png"}));
  const options = {bubbles: true, composed: true, cancelable: true};
  const event = kind === "paste" ? new ClipboardEvent("paste", {...options, clipboardData: transfer})
    : new DragEvent(kind, {...options, dataTransfer: transfer});
  host.shadowRoot.querySelector(target).dispatchEvent(event);
}"""


def test_a_file_by_the_button_arrives_whole(
    arrive: Callable[..., Visitor], desk: Desk, downloads: Path
) -> None:
    ana = arrive().visit().open()
    picture, text = downloads / "jacket.png", downloads / "notes with spaces.txt"
    picture.write_bytes(PNG)
    text.write_text("size M", "utf-8")
    with ana.page.expect_file_chooser() as chooser:
        ana.panel.get_by_role("button", name="Attach files").click()
    chooser.value.set_files([picture, text])
    expect(ana.panel.locator(".chip[data-state=ready]")).to_have_count(2)
    ana.write("Two files")
    message = desk.message("Two files")
    assert {one["name"]: desk.file(one["id"]) for one in message["files"]} == {
        "jacket.png": PNG,
        "notes with spaces.txt": b"size M",
    }
    shown = ana.log.get_by_role("img", name="Picture jacket.png")
    expect(shown).to_be_visible()
    assert shown.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") == 1
    with ana.page.expect_download() as download:
        ana.log.get_by_role("link", name="notes with spaces.txt").click()
    assert download.value.path().read_bytes() == b"size M"


def test_files_can_be_pasted_and_dropped(arrive: Callable[..., Visitor], desk: Desk) -> None:
    ana = arrive().visit().open()
    ana.page.evaluate(GIVE_FILES, ["textarea", "paste", ["pasted.png"], ONE_RED_PIXEL])
    expect(ana.panel.get_by_text("pasted.png")).to_be_visible()
    ana.page.evaluate(GIVE_FILES, [".thread", "dragover", ["dropped.png"], ONE_RED_PIXEL])
    expect(ana.panel.get_by_text("Drop files to attach them")).to_be_visible()
    ana.page.evaluate(GIVE_FILES, [".thread", "drop", ["dropped.png"], ONE_RED_PIXEL])
    expect(ana.panel.get_by_text("Drop files to attach them")).to_be_hidden()
    expect(ana.panel.locator(".chip[data-state=ready]")).to_have_count(2)
    ana.panel.get_by_role("button", name="Remove pasted.png").click()
    ana.box.press("Enter")  # a message of a file alone
    sent = desk.wait_for(
        "the file",
        lambda: next(
            (one for one in desk.messages.values() if [f["name"] for f in one["files"]] == ["dropped.png"]),
            None,
        ),
    )
    assert sent["text"] == ""


def test_a_picture_that_comes_late_leaves_the_end_in_sight(
    arrive: Callable[..., Visitor], desk: Desk, downloads: Path
) -> None:
    ana = arrive().visit().open()
    picture = downloads / "large.png"
    picture.write_bytes(ana.page.screenshot())
    for number in range(10):
        ana.write(f"Line {number}")
    ana.panel.locator("input[type=file]").set_input_files(picture)
    expect(ana.panel.locator(".chip[data-state=ready]")).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    ana.page.route("**/files/*?key=*", hold)
    with ana.page.expect_request("**/files/*?key=*"):
        ana.write("Look")
    expect(ana.state_of("Look")).to_contain_text("Sent")
    held[0].continue_()
    image = ana.log.get_by_role("img", name="Picture large.png")
    image.evaluate("async (img) => { await img.decode(); }")
    ana.page.wait_for_function(
        """() => {
          const log = document.querySelector("[data-inbox-chat]").shadowRoot.querySelector(".thread");
          return log.scrollTop > 300 && log.scrollHeight - log.scrollTop - log.clientHeight < 2;
        }"""
    )


def test_what_is_not_taken_is_said(
    create_chat: Callable[..., str], arrive: Callable[..., Visitor], downloads: Path
) -> None:
    ana = arrive(create_chat(max_file_mb=1)).visit().open()
    page, big, false = downloads / "page.html", downloads / "big.txt", downloads / "false.png"
    page.write_text("<p>", "utf-8")
    big.write_text("x" * 1_100_000, "utf-8")
    false.write_bytes(b"\x7fELF\x02\x01\x01\x00")
    picker = ana.panel.locator("input[type=file]")
    picker.set_input_files([page, big])
    alert = ana.panel.get_by_role("alert")
    expect(alert).to_contain_text("page.html is a kind of file that can't be sent here.")
    expect(alert).to_contain_text("big.txt is larger than")
    expect(ana.panel.locator(".chip")).to_have_count(0)
    picker.set_input_files(false)  # the relay looks into it
    expect(ana.panel.locator(".chip[data-state=failed]")).to_contain_text("Not uploaded")


def test_a_message_waits_for_its_file_and_an_upload_for_the_network(
    arrive: Callable[..., Visitor], desk: Desk, downloads: Path
) -> None:
    ana = arrive().visit().open()
    picture = downloads / "slow.png"
    picture.write_bytes(PNG)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    ana.page.route("**/files?*", hold)
    ana.panel.locator("input[type=file]").set_input_files(picture)
    expect(ana.panel.get_by_role("progressbar", name="Uploading")).to_be_visible()
    ana.write("With picture")
    expect(ana.panel.get_by_role("alert")).to_contain_text("as soon as its files are uploaded")
    expect(ana.log.locator(".mine")).to_have_count(0)
    held[0].abort()
    expect(ana.panel.get_by_text("Uploads when you're back online")).to_be_visible()
    ana.page.unroute("**/files?*")
    ana.context.set_offline(True)
    ana.context.set_offline(False)
    expect(ana.panel.locator(".chip[data-state=ready]")).to_be_visible()
    expect(ana.panel.get_by_role("alert")).to_have_text("")
    ana.box.press("Enter")
    assert [file["name"] for file in desk.message("With picture")["files"]] == ["slow.png"]


def test_what_a_reload_cuts_off_is_said(arrive: Callable[..., Visitor], desk: Desk, downloads: Path) -> None:
    ana = arrive().visit().open()
    slow, false, quick = downloads / "slow.png", downloads / "false.png", downloads / "quick.png"
    for path, content in ((slow, PNG), (false, b"\x7fELF\x02\x01\x01\x00"), (quick, PNG)):
        path.write_bytes(content)
    picker = ana.panel.locator("input[type=file]")
    picker.set_input_files([quick, false])
    expect(ana.panel.locator(".chip[data-state=ready]")).to_have_count(1)
    expect(ana.panel.locator(".chip[data-state=failed]")).to_have_count(1)
    ana.page.route("**/files?*", lambda _route: None)
    picker.set_input_files(slow)
    ana.box.fill("See these")
    ana.page.reload()
    alert = ana.panel.get_by_role("alert")
    expect(alert).to_have_text("slow.png was not uploaded before the page changed. Please attach it again.")
    expect(ana.box).to_have_value("See these")
    expect(ana.panel.locator(".chip")).to_have_count(1)
    ana.page.unroute("**/files?*")
    ana.panel.locator("input[type=file]").set_input_files(slow)
    expect(alert).to_have_text("")
    expect(ana.panel.locator(".chip[data-state=ready]")).to_have_count(2)
    ana.box.press("Enter")
    names = {file["name"] for file in desk.message("See these")["files"]}
    assert names == {"quick.png", "slow.png"}
