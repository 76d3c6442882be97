"""Modals, App Home and menus in a real browser, with a real app behind them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient

from playground.server import Playground

Running = Callable[[Playground, Callable[[AsyncApp], None]], AbstractContextManager[AsyncApp]]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def options(*names: str) -> list[dict[str, Any]]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def field(label: str, kind: str, **element: Any) -> dict[str, Any]:
    inner = {"type": kind, "action_id": "it", **element}
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": inner}


FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("A new book"),
    "submit": plain("Save"),
    "close": plain("Leave"),
    "blocks": [
        field("Title", "plain_text_input"),
        field("Notes", "rich_text_input"),
        field("Pages", "number_input", is_decimal_allowed=False, min_value="1"),
        field("Mail", "email_text_input"),
        field("Site", "url_text_input"),
        field("Day", "datepicker"),
        field("Hour", "timepicker"),
        field("Kind", "static_select", options=options("Novel", "Essay")),
        field("Tags", "multi_static_select", options=options("Sea", "Moon", "Sun")),
        field("Reader", "users_select"),
        field("Place", "channels_select"),
        field("Shelf", "radio_buttons", options=options("Upper", "Lower")),
        field("Flags", "checkboxes", options=options("Rare", "Lent")),
        field("Author", "external_select", min_query_length=0),
        field("Scan", "file_input"),
    ],
}


class Form:
    """An app whose global shortcut opens the form; it refuses the title "Moby Dick" once it was submitted."""

    def __init__(self) -> None:
        self.values: list[dict[str, Any]] = []
        self.pressed: list[dict[str, Any]] = []

    def __call__(self, app: AsyncApp) -> None:
        @app.shortcut("new_book")
        async def show(ack: Any, body: dict[str, Any], client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @app.options("it")
        async def authors(ack: Any, payload: dict[str, Any]) -> None:
            await ack(options=[{"text": plain(f"{payload['value']} Melville"), "value": "a7"}])

        @app.view("form")
        async def save(ack: Any, view: dict[str, Any]) -> None:
            values = {block_id: held["it"] for block_id, held in view["state"]["values"].items()}
            self.values.append(values)
            if values["title"]["value"] == "Moby Dick":
                await ack(response_action="errors", errors={"title": "We have it."})
            else:
                await ack()

        @app.action("menu")
        async def press(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            self.pressed.append(body["actions"][0])


@pytest.fixture
def slack(start: Callable[..., Playground]) -> Playground:
    return start(page=True)


def test_a_modal_with_every_kind_of_field_is_filled_refused_and_accepted(
    slack: Playground, app: Running, browser_page: Page
) -> None:
    form, page = Form(), browser_page
    with app(slack, form):
        page.goto(f"{slack.url}/?as=maya&in=general")
        page.get_by_role("button", name="New book").click()
        dialog = page.get_by_role("dialog", name="A new book")
        expect(dialog.get_by_label("Title")).to_be_focused()
        dialog.get_by_label("Title").fill("Moby Dick")
        dialog.get_by_label("Notes").fill("A whale.")
        dialog.get_by_label("Pages").fill("635")
        dialog.get_by_label("Mail").fill("ishmael@example.com")
        dialog.get_by_label("Site").fill("https://whale.example")
        dialog.get_by_label("Day").fill("2026-03-02")
        dialog.get_by_label("Hour").fill("08:15")
        dialog.get_by_label("Kind").select_option("Novel")
        for name in ("Sea", "Sun", "Lower", "Rare"):
            dialog.get_by_label(name, exact=True).check()
        dialog.get_by_label("Reader").select_option("Tomás Reyes")
        dialog.get_by_label("Place").select_option("#random")
        dialog.get_by_label("Author").press_sequentially("H")
        expect(dialog.locator("datalist option")).to_have_count(1)
        dialog.get_by_label("Author").fill("H Melville")
        dialog.get_by_label("Scan").set_input_files(
            [{"name": "cover.txt", "mimeType": "text/plain", "buffer": b"Call me Ishmael."}]
        )
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_text("We have it.")).to_be_visible()
        expect(dialog.get_by_label("Title")).to_have_value("Moby Dick")
        expect(dialog.get_by_label("Rare")).to_be_checked()
        dialog.get_by_label("Title").fill("Typee")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
    sent = form.values[-1]
    held = {name: next(value for key, value in each.items() if key != "type") for name, each in sent.items()}
    assert held["title"] == "Typee"
    assert held["notes"]["elements"][0]["elements"] == [{"type": "text", "text": "A whale."}]
    assert [held[name] for name in ("pages", "mail", "site")] == ["635", "ishmael@example.com", "https://whale.example"]
    assert (held["day"], held["hour"]) == ("2026-03-02", "08:15")
    assert (held["kind"]["value"], held["shelf"]["value"]) == ("novel", "lower")
    assert [each["value"] for each in held["tags"]] == ["sea", "sun"]
    assert [each["value"] for each in held["flags"]] == ["rare"]
    assert (held["reader"], held["place"]) == (slack.workspace.other_member.id, slack.workspace.random.id)
    assert held["author"] == {"text": plain("H Melville"), "value": "a7"}
    (file,) = held["scan"]
    assert slack.workspace.files[file["id"]].content == b"Call me Ishmael."


def test_an_incomplete_field_is_named_before_anything_is_sent(
    slack: Playground, app: Running, browser_page: Page
) -> None:
    form = Form()
    with app(slack, form):
        browser_page.goto(f"{slack.url}/?as=maya&in=general")
        browser_page.get_by_role("button", name="New book").click()
        dialog = browser_page.get_by_role("dialog")
        dialog.get_by_role("button", name="Save").click()
        expect(browser_page.locator("#toast")).to_contain_text("“Title”: please complete this required field")
        browser_page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    assert form.values == []


def test_the_home_of_the_app_is_shown_and_pressed(
    slack: Playground, app: Running, browser_page: Page, client: WebClient
) -> None:
    form = Form()
    menu = {
        "type": "static_select",
        "action_id": "menu",
        "placeholder": plain("Pick"),
        "options": options("Sea", "Moon"),
    }
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Welcome*"}, "accessory": menu}
    with app(slack, form):
        client.views_publish(user_id=slack.workspace.member.id, view={"type": "home", "blocks": [section]})
        browser_page.goto(f"{slack.url}/?as=maya&in={slack.im('maya').id}&tab=home")
        expect(browser_page.locator("#home strong")).to_have_text("Welcome")
        browser_page.get_by_label("Pick").select_option("Moon")
        slack.wait_for(lambda: form.pressed)
    assert form.pressed[0]["selected_option"]["value"] == "moon"
    expect(browser_page.get_by_label("Pick")).to_have_value("moon")


@pytest.mark.parametrize("place", ["home", "modal"])
def test_an_input_that_tells_at_once_does_so_on_enter(
    slack: Playground, app: Running, browser_page: Page, client: WebClient, place: str
) -> None:
    form, page = Form(), browser_page
    ask = field("Ask", "plain_text_input", action_id="menu") | {"dispatch_action": True}
    with app(slack, form):
        if place == "home":
            client.views_publish(user_id=slack.workspace.member.id, view={"type": "home", "blocks": [ask]})
        else:
            trigger = slack.slash("maya", "general", "/raw").payload["trigger_id"]
            client.views_open(trigger_id=trigger, view=FORM | {"blocks": [ask]})
        page.goto(f"{slack.url}/?as=maya&in={slack.im('maya').id}&tab=home")
        page.get_by_label("Ask", exact=True).fill("How far is the moon?")
        page.get_by_label("Ask", exact=True).press("Enter")
        slack.wait_for(lambda: form.pressed)
    assert form.pressed[0]["value"] == "How far is the moon?"
    assert form.values == []


def test_an_app_that_does_not_answer_is_said_to_the_person(
    slack: Playground, browser_page: Page, client: WebClient
) -> None:
    button = {"type": "button", "action_id": "x", "text": plain("Press")}
    client.chat_postMessage(
        channel=slack.workspace.general.id, text="x", blocks=[{"type": "actions", "elements": [button]}]
    )
    browser_page.goto(f"{slack.url}/?as=maya&in=general")
    browser_page.get_by_role("button", name="Press").click()
    expect(browser_page.locator("#trouble")).to_contain_text("Librarian did not respond")
