"""What owners see and do."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page, expect

from evals.scenes.scene import UNANSWERABLE, answered, ask, scene, send, use


@scene(person="ada")
def sources(page: Page) -> None:
    send(page, "/footnote sources")
    expect(page.locator("#messages .ephemeral")).to_be_visible()


@scene(person="ada")
def dropped_file(page: Page) -> None:
    rota = b"Crew rota\n\nThe rota of the Petrel names Ines Calder as chief engineer for the whole of 2027."
    files: list[FilePayload] = [
        {"name": "rota.txt", "mimeType": "text/plain", "buffer": rota},
        {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 100},
    ]
    page.locator("#main [data-composer] input[type=file]").set_input_files(files)
    send(page, "@footnote")
    page.locator("#messages .message .replies").last.click()
    answered(page)
    send(page, "Who is chief engineer of the Petrel in 2027?", "#thread")
    answered(page, 2)


@scene(person="ada")
def offer_to_add(page: Page) -> None:
    use(page, "See https://example.com/timetable for the new times", "Add to library")
    expect(page.locator("#messages .ephemeral")).to_contain_text("Who may get answers")


@scene(person="ada")
def channel_settings(page: Page) -> None:
    send(page, "/footnote settings")
    expect(page.get_by_role("dialog")).to_contain_text("When to answer")


@scene(person="ada")
def feedback_inbox(page: Page) -> None:
    ask(page)
    page.locator("#replies").get_by_role("button", name="Not helpful").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("It is out of date").click()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    send(page, "/footnote feedback")
    expect(dialog).to_contain_text("It is out of date")


@scene("app", tab="home", person="ada")
def home_of_an_administrator(page: Page) -> None:
    expect(page.get_by_label("Ask your documents")).to_be_visible()


@scene("app", tab="home", person="ada")
def administration(page: Page) -> None:
    page.get_by_text("Channels", exact=True).last.scroll_into_view_if_needed()


@scene(person="ada")
def document_for_a_question(page: Page) -> None:
    """The chart, the questions and their menus behind it."""
    ask(page, UNANSWERABLE)
    page.get_by_role("link", name="Footnote", exact=True).click()
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.locator("#main .block.image img")).to_be_visible()
    entry = page.get_by_role("button", name="Add a document for this…").last
    while not entry.is_visible():
        page.locator("#main").get_by_label("More options").last.click()
        page.wait_for_timeout(300)
    entry.click()
    expect(page.get_by_role("dialog")).to_contain_text("Its address on the web")


@scene("app", tab="home", person="ada")
def health(page: Page) -> None:
    page.get_by_text("All feedback", exact=True).scroll_into_view_if_needed()


@scene("app", tab="home", person="ada")
def the_record(page: Page) -> None:
    page.get_by_role("button", name="Show more, and verify").click()
    expect(page.get_by_role("dialog")).to_contain_text("as they were written")


@scene(person="ada")
def audit(page: Page) -> None:
    send(page, "/footnote sources")
    expect(page.locator("#messages .message").last).to_contain_text("id ")
    send(page, "/footnote audit 7d")
    expect(page.locator("#messages .message").last).to_contain_text("Audit trail since 7d")


@scene("app", person="ada")
def audit_as_a_file(page: Page) -> None:
    send(page, "/footnote audit export")
    expect(page.locator("#main .file")).to_contain_text("footnote-audit")
