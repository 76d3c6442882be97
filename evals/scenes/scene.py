"""What a scene is, and how every one of them drives the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

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


def choose(page: Page, entry: str) -> None:
    """From the menu under the answer in the open thread; what arrives meanwhile may close it, so it is opened until it stays."""
    wanted = page.locator("#replies").get_by_role("button", name=entry).last
    while not wanted.is_visible():
        page.locator("#replies").get_by_label("More options").last.click()
        page.wait_for_timeout(300)
    wanted.click()


def use(page: Page, text: str, shortcut: str) -> None:
    """Write a message and take an entry of its menu."""
    send(page, text)
    message = page.locator("#messages .message").filter(has_text=text).last
    message.hover()
    message.get_by_label("More actions").click()
    message.get_by_role("button", name=shortcut).click()
