"""The page: what is drawn for whom, and that its forms do what people do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient

from playground.manifest import Manifest
from playground.server import Playground

Running = Callable[[Playground, Callable[[AsyncApp], None]], AbstractContextManager[AsyncApp]]


@pytest.fixture
def slack(start: Callable[..., Playground]) -> Playground:
    return start(page=True)


def look(slack: Playground, **query: str) -> BeautifulSoup:
    answer = httpx.get(slack.url + "/", params=query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def do(slack: Playground, what: str, files: Any = None, **fields: Any) -> httpx.Response:
    return httpx.post(f"{slack.url}/do/{what}", data={"as": "maya", "in": "general", **fields}, files=files)


def said(page: BeautifulSoup, where: str = "#messages") -> list[str]:
    return [each.get_text(" ", strip=True) for each in page.select(f"{where} .message .block")]


def test_everybody_sees_their_own_conversations(slack: Playground) -> None:
    def listed(person: str) -> list[str]:
        links = look(slack, **{"as": person}).select("nav#sidebar li a .name")
        return [link.get_text(strip=True) for link in links]

    assert listed("gus") == ["partners", "Librarian"]
    assert listed("ada") == ["general", "partners", "random", "desk-private", "Librarian"]


def test_one_can_be_member_admin_guest_and_external(slack: Playground) -> None:
    roles = [role.get_text() for role in look(slack).select(".people small")]
    assert roles == ["admin", "member", "member", "guest", "external"]


def test_a_message_is_sent_with_its_mentions_resolved(slack: Playground) -> None:
    answer = do(slack, "say", text="@librarian and @tomas: see #general & more")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?as=maya&in={slack.workspace.general.id}")
    workspace = slack.workspace
    tokens = f"<@{slack.bot_user}> and <@{workspace.other_member.id}>: see <#{workspace.general.id}|general> &amp; more"
    assert slack.messages("general")[0].text == tokens
    assert said(look(slack)) == ["@librarian and @tomas : see #general & more"]


def test_a_command_is_a_command(slack: Playground) -> None:
    do(slack, "say", text="/find the moon")
    assert (slack.acks[0].payload["command"], slack.acks[0].payload["text"]) == ("/find", "the moon")


def test_a_wrong_command_is_explained(slack: Playground) -> None:
    fields = {"as": "maya", "in": "general", "text": "/lose it"}
    answer = httpx.post(f"{slack.url}/do/say", data=fields, headers={"X-Live": "1"})
    assert (answer.status_code, "/lose is not a valid command" in answer.json()["trouble"]) == (409, True)


def test_without_a_script_the_next_page_explains_it_once(slack: Playground) -> None:
    assert do(slack, "say", text="/lose it").status_code == 303
    assert "/lose is not a valid command" in look(slack).select_one("#trouble").get_text()  # type: ignore[union-attr]
    assert look(slack).select_one("#trouble").get_text() == ""  # type: ignore[union-attr]


def test_what_others_said_is_new_until_one_has_looked(slack: Playground) -> None:
    def marks(person: str = "maya", at: str = "random") -> list[str]:
        page = look(slack, **{"as": person, "in": at})
        return [each.get_text(" ", strip=True) for each in page.select("#sidebar .unread")]

    look(slack, **{"as": "maya", "in": "general"})
    slack.post("tomas", "general", "hello")
    slack.post("tomas", "general", f"<@{slack.workspace.member.id}> see above")
    assert marks() == ["general 1 unread"]
    page = look(slack, **{"as": "maya", "in": "general"})
    first_new = page.select_one(".new").find_next_sibling("article")  # type: ignore[union-attr]
    assert "hello" in first_new.get_text()  # type: ignore[union-attr]
    assert marks() == []
    assert look(slack, **{"as": "maya", "in": "general"}).select(".new") == []


def test_messages_in_a_row_stand_under_one_name(slack: Playground) -> None:
    for text in ("one", "two"):
        slack.post("maya", "general", text)
    slack.post("tomas", "general", "three")
    assert [each.get_text() for each in look(slack, **{"in": "general"}).select(".by strong")] == [
        "Maya Okafor",
        "Tomás Reyes",
    ]


def test_a_shared_file_opens_as_a_file_and_never_as_a_page(slack: Playground) -> None:
    slack.post("maya", "general", "", files=[("evil page.html", b"<script>alert(1)</script>")])
    shown = look(slack, **{"in": "general"}).select_one("a.file")
    answer = httpx.get(slack.url + str(shown["href"]))  # type: ignore[index]
    assert (answer.content, answer.headers["content-type"]) == (
        b"<script>alert(1)</script>",
        "application/octet-stream",
    )
    assert "attachment" in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_dropped_file_goes_with_the_message(slack: Playground) -> None:
    do(slack, "say", files={"files": ("notes.txt", b"The moon.")}, text="read this")
    assert slack.messages("general")[0].files[0].content == b"The moon."
    assert "notes.txt" in look(slack).select_one("#messages .file").get_text()  # type: ignore[union-attr]


def test_a_thread_opens_beside_the_conversation(slack: Playground) -> None:
    root = slack.post("maya", "general", "root")
    do(slack, "say", text="reply", reply_to=root, thread=root)
    page = look(slack, **{"in": "general", "thread": root})
    assert said(page) == ["root"]
    assert said(page, "#replies") == ["root", "reply"]
    assert page.select_one(".replies strong").get_text() == "1 reply"  # type: ignore[union-attr]


def test_an_ephemeral_is_shown_to_one_person(slack: Playground, client: WebClient) -> None:
    client.chat_postEphemeral(channel=slack.workspace.general.id, user=slack.workspace.member.id, text="psst")
    assert said(look(slack, **{"as": "maya", "in": "general"})) == ["psst"]
    assert said(look(slack, **{"as": "tomas", "in": "general"})) == []


def test_what_documents_say_is_text_and_never_markup(slack: Playground, client: WebClient) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)> "><b>x</b> [j](javascript:alert(1))'
    mrkdwn = {"type": "section", "text": {"type": "mrkdwn", "text": evil}}
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": evil}]}
    blocks: list[dict[str, Any]] = [
        mrkdwn,
        {"type": "markdown", "text": evil},
        {"type": "header", "text": {"type": "plain_text", "text": evil}},
        {"type": "rich_text", "elements": [rich]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": evil}]]},
        {"type": "image", "image_url": "https://x.example/a.png", "alt_text": evil},
    ]
    client.chat_postMessage(channel=slack.workspace.general.id, text="x", blocks=blocks)
    page = look(slack, **{"in": "general"})
    assert page.select("#messages script, #messages img, #messages b") == []
    assert [a["href"] for a in page.select("#messages .message .block a") if "javascript" in str(a["href"])] == []


def test_every_markup_is_drawn(slack: Playground, client: WebClient) -> None:
    mrkdwn = "*bold* _it_ ~out~ `code` <https://x.example|label> <!here>\n> quoted"
    markdown = "**bold** [label](https://x.example)\n\n| a |\n|---|\n| 1 |\n\n```\ncode\n```"
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn}}, {"type": "markdown", "text": markdown}]
    client.chat_postMessage(channel=slack.workspace.general.id, text="x", blocks=blocks)
    first, second = look(slack, **{"in": "general"}).select("#messages .message .block")
    for tag, text in (("strong", "bold"), ("em", "it"), ("s", "out"), ("code", "code"), ("blockquote", "quoted")):
        assert first.select_one(tag).get_text() == text  # type: ignore[union-attr]
    assert first.select_one(".ping").get_text() == "@here"  # type: ignore[union-attr]
    assert [cell.get_text() for cell in second.select("th, td")] == ["a", "1"]
    assert second.select_one("pre").get_text() == "code\n"  # type: ignore[union-attr]


def test_lists_begin_at_their_number_and_stand_at_their_depth(slack: Playground, client: WebClient) -> None:
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    lists = [
        {"type": "rich_text_list", "style": "ordered", "offset": 3, "elements": [item]},
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [item]},
    ]
    client.chat_postMessage(
        channel=slack.workspace.general.id, text="x", blocks=[{"type": "rich_text", "elements": lists}]
    )
    steps, points = look(slack, **{"in": "general"}).select("#messages .message .block :is(ol, ul)")
    assert (steps.name, steps.get("start"), steps.get("data-indent")) == ("ol", "4", None)
    assert (points.name, points.get("start"), points.get("data-indent")) == ("ul", None, "1")


def test_a_button_is_pressed_and_a_modal_filled_in(slack: Playground, app: Running, client: WebClient) -> None:
    plain = {"type": "plain_text", "text": "Book"}
    field = {
        "type": "input",
        "block_id": "b",
        "label": plain,
        "element": {"type": "plain_text_input", "action_id": "t"},
    }
    view = {"type": "modal", "callback_id": "book", "title": plain, "submit": plain, "blocks": [field]}

    def listeners(app: AsyncApp) -> None:
        @app.action("open")
        async def open_modal(ack: Any, body: dict[str, Any], client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        @app.view("book")
        async def save(ack: Any) -> None:
            await ack(response_action="errors", errors={"b": "We have it."})

    button = {"type": "button", "action_id": "open", "text": plain}
    with app(slack, listeners):
        client.chat_postMessage(
            channel=slack.workspace.general.id,
            text="x",
            blocks=[{"type": "actions", "block_id": "row", "elements": [button]}],
        )
        pressed = look(slack, **{"in": "general"}).select_one("#messages form[action='/do/click']")
        fields = {str(each["name"]): str(each["value"]) for each in pressed.select("input")}  # type: ignore[union-attr]
        httpx.post(f"{slack.url}/do/click", data=fields)
        shown = slack.wait_for(lambda: slack.views("maya"))[0]
        assert look(slack).select_one("dialog h2").get_text() == "Book"  # type: ignore[union-attr]
        do(slack, "submit", view=shown.id, **{"field b t": "Moby Dick"})
        slack.wait_for(lambda: shown.errors)
    page = look(slack)
    assert page.select_one("dialog .wrong").get_text() == "We have it."  # type: ignore[union-attr]
    assert page.select_one("dialog input[name='field b t']")["value"] == "Moby Dick"  # type: ignore[index]


def test_the_apps_place_has_home_messages_and_about(slack: Playground, client: WebClient) -> None:
    im = slack.im("maya").id
    home = {"type": "header", "text": {"type": "plain_text", "text": "Welcome"}}
    client.views_publish(user_id=slack.workspace.member.id, view={"type": "home", "blocks": [home]})
    assert look(slack, **{"in": im, "tab": "home"}).select_one("#home h3").get_text() == "Welcome"  # type: ignore[union-attr]
    assert "/find" in look(slack, **{"in": im, "tab": "about"}).select_one(".about").get_text()  # type: ignore[union-attr]
    opened = [each.event["tab"] for each in slack.acks if each.event.get("type") == "app_home_opened"]
    assert opened == ["home"]


def test_turning_to_the_agent_tells_what_was_looked_at(slack: Playground) -> None:
    look(slack, **{"as": "maya", "in": "partners"})
    look(slack, **{"as": "maya", "in": slack.im("maya").id})
    entities = slack.acks[-1].event["context"]["entities"]
    assert [each["value"] for each in entities] == [slack.workspace.shared.id]


def test_suggested_prompts_are_offered(slack: Playground, client: WebClient) -> None:
    im = slack.im("maya").id
    client.assistant_threads_setSuggestedPrompts(
        channel_id=im, title="Ask", prompts=[{"title": "Moon", "message": "How far is it?"}]
    )
    prompt = look(slack, **{"in": im}).select_one("#prompts form")
    assert prompt.select_one("input[name=text]")["value"] == "How far is it?"  # type: ignore[index,union-attr]


def test_prompts_go_when_something_was_said_and_come_when_they_are_set_again(
    slack: Playground, client: WebClient
) -> None:
    im = slack.im("maya").id
    prompts = [{"title": "Moon", "message": "How far is it?"}]

    def offered() -> int:
        return len(look(slack, **{"in": im}).select("#prompts form"))

    client.assistant_threads_setSuggestedPrompts(channel_id=im, prompts=prompts)
    client.chat_postMessage(channel=im, text="Hello")
    assert offered() == 1
    slack.post("maya", im, "How are you?")
    assert offered() == 0
    client.assistant_threads_setSuggestedPrompts(channel_id=im, prompts=prompts)
    assert offered() == 1


def test_a_status_shows_in_its_thread(slack: Playground, client: WebClient) -> None:
    ts = slack.post("maya", "general", "?")
    where: Any = {"channel_id": slack.workspace.general.id, "thread_ts": ts}
    client.assistant_threads_setStatus(status="is reading…", **where)
    page = look(slack, **{"in": "general", "thread": ts})
    assert "is reading…" in page.select_one("#replies .status").get_text()  # type: ignore[union-attr]


def test_a_stream_can_be_stopped(slack: Playground, client: WebClient) -> None:
    im = slack.im("maya").id
    ts = slack.post("maya", im, "?")
    client.chat_startStream(channel=im, thread_ts=ts, markdown_text="Well")
    assert look(slack, **{"in": im, "thread": ts}).select("#replies .stop")
    do(slack, "stop", **{"in": im, "reply_to": ts})
    client.agents_sessions_setStatus(channel_id=im, thread_ts=ts, status="active")  # Slack leaves that to the app
    assert look(slack, **{"in": im, "thread": ts}).select("#replies .stop") == []


def test_editing_offers_what_was_typed(slack: Playground) -> None:
    do(slack, "say", text="@tomas a < b")
    page = look(slack, **{"in": "general"})
    assert page.select_one("form[action='/do/edit'] textarea").get_text() == "@tomas a < b"  # type: ignore[union-attr]
    do(slack, "edit", ts=slack.messages("general")[0].ts, text="@tomas a > b")
    assert said(look(slack)) == ["@tomas a > b"]


def test_nothing_foreign_is_loaded_and_no_foreign_page_may_speak_to_it(slack: Playground) -> None:
    policy = httpx.get(slack.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        answer = httpx.post(f"{slack.url}/do/say", data={"text": "x"}, headers=headers)
        assert answer.status_code == 403
    assert slack.messages("general") == []


def test_a_change_reaches_the_page_at_once(slack: Playground) -> None:
    with httpx.stream("GET", f"{slack.url}/live", timeout=60) as live:
        lines = live.iter_lines()
        slack.post("maya", "general", "hello")
        assert next(line for line in lines if line.startswith("data")) == "data: changed"


def test_without_the_page_there_is_none(start: Callable[..., Playground]) -> None:
    assert httpx.get(start().url).status_code == 404


def test_the_legacy_pane_starts_new_chats(start: Callable[..., Playground], manifest: Callable[..., Manifest]) -> None:
    slack = start(manifest(assistant_view={"assistant_description": "Asks."}), page=True)
    im = slack.im("maya").id
    answer = do(slack, "assist", **{"in": im})
    assert "thread=" in answer.headers["location"]
