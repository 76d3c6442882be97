"""The other places and ways to ask, and what the bot does in channels."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from evals.scenes.scene import QUESTION, SURE, answered, ask, choose, scene, send, use


@scene("app")
def direct_message(page: Page) -> None:
    send(page, QUESTION)
    expect(page.locator("main .badge, aside .badge").first).to_be_visible()


@scene()
def ask_privately(page: Page) -> None:
    send(page, f"/ask {QUESTION}")
    expect(page.locator("#messages .ephemeral .badge").first).to_be_visible()
    expect(page.locator("#messages .ephemeral")).to_contain_text("[1]")


@scene()
def shared_answer(page: Page) -> None:
    ask_privately(page)
    page.locator("#messages .ephemeral").get_by_role("button", name="Share to channel").click()
    expect(page.locator("#messages")).to_contain_text("maya asked:")


@scene()
def agent_pane(page: Page) -> None:
    page.get_by_role("link", name="Ask Footnote").click()
    pane = page.frame_locator("#agent iframe")
    expect(pane.locator("#beginning, .message").first).to_be_visible()


@scene("app")
def suggested_questions(page: Page) -> None:
    expect(page.locator("#prompts form")).to_have_count(4)


@scene("app", tab="home")
def asked_from_home(page: Page) -> None:
    box = page.get_by_label("Ask your documents")
    box.fill(QUESTION)
    box.press("Enter")
    page.get_by_role("navigation", name="App").get_by_text("Messages").click()
    expect(page.locator("#messages .badge, #messages .replies").first).to_be_visible()


@scene("app", tab="home")
def home(page: Page) -> None:
    expect(page.get_by_label("Ask your documents")).to_be_visible()


@scene("app", tab="about")
def about(page: Page) -> None:
    expect(page.locator(".about")).to_be_visible()


@scene()
def message_menu(page: Page) -> None:
    send(page, "The ferries were decided by the council in March.")
    message = page.locator("#messages .message").last
    message.hover()
    message.get_by_label("More actions").click()


@scene()
def channel_summary(page: Page) -> None:
    for text in (
        "Which ferry goes into Monday's paper?",
        "We have decided to print the night ferry on page one.",
        "I will ask the harbour office for the figures by Friday.",
        "Who can proofread it?",
    ):
        send(page, text)
        expect(page.locator("#messages .message").last).to_contain_text(text)
    send(page, "/summarize since 3d")
    expect(page.locator("#messages .ephemeral")).to_contain_text("Read 4 of 4 messages")


@scene()
def message_checked(page: Page) -> None:
    use(
        page,
        "151700 passengers went from Port Callow to Marrow Island by night in 2025. Elephants fly. Who knew?",
        "Check this message",
    )
    expect(page.locator("#messages .ephemeral")).to_contain_text("against the documents")


@scene()
def why_here(page: Page) -> None:
    send(page, "/footnote why-here")
    expect(page.locator("#messages .ephemeral")).to_contain_text("What applies in this channel")


@scene("random")
def welcome(page: Page) -> None:
    add = page.get_by_role("button", name="Add Footnote")
    if add.is_visible():
        add.click()
    expect(page.locator("#messages")).to_contain_text("Hello, I am Footnote")


@scene()
def told_to_be_quiet(page: Page) -> None:
    ask(page)
    choose(page, "Stop replying here")
    expect(page.locator("#replies")).to_contain_text("only when I am mentioned")


@scene("desk-private", person="ada")
def unasked(page: Page) -> None:
    send(page, "/footnote settings")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Also questions that mention nobody").click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#messages .ephemeral")).to_contain_text("Saved")
    send(page, "What is the capital of Mongolia?")
    send(page, SURE)
    page.locator("#messages .message").filter(has_text=SURE).locator(".replies").click()
    answered(page)


@scene()
def typing_a_mention(page: Page) -> None:
    page.locator("#main [data-composer] textarea").press_sequentially("Hello @")


@scene()
def typing_a_command(page: Page) -> None:
    page.locator("#main [data-composer] textarea").press_sequentially("/")
