"""The page in a real browser: what a person sees, types and presses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.server import Playground


@pytest.fixture
def slack(start: Callable[..., Playground]) -> Playground:
    return start(page=True)


def test_what_is_typed_and_sent_appears_without_a_reload(slack: Playground, browser_page: Page) -> None:
    browser_page.goto(f"{slack.url}/?as=maya&in=general")
    browser_page.evaluate("window.still = true")
    browser_page.get_by_role("textbox").fill("Good morning")
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("#messages .message")).to_contain_text("Good morning")
    assert browser_page.evaluate("window.still") is True
    assert [message.text for message in slack.messages("general")] == ["Good morning"]
