"""Pictures of every surface, made by driving the playground's page with the real bot: `python -m evals.screenshots`.

They go into `screenshots/`, which is not kept; look at them before calling a surface done. A scene is a function below that
drives the page and leaves it as the picture is to show it; `@scene` names it and says who is looking, at what.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Page, expect
from playwright.sync_api import Error as PlaywrightError

from evals.browser import MISSING, browser, executable
from evals.quoting_model import quoting_model
from footnote import settings as configuration
from footnote.play import workspace
from playground.server import Playground

SECONDS = 60_000
"""Milliseconds that a scene waits for the bot."""
QUESTION = "Who decided on the hydrogen ferries, and when?"
SURE = "When is the first ship to be delivered?"
UNANSWERABLE = "What is the capital of Mongolia?"


@dataclass(frozen=True)
class Scene:
    name: str
    drive: Callable[[Page], None]
    person: str
    place: str
    """A conversation's name, or `app` for the person's conversation with the app."""
    tab: str
    is_dark: bool
    width: int
    has_model: bool
    """Answered by a model that takes its time."""


SCENES: list[Scene] = []


def scene(
    place: str = "general",
    *,
    person: str = "maya",
    tab: str = "",
    dark: bool = False,
    width: int = 1280,
    model: bool = False,
) -> Callable[[Callable[[Page], None]], Callable[[Page], None]]:
    def keep(drive: Callable[[Page], None]) -> Callable[[Page], None]:
        SCENES.append(Scene(drive.__name__, drive, person, place, tab, dark, width, model))
        return drive

    return keep


def send(page: Page, text: str, where: str = "#main") -> None:
    box = page.locator(f"{where} [data-composer] textarea")
    box.fill(text)
    box.press("Enter")


def ask(page: Page, question: str = QUESTION) -> None:
    """Mention the bot in the conversation and open the thread of its finished answer."""
    send(page, f"@footnote {question}")
    asked = page.locator("#messages .message").filter(has_text=question).last
    asked.locator(".replies").click()
    answered(page)


def answered(page: Page, replies: int = 1) -> None:
    """Wait until the open thread holds this many finished messages of the bot."""
    expect(page.locator("#replies .message:has(.badge):not(.streaming)")).to_have_count(replies)
    expect(page.locator("#replies .status, #replies .streaming")).to_have_count(0)


@scene()
def mention_with_sources(page: Page) -> None:
    ask(page)


@scene("random", dark=True)
def mention_in_the_dark(page: Page) -> None:
    page.get_by_role("button", name="Add Footnote").click()
    ask(page)


@scene()
def a_row_of_a_table(page: Page) -> None:
    ask(page, "How many passengers went from Port Callow to Marrow Island by night in 2025?")


@scene()
def quotes(page: Page) -> None:
    ask(page)
    page.locator("#replies").get_by_role("button", name="Show quotes").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def choose(page: Page, entry: str) -> None:
    """From the menu under the answer in the open thread; what arrives meanwhile may close it, so it is opened until it stays."""
    wanted = page.locator("#replies").get_by_role("button", name=entry).last
    while not wanted.is_visible():
        page.locator("#replies").get_by_label("More options").last.click()
        page.wait_for_timeout(300)
    wanted.click()


@scene()
def why_this_answer(page: Page) -> None:
    ask(page)
    choose(page, "Why this answer?")
    expect(page.get_by_role("dialog")).to_contain_text("Time")


@scene()
def feedback(page: Page) -> None:
    ask(page)
    page.locator("#replies").get_by_role("button", name="Not helpful").click()
    expect(page.get_by_role("dialog")).to_contain_text("What is wrong with it?")


@scene()
def human_called(page: Page) -> None:
    ask(page, UNANSWERABLE)
    page.locator("#replies").get_by_role("button", name="Get a human").click()
    expect(page.locator("#replies").get_by_text("Nobody is named")).to_be_visible()


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


@scene()
def abstention(page: Page) -> None:
    ask(page, UNANSWERABLE)


@scene()
def follow_up(page: Page) -> None:
    ask(page)
    send(page, "Who denied it?", "#thread")
    answered(page, 2)


@scene("app")
def direct_message(page: Page) -> None:
    send(page, QUESTION)
    expect(page.locator("main .badge, aside .badge").first).to_be_visible()


@scene()
def ask_privately(page: Page) -> None:
    send(page, f"/ask {QUESTION}")
    expect(page.locator("#messages .ephemeral .badge").first).to_be_visible()
    expect(page.locator("#messages .ephemeral")).to_contain_text("[1]")


@scene(person="ada")
def sources(page: Page) -> None:
    send(page, "/footnote sources")
    expect(page.locator("#messages .ephemeral")).to_be_visible()


@scene()
def agent_pane(page: Page) -> None:
    page.get_by_role("link", name="Ask Footnote").click()
    pane = page.frame_locator("#agent iframe")
    expect(pane.locator("#beginning, .message").first).to_be_visible()


@scene("app")
def suggested_questions(page: Page) -> None:
    expect(page.locator("#prompts form")).to_have_count(4)


@scene(model=True)
def streamed(page: Page) -> None:
    open_streaming(page)


@scene(model=True)
def streamed_to_the_end(page: Page) -> None:
    open_streaming(page)
    answered(page)


@scene(model=True)
def stopped(page: Page) -> None:
    open_streaming(page)
    page.locator("#replies").get_by_role("button", name="Stop").click()
    expect(page.locator("#replies")).to_contain_text("Stopped here")


def open_streaming(page: Page) -> None:
    """Ask, and look at the answer once its first sentence is there."""
    send(page, f"@footnote {QUESTION}")
    page.locator("#messages .message").filter(has_text=QUESTION).last.locator(".replies").click()
    expect(page.locator("#replies .streaming")).to_contain_text("[1]")


@scene("app", tab="home")
def home(page: Page) -> None:
    expect(page.get_by_label("Ask your documents")).to_be_visible()


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


@scene("app", person="ada")
def audit_as_a_file(page: Page) -> None:
    send(page, "/footnote audit export")
    expect(page.locator("#main .file")).to_contain_text("footnote-audit")


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


@scene("app", tab="home")
def asked_from_home(page: Page) -> None:
    box = page.get_by_label("Ask your documents")
    box.fill(QUESTION)
    box.press("Enter")
    page.get_by_role("navigation", name="App").get_by_text("Messages").click()
    expect(page.locator("#messages .badge, #messages .replies").first).to_be_visible()


@scene("app", tab="about")
def about(page: Page) -> None:
    expect(page.locator(".about")).to_be_visible()


@scene()
def message_menu(page: Page) -> None:
    send(page, "The ferries were decided by the council in March.")
    message = page.locator("#messages .message").last
    message.hover()
    message.get_by_label("More actions").click()


def use(page: Page, text: str, shortcut: str) -> None:
    """Write a message and take an entry of its menu."""
    send(page, text)
    message = page.locator("#messages .message").filter(has_text=text).last
    message.hover()
    message.get_by_label("More actions").click()
    message.get_by_role("button", name=shortcut).click()


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
def shared_answer(page: Page) -> None:
    ask_privately(page)
    page.locator("#messages .ephemeral").get_by_role("button", name="Share to channel").click()
    expect(page.locator("#messages")).to_contain_text("maya asked:")


@scene()
def told_to_be_quiet(page: Page) -> None:
    ask(page)
    choose(page, "Stop replying here")
    expect(page.locator("#replies")).to_contain_text("only when I am mentioned")


@scene()
def edited_question(page: Page) -> None:
    ask(page, UNANSWERABLE)
    asked = page.locator("#messages .message").filter(has_text=UNANSWERABLE).last
    asked.hover()
    asked.get_by_label("More actions").click()
    asked.get_by_text("Edit message").click()
    asked.get_by_label("New text").fill(f"@footnote {QUESTION}")
    asked.get_by_role("button", name="Save").click()
    expect(page.locator("#replies")).to_contain_text("The question was edited")


@scene()
def typing_a_mention(page: Page) -> None:
    page.locator("#main [data-composer] textarea").press_sequentially("Hello @")


@scene()
def typing_a_command(page: Page) -> None:
    page.locator("#main [data-composer] textarea").press_sequentially("/")


@scene(width=420)
def on_a_phone(page: Page) -> None:
    ask(page)


def take(slack: Playground, chromium: Browser, each: Scene, folder: Path) -> None:
    """Play one scene in an emptied conversation and keep its picture; a scene that fails keeps what was to be seen."""
    context = chromium.new_context(
        viewport={"width": each.width, "height": 860},
        color_scheme="dark" if each.is_dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(SECONDS)
    expect.set_options(timeout=SECONDS)
    place = slack.im(each.person).id if each.place == "app" else each.place
    slack.forget(place)
    for view in reversed(slack.views(each.person)):
        slack.close(each.person, view)
    page.goto(f"{slack.url}/?as={each.person}&in={place}&tab={each.tab or 'messages'}")
    try:
        each.drive(page)
    finally:
        page.screenshot(path=folder / f"{each.name}.png")
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these scenes; without any, all of them")
    parser.add_argument("--folder", type=Path, default=Path("screenshots"))
    options = parser.parse_args()
    chosen = [each for each in SCENES if not options.names or each.name in options.names]
    path = executable()
    if not chosen or path is None:
        parser.exit(1, f"{MISSING}\n" if chosen else f"The scenes are: {', '.join(each.name for each in SCENES)}\n")
    options.folder.mkdir(parents=True, exist_ok=True)
    with browser(path) as chromium:
        failed = picture([each for each in chosen if not each.has_model], chromium, options.folder)
        with quoting_model() as model, environment(model.settings):
            failed += picture([each for each in chosen if each.has_model], chromium, options.folder)
    sys.exit(1 if failed else 0)


def picture(scenes: list[Scene], chromium: Browser, folder: Path) -> int:
    """All of the scenes, in one workspace; returns how many failed."""
    failed = 0
    if not scenes:
        return failed
    with workspace(configuration.load(), (), 0, print) as (slack, _):
        for each in scenes:
            try:
                take(slack, chromium, each, folder)
                print(f"{folder}/{each.name}.png")
            except (AssertionError, PlaywrightError) as error:
                failed += 1
                print(f"{folder}/{each.name}.png shows how far it came: {str(error).splitlines()[0]}")
    return failed


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """With these variables, for the processes that are begun inside."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    main()
