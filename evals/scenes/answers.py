"""Answers and what is behind their buttons."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from evals.scenes.scene import QUESTION, UNANSWERABLE, answered, ask, choose, scene, send


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


@scene(width=420)
def on_a_phone(page: Page) -> None:
    ask(page)


@scene()
def follow_up(page: Page) -> None:
    ask(page)
    send(page, "Who denied it?", "#thread")
    answered(page, 2)


@scene()
def abstention(page: Page) -> None:
    ask(page, UNANSWERABLE)


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
def quotes(page: Page) -> None:
    ask(page)
    page.locator("#replies").get_by_role("button", name="Show quotes").click()
    expect(page.get_by_role("dialog")).to_be_visible()


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
