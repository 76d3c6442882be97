"""conversations.*, users.*, files.*, assistant.*: what the app can look up and do beside messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.manifest import Manifest
from playground.server import Playground


def code(work: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as caught:
        work()
    return str(caught.value.response["error"])


def test_history_is_newest_first_in_pages(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    for number in range(5):
        slack.post("maya", "general", str(number))
    first = client.conversations_history(channel=general, limit=2)
    assert ([m["text"] for m in first["messages"]], first["has_more"]) == (["4", "3"], True)
    cursor = first["response_metadata"]["next_cursor"]
    rest = client.conversations_history(channel=general, limit=3, cursor=cursor)
    assert ([m["text"] for m in rest["messages"]], rest["has_more"]) == (["2", "1", "0"], False)
    assert code(lambda: client.conversations_history(channel=general, cursor="x")) == "invalid_cursor"
    assert code(lambda: client.conversations_history(channel=general, limit=1001)) == "invalid_limit"


def test_history_is_cut_by_time(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    ts = [slack.post("maya", "general", str(number)) for number in range(4)]
    window: Any = {"channel": general, "oldest": ts[0], "latest": ts[2]}
    assert [m["text"] for m in client.conversations_history(**window)["messages"]] == ["1"]
    shown = client.conversations_history(**window, inclusive=True)["messages"]
    assert [m["text"] for m in shown] == ["2", "1", "0"]


def test_a_thread_is_its_root_and_its_replies(slack: Playground, client: WebClient) -> None:
    root = slack.post("maya", "general", "root")
    for text in ("one", "two"):
        slack.post("tomas", "general", text, thread_ts=root)
    general = slack.workspace.general.id
    thread = client.conversations_replies(channel=general, ts=root)["messages"]
    assert [m["text"] for m in thread] == ["root", "one", "two"]
    assert (thread[0]["reply_count"], thread[0]["reply_users"]) == (2, [slack.workspace.other_member.id])
    assert [m["text"] for m in client.conversations_history(channel=general)["messages"]] == ["root"]
    assert code(lambda: client.conversations_replies(channel=general, ts="1.000000")) == "thread_not_found"


def test_only_conversations_the_bot_may_know_are_listed(slack: Playground, client: WebClient) -> None:
    slack.workspace.add_channel("board", [slack.workspace.admin.id], kind="private")
    slack.im("maya")
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert {c["name"]: c["is_member"] for c in listed} == {
        "general": True,
        "random": False,
        "desk-private": True,
        "partners": True,
    }
    (im,) = client.conversations_list(types="im")["channels"]
    assert (im["user"], im["is_im"]) == (slack.workspace.member.id, True)
    assert code(lambda: client.conversations_list(types="party")) == "invalid_types"


def test_members_are_listed(slack: Playground, client: WebClient) -> None:
    members = client.conversations_members(channel=slack.workspace.shared.id)["members"]
    assert set(members) >= {slack.workspace.guest.id, slack.workspace.external.id, slack.bot_user}


def test_people_are_what_they_are(slack: Playground, client: WebClient) -> None:
    def about(user: str) -> dict[str, Any]:
        found: dict[str, Any] = client.users_info(user=user)["user"]
        return found

    workspace = slack.workspace
    assert about(workspace.admin.id)["is_admin"]
    assert about(workspace.guest.id)["is_restricted"]
    assert about(workspace.external.id)["team_id"] == workspace.other_team.id
    assert about(slack.bot_user)["is_bot"]
    listed = {user["name"] for user in client.users_list()["members"]}
    assert "maya" in listed
    assert "xenia" not in listed
    assert code(lambda: client.users_info(user="U0NOBODY")) == "user_not_found"


def test_a_direct_conversation_is_opened_once(slack: Playground, client: WebClient) -> None:
    maya = slack.workspace.member.id
    first = client.conversations_open(users=maya)["channel"]["id"]
    assert client.conversations_open(users=[maya])["channel"]["id"] == first == slack.im("maya").id
    assert code(lambda: client.conversations_open(users="U0NOBODY")) == "user_not_found"


def test_a_reaction_is_given_once(slack: Playground, client: WebClient) -> None:
    general, ts = slack.workspace.general.id, slack.post("maya", "general", "hi")
    client.reactions_add(channel=general, timestamp=ts, name="eyes")
    assert code(lambda: client.reactions_add(channel=general, timestamp=ts, name="eyes")) == "already_reacted"
    client.reactions_remove(channel=general, timestamp=ts, name="eyes")
    assert code(lambda: client.reactions_remove(channel=general, timestamp=ts, name="eyes")) == "no_reaction"


def test_a_thread_has_title_and_prompts(slack: Playground, client: WebClient) -> None:
    im = slack.im("maya").id
    ts = slack.post("maya", im, "hello")
    client.assistant_threads_setTitle(channel_id=im, thread_ts=ts, title="Hello")
    prompts = [{"title": "Books", "message": "Which books?"}]
    client.assistant_threads_setSuggestedPrompts(channel_id=im, prompts=prompts, title="Ask")
    assert slack.thread(im, ts).title == "Hello"
    assert (slack.thread(im).prompts, slack.thread(im).prompts_title) == (prompts, "Ask")
    client.assistant_threads_setSuggestedPrompts(channel_id=im, thread_ts=ts, prompts=prompts)
    assert slack.thread(im, ts).prompts == []  # an agent's stand above its conversation
    five: Any = {"channel_id": im, "prompts": prompts * 5}
    assert code(lambda: client.assistant_threads_setSuggestedPrompts(**five)) == "invalid_arguments"


def test_loading_messages_are_limited(slack: Playground, client: WebClient) -> None:
    where: Any = {"channel_id": slack.workspace.general.id, "thread_ts": slack.post("maya", "general", "?")}
    assert client.assistant_threads_setStatus(status="…", loading_messages=["x" * 50] * 10, **where)["ok"]
    for wrong in (["x"] * 11, ["x" * 51], [""]):
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            client.assistant_threads_setStatus(status="…", loading_messages=wrong, **where)


def test_an_app_that_is_no_agent_has_no_prompts(
    start: Callable[..., Playground], manifest: Callable[..., Manifest], connect: Callable[[Playground], WebClient]
) -> None:
    slack = start(manifest(agent_view=None))
    asked: Any = {"channel_id": slack.im("maya").id, "prompts": [{"title": "a", "message": "b"}]}
    assert code(lambda: connect(slack).assistant_threads_setSuggestedPrompts(**asked)) == "not_agent_app"


def test_an_agents_session_can_be_stopped_without_a_stream(slack: Playground, client: WebClient) -> None:
    general, ts = slack.workspace.general.id, slack.post("maya", "general", "?")
    client.agents_sessions_setStatus(channel_id=general, thread_ts=ts, status="processing", title="Moon")
    assert slack.thread(general, ts).title == "Moon"
    slack.stop_agent("maya", "general", ts)
    assert slack.acks[-1].event["streaming_message_ts"] == []


# -- files


def test_the_sdk_uploads_a_file(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    answer = client.files_upload_v2(content="The moon.", filename="moon.txt", channel=general, initial_comment="Here")
    message = slack.messages("general")[-1]
    assert (message.text, message.files[0].content) == ("Here", b"The moon.")
    assert answer["files"][0]["id"] == message.files[0].id
    message.files[0].ready_at = 0.0
    assert client.files_info(file=message.files[0].id)["file"]["mimetype"] == "text/plain"


def test_a_file_is_read_with_the_token_and_only_with_it(slack: Playground) -> None:
    slack.post("maya", "general", "read", files=[("notes.txt", b"The moon.")])
    url = slack.messages("general")[0].file_wires[0]["url_private_download"]
    token = {"Authorization": f"Bearer {slack.environment['SLACK_BOT_TOKEN']}"}
    assert httpx.get(url, headers=token).content == b"The moon."
    without = httpx.get(url)
    assert (without.status_code, without.headers["content-type"].split(";")[0]) == (200, "text/html")


def test_without_the_scope_a_file_is_a_sign_in_page(
    start: Callable[..., Playground], manifest: Callable[..., Manifest]
) -> None:
    slack = start(manifest(scopes=["channels:history"]))
    slack.post("maya", "general", "read", files=[("notes.txt", b"The moon.")])
    url = slack.messages("general")[0].file_wires[0]["url_private_download"]
    answer = httpx.get(url, headers={"Authorization": f"Bearer {slack.environment['SLACK_BOT_TOKEN']}"})
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")


def test_a_file_shared_elsewhere_is_not_found(slack: Playground, client: WebClient) -> None:
    slack.post("maya", "random", "read", files=[("notes.txt", b"The moon.")])
    file = slack.messages("random")[0].files[0]
    assert code(lambda: client.files_info(file=file.id)) == "file_not_found"
