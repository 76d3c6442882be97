"""The page in a real browser: what a person sees, types and presses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from slack_sdk import WebClient

from playground.server import Playground

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763b8f9fd0900058802c1b1e02d4d"
    "0000000049454e44ae426082"
)


@pytest.fixture
def slack(start: Callable[..., Playground]) -> Playground:
    return start(page=True)


@pytest.fixture
def general(slack: Playground, browser_page: Page) -> Page:
    """The page of a member in #general, which has not been loaded again while `still` is true."""
    browser_page.goto(f"{slack.url}/?as=maya&in=general")
    browser_page.evaluate("window.still = true")
    return browser_page


def composer(page: Page, where: str = "#main") -> Locator:
    return page.locator(f"{where} [data-composer] textarea")


def send(page: Page, text: str, where: str = "#main") -> None:
    composer(page, where).fill(text)
    composer(page, where).press("Enter")


def stays(page: Page) -> bool:
    return bool(page.evaluate("window.still === true"))


def test_what_is_typed_and_sent_appears_without_a_reload(slack: Playground, general: Page) -> None:
    send(general, "Good morning")
    expect(general.locator("#messages .message")).to_contain_text("Good morning")
    expect(composer(general)).to_have_value("")
    assert stays(general)
    assert [message.text for message in slack.messages("general")] == ["Good morning"]


def test_shift_and_enter_begin_a_new_line(slack: Playground, general: Page) -> None:
    composer(general).press_sequentially("one")
    composer(general).press("Shift+Enter")
    composer(general).press_sequentially("two")
    composer(general).press("Enter")
    expect(general.locator("#messages .message")).to_have_count(1)
    assert slack.messages("general")[0].text == "one\ntwo"


def test_a_reply_goes_into_the_thread_and_is_counted(slack: Playground, general: Page) -> None:
    root = slack.post("tomas", "general", "Who sails?")
    general.locator("#messages .message").hover()
    general.get_by_role("link", name="Reply in thread").click()
    expect(composer(general, "#thread")).to_be_focused()
    send(general, "I do", "#thread")
    expect(general.locator("#replies .message").last).to_contain_text("I do")
    expect(general.locator("#messages .replies")).to_contain_text("1 reply")
    assert [message.text for message in slack.messages("general", root)] == ["Who sails?", "I do"]
    general.keyboard.press("Escape")
    expect(general.locator("#thread")).to_have_count(0)


def test_a_mention_is_completed_by_keys(slack: Playground, general: Page) -> None:
    composer(general).press_sequentially("Hello @reyes")
    expect(general.get_by_role("option")).to_have_text(["@tomasTomás Reyes"])
    composer(general).press("Enter")
    expect(composer(general)).to_have_value("Hello @tomas ")
    composer(general).press_sequentially("and @")
    expect(general.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    composer(general).press("Escape")
    expect(general.get_by_role("listbox", name="Suggestions").first).to_be_hidden()
    send(general, "Hello @tomas")
    expect(general.locator("#messages .mention")).to_have_text("@tomas")
    assert slack.messages("general")[0].text == f"Hello <@{slack.workspace.other_member.id}>"


def test_a_command_is_offered_with_its_hint_and_answered_to_one_person(slack: Playground, general: Page) -> None:
    composer(general).press_sequentially("/fi")
    expect(general.get_by_role("option")).to_contain_text("Find a book")
    composer(general).press("Tab")
    composer(general).press_sequentially("the moon")
    composer(general).press("Enter")
    slack.wait_for(lambda: slack.acks)
    payload = slack.acks[0].payload
    assert (payload["command"], payload["text"]) == ("/find", "the moon")
    answer = general.request.post(payload["response_url"], data={"text": "psst"})
    assert answer.ok
    psst = general.locator("#messages .ephemeral", has_text="psst")  # beside Slackbot's, that no app acknowledged
    expect(psst).to_contain_text("Only visible to you")
    general.goto(f"{slack.url}/?as=tomas&in=general")
    expect(general.locator("#messages .ephemeral")).to_have_count(0)


def test_a_wrong_command_is_explained_on_the_page(general: Page) -> None:
    send(general, "/lose it")
    expect(general.locator("#toast")).to_contain_text("/lose is not a valid command")
    expect(composer(general)).to_have_value("/lose it")


def test_files_are_chosen_dropped_and_taken_back(slack: Playground, general: Page) -> None:
    notes = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"The moon."}
    general.locator("#main input[type=file]").set_input_files([notes])
    dropped = general.evaluate_handle(
        """() => { const all = new DataTransfer();
        for (const name of ["a.csv", "b.csv"]) all.items.add(new File(["x,y"], name, { type: "text/csv" }));
        return all; }"""
    )
    general.dispatch_event("#messages", "drop", {"dataTransfer": dropped})
    expect(general.locator("#main .chosen span")).to_contain_text(["notes.txt", "a.csv", "b.csv"])
    general.get_by_role("button", name="Remove a.csv").click()
    general.get_by_role("button", name="Send").click()
    expect(general.locator("#messages .file")).to_contain_text(["notes.txt", "b.csv"])
    sent = slack.messages("general")[0].files
    assert [(file.name, file.content) for file in sent] == [("notes.txt", b"The moon."), ("b.csv", b"x,y")]
    expect(general.locator("#main .chosen span")).to_have_count(0)


def test_a_picture_is_shown(slack: Playground, general: Page) -> None:
    slack.post("maya", "general", "", files=[("dot.png", PICTURE)])
    picture = general.get_by_role("img", name="dot.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("each => each.decode().then(() => each.naturalWidth)") == 1


def test_text_is_seen_while_it_is_written_and_can_be_stopped(
    slack: Playground, general: Page, client: WebClient
) -> None:
    root = slack.post("maya", "general", "?")
    general.goto(f"{slack.url}/?as=maya&in=general&thread={root}")
    general.evaluate("window.still = true")
    where: Any = {"channel": slack.workspace.general.id}
    to: Any = {"recipient_user_id": slack.workspace.member.id, "recipient_team_id": slack.team.id}
    tasks = [{"type": "task_update", "id": "t", "title": "Reading", "status": "in_progress"}]
    stream = client.chat_startStream(thread_ts=root, task_display_mode="plan", chunks=tasks, **where, **to)
    expect(general.locator("#replies .plan .task.in_progress")).to_contain_text("Reading")
    ts = str(stream["ts"])
    client.chat_appendStream(ts=ts, markdown_text="The **moon**", **where)
    expect(general.locator("#replies .streaming strong").last).to_have_text("moon")
    client.chat_appendStream(ts=ts, markdown_text=" is far.", **where)
    expect(general.locator("#replies .streaming")).to_contain_text("The moon is far.")
    general.get_by_role("button", name="Stop").click()
    expect(general.locator("#replies .streaming")).to_have_count(0)
    assert stays(general)
    stream_state = slack.message("general", ts).stream
    assert stream_state is not None
    assert stream_state.state == "stopped_by_user"


def test_one_becomes_somebody_else(slack: Playground, general: Page) -> None:
    general.get_by_role("navigation", name="Who you are").get_by_text("Tomás").click()
    send(general, "As Tomás")
    expect(general.locator("#messages .message")).to_contain_text("Tomás Reyes")
    assert slack.messages("general")[0].user == slack.workspace.other_member.id
    general.get_by_role("navigation", name="Who you are").get_by_text("Gus").click()
    expect(general.locator("#sidebar .name")).to_have_text(["partners", "Librarian"])


def test_what_others_say_elsewhere_is_marked_at_once(slack: Playground, general: Page) -> None:
    slack.post("tomas", "random", f"<@{slack.workspace.member.id}> look")
    expect(general.locator("#sidebar .unread")).to_contain_text("random")
    expect(general.locator("#sidebar .count")).to_contain_text("1")
    general.get_by_role("navigation", name="Conversations").get_by_text("random").click()
    expect(general.get_by_role("separator")).to_have_text("New")
    expect(general.locator("#sidebar .unread")).to_have_count(0)


def test_who_was_called_in_a_thread_is_marked_on_their_face(slack: Playground, general: Page) -> None:
    root = slack.post("maya", "general", "root")
    slack.post("maya", "general", f"<@{slack.workspace.admin.id}> please", root)
    faces = general.get_by_role("navigation", name="Who you are")
    expect(faces.locator(".count")).to_have_text("1 unread")
    faces.get_by_text("Ada").click()
    expect(faces.locator(".count")).to_have_count(0)


def test_messages_are_edited_deleted_and_reacted_to(slack: Playground, general: Page) -> None:
    send(general, "the mooon")
    expect(general.locator("#messages .message")).to_have_count(1)
    composer(general).press("ArrowUp")
    field = general.get_by_role("textbox", name="New text")
    expect(field).to_be_focused()
    field.fill("the moon")
    general.get_by_role("button", name="Save").click()
    expect(general.locator("#messages .message")).to_contain_text("the moon (edited)")
    general.locator("#messages .message").hover()
    general.get_by_role("button", name="React with eyes").click()
    mine = general.locator("#messages .reaction")
    expect(mine).to_have_attribute("aria-pressed", "true")
    mine.click()
    expect(mine).to_have_count(0)
    general.locator("#messages .message").hover()
    general.get_by_label("More actions").click()
    general.get_by_role("button", name="Delete message").click()
    general.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert len(slack.messages("general")) == 1
    general.locator("#messages .message").hover()
    general.get_by_label("More actions").click()
    general.get_by_role("button", name="Delete message").click()
    general.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(general.locator("#messages .message")).to_have_count(0)


def test_a_button_asks_before_it_acts(slack: Playground, general: Page, client: WebClient) -> None:
    texts = {name: {"type": "plain_text", "text": name.title()} for name in ("title", "text", "confirm", "deny")}
    button = {"type": "button", "action_id": "burn", "text": {"type": "plain_text", "text": "Burn"}, "confirm": texts}
    client.chat_postMessage(
        channel=slack.workspace.general.id, text="x", blocks=[{"type": "actions", "elements": [button]}]
    )
    general.get_by_role("button", name="Burn").click()
    dialog = general.get_by_role("dialog", name="Title")
    dialog.get_by_role("button", name="Deny").click()
    expect(dialog).to_be_hidden()
    assert [each.payload["type"] for each in slack.acks if each.kind == "interactive"] == []
    general.get_by_role("button", name="Burn").click()
    dialog.get_by_role("button", name="Confirm").click()
    slack.wait_for(lambda: [each for each in slack.acks if each.kind == "interactive"])


def test_dark_and_light_follow_the_system(general: Page) -> None:
    def ground() -> str:
        return str(general.evaluate("getComputedStyle(document.getElementById('main')).backgroundColor"))

    general.emulate_media(color_scheme="light")
    light = ground()
    general.emulate_media(color_scheme="dark")
    assert (light, ground()) == ("rgb(255, 255, 255)", "rgb(26, 28, 31)")


def test_a_narrow_screen_shows_one_thing_at_a_time(slack: Playground, general: Page) -> None:
    root = slack.post("maya", "general", "root")
    general.set_viewport_size({"width": 400, "height": 700})
    expect(general.locator("#main")).to_be_visible()
    general.goto(f"{slack.url}/?as=maya&in=general&thread={root}")
    expect(general.locator("#main")).to_be_hidden()
    expect(general.locator("#thread")).to_be_visible()
    assert general.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everything_can_be_reached_by_keys(slack: Playground, general: Page) -> None:
    slack.post("maya", "general", "look me up")
    expect(general.locator("#messages .message")).to_have_count(1)
    general.locator("#messages").focus()
    for _ in range(12):
        general.keyboard.press("Tab")
        if general.evaluate("document.activeElement.getAttribute('aria-label')") == "More actions":
            break
    general.keyboard.press("Enter")
    expect(general.get_by_role("button", name="Look up")).to_be_focused()
    general.keyboard.press("Escape")
    expect(general.get_by_role("button", name="Look up")).to_be_hidden()
    assert general.evaluate("document.activeElement.getAttribute('aria-label')") == "More actions"
    general.keyboard.press("Enter")
    expect(general.get_by_role("button", name="Look up")).to_be_focused()
    general.keyboard.press("Enter")
    slack.wait_for(lambda: [each for each in slack.acks if each.payload.get("type") == "message_action"])


def test_whatever_can_be_used_has_a_name(slack: Playground, general: Page) -> None:
    slack.post("maya", "general", "hello", files=[("a.txt", b"x"), ("dot.png", PICTURE)])
    slack.react("tomas", "general", slack.messages("general")[0].ts, "eyes")
    expect(general.locator("#messages .reaction")).to_have_count(1)
    nameless = general.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, img, input:not([type=hidden]), textarea, select")]
        .filter((each) => !(each.closest("dialog:not([open])")))
        .filter((each) => !(each.getAttribute("aria-label") || each.alt || each.textContent.trim()
            || each.querySelector("img[alt]")
            || [...(each.labels || [])].some((label) => label.textContent.trim())))
        .map((each) => each.outerHTML)"""
    )
    assert nameless == []


def test_nothing_comes_from_elsewhere(slack: Playground, browser_page: Page, client: WebClient) -> None:
    blocks = [{"type": "image", "image_url": "https://pictures.example/a.png", "alt_text": "A ship"}]
    client.chat_postMessage(channel=slack.workspace.general.id, text="![x](https://x.example/y.png)", blocks=blocks)
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.goto(f"{slack.url}/?as=maya&in=general")
    expect(browser_page.get_by_role("img", name="A ship")).to_be_visible()
    assert [url for url in asked if not url.startswith((slack.url, "data:"))] == []


def test_without_a_script_everything_works_by_loading_again(slack: Playground, chromium: Browser) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{slack.url}/?as=maya&in=general")
    page.get_by_role("textbox").fill("Plain and simple")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#messages .message")).to_contain_text("Plain and simple")
    page.get_by_role("textbox").fill("/lose it")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert").first).to_contain_text("/lose is not a valid command")
    page.locator("#messages .message").hover()
    page.get_by_role("link", name="Reply in thread").click()
    page.locator("#thread").get_by_role("textbox").fill("A reply")
    page.locator("#thread").get_by_role("button", name="Send").click()
    expect(page.locator("#replies .message").last).to_contain_text("A reply")
    assert [message.text for message in slack.messages("general")] == ["Plain and simple", "A reply"]


def test_the_app_is_asked_beside_the_conversation_and_hears_what_one_looks_at(
    slack: Playground, general: Page, client: WebClient
) -> None:
    general.get_by_role("link", name="Ask Librarian").click()
    pane = general.frame_locator("#agent iframe")
    opened = slack.wait_for(lambda: [each.event for each in slack.acks if each.event["type"] == "app_home_opened"])[0]
    assert [each["value"] for each in opened["context"]["entities"]] == [slack.workspace.general.id]
    client.assistant_threads_setSuggestedPrompts(
        channel_id=slack.im("maya").id, prompts=[{"title": "The moon", "message": "How far is the moon?"}]
    )
    pane.get_by_role("button", name="The moon").click()
    expect(pane.locator("#replies .message")).to_contain_text("How far is the moon?")
    general.get_by_role("navigation", name="Conversations").get_by_text("random").click()
    changed = slack.wait_for(lambda: [each.event for each in slack.acks if each.event["type"] == "app_context_changed"])
    assert [each["value"] for each in changed[0]["context"]["entities"]] == [slack.workspace.random.id]
    general.get_by_role("link", name="Close Librarian").click()
    expect(general.locator("#agent")).to_have_count(0)


def test_a_plan_that_gives_way_to_an_answer_opens_no_menu(slack: Playground, general: Page, client: WebClient) -> None:
    ts = slack.post("maya", "general", "?")
    channel = slack.workspace.general.id
    who = {"recipient_team_id": slack.team.id, "recipient_user_id": slack.workspace.member.id}
    plan = [{"type": "plan_update", "title": "Working"}, {"type": "task_update", "id": "1", "title": "Reading"}]
    stream = str(client.chat_startStream(channel=channel, thread_ts=ts, chunks=plan, **who)["ts"])
    general.goto(f"{slack.url}/?as=maya&in=general&thread={ts}")
    expect(general.locator("#replies details[open]")).to_contain_text("Reading")
    client.chat_stopStream(channel=channel, ts=stream)
    choice = {"text": {"type": "plain_text", "text": "Why?"}, "value": "why"}
    menu = {"type": "actions", "elements": [{"type": "overflow", "action_id": "more", "options": [choice]}]}
    client.chat_update(channel=channel, ts=stream, text="Done.", blocks=[menu])
    expect(general.locator("#replies")).to_contain_text("Why?")
    expect(general.locator("#replies details[open]")).to_have_count(0)


def test_a_menu_at_the_edge_of_its_pane_is_seen_whole(slack: Playground, general: Page, client: WebClient) -> None:
    ts = slack.post("maya", "general", "?")
    choice = {"text": {"type": "plain_text", "text": "Why this answer, and none of the others?"}, "value": "why"}
    menu = {"type": "actions", "elements": [{"type": "overflow", "action_id": "more", "options": [choice]}]}
    client.chat_postMessage(channel=slack.workspace.general.id, thread_ts=ts, text="Done.", blocks=[menu])
    general.goto(f"{slack.url}/?as=maya&in=general&thread={ts}")
    general.locator("#replies").get_by_label("More options").click()
    expect(general.locator("#replies .block .sheet button")).to_be_focused()
    sheet, pane = general.locator("#replies .block .sheet").bounding_box(), general.locator("#thread").bounding_box()
    assert sheet
    assert pane
    assert sheet["x"] >= pane["x"]
    assert sheet["x"] + sheet["width"] <= pane["x"] + pane["width"]
