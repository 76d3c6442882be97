"""Who would have been pinged and which links are live, in every kind of text."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from playground.server import Playground


@pytest.fixture
def post(slack: Playground, client: WebClient) -> Any:
    def post(text: str = "x", *blocks: dict[str, Any], **more: Any) -> None:
        client.chat_postMessage(channel=slack.workspace.general.id, text=text, blocks=list(blocks), **more)

    return post


def pings(slack: Playground) -> list[tuple[str, str]]:
    return [(ping.kind, ping.target) for ping in slack.oracle.pings]


def urls(slack: Playground) -> list[str]:
    return [link.url for link in slack.oracle.links]


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


LINK_BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "url": "https://x.example"}


def markdown(text: str) -> dict[str, Any]:
    return {"type": "markdown", "text": text}


@pytest.mark.parametrize(
    ("token", "kind"), [("<!here>", "here"), ("<!channel>", "channel"), ("<!everyone|all>", "everyone")]
)
def test_a_broadcast_pings_the_conversation(slack: Playground, post: Any, token: str, kind: str) -> None:
    for blocks in ([], [mrkdwn(token)], [markdown(token)]):
        post("x" if blocks else token, *blocks)
    assert set(pings(slack)) == {(kind, slack.workspace.general.id)}
    assert len(slack.oracle.pings) == 3


def test_people_and_groups_are_pinged(slack: Playground, post: Any) -> None:
    post("<@U123|maya> and <!subteam^S9|@desk>")
    assert pings(slack) == [("user", "U123"), ("usergroup", "S9")]


def test_code_does_not_help(slack: Playground, post: Any) -> None:
    post("x", mrkdwn("`<!here>`"), markdown("```\n<!channel>\n```"))
    assert {kind for kind, _ in pings(slack)} == {"here", "channel"}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": {"type": "plain_text", "text": "<!here> <https://x.example>"}},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "<!here> https://x.example"}]]},
        mrkdwn("&lt;!here&gt; @here and @maya"),
        markdown("&lt;!here> is literal"),
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "<!here>"}}]},
    ],
)
def test_what_is_escaped_or_plain_is_inert(slack: Playground, client: WebClient, block: dict[str, Any]) -> None:
    client.api_call("chat.postMessage", json={"channel": slack.workspace.general.id, "blocks": [block]})
    assert (pings(slack), urls(slack)) == ([], [])


def test_names_ping_only_when_asked_for(slack: Playground, post: Any) -> None:
    post("@here @maya")
    assert pings(slack) == []
    post("@here @maya", link_names=True)
    assert pings(slack) == [("here", slack.workspace.general.id), ("user", slack.workspace.member.id)]


def test_a_token_split_over_two_chunks_is_found(slack: Playground, client: WebClient) -> None:
    im = slack.im("maya").id
    ts = client.chat_startStream(channel=im, thread_ts=slack.post("maya", im, "?"), markdown_text="a <!he")["ts"]
    assert pings(slack) == []
    client.chat_appendStream(channel=im, ts=ts, markdown_text="re> b")
    assert pings(slack) == [("here", im)]


def test_rich_text_says_it_in_elements(slack: Playground, post: Any) -> None:
    elements = [
        {"type": "user", "user_id": "U1"},
        {"type": "broadcast", "range": "here"},
        {"type": "link", "url": "https://x.example", "text": "x"},
        {"type": "text", "text": "<!channel>"},
    ]
    post("x", {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]})
    assert pings(slack) == [("user", "U1"), ("here", slack.workspace.general.id)]
    assert urls(slack) == ["https://x.example"]


@pytest.mark.parametrize(
    ("block", "url"),
    [
        (mrkdwn("<https://x.example/a?b=1&amp;c=2|here>"), "https://x.example/a?b=1&c=2"),
        (mrkdwn("see https://x.example/a."), "https://x.example/a"),
        (mrkdwn("<mailto:a@x.example|mail>"), "mailto:a@x.example"),
        (mrkdwn("<!date^1^{date}^https://x.example|then>"), "https://x.example"),
        (markdown("[here](https://x.example/a)"), "https://x.example/a"),
        (markdown("![alt](https://x.example/a.png)"), "https://x.example/a.png"),
        (markdown("<https://x.example/a>"), "https://x.example/a"),
        (markdown("bare https://x.example/a, too"), "https://x.example/a"),
        (markdown("| a |\n|---|\n| [x](https://x.example) |"), "https://x.example"),
        (markdown("[x][1]\n\n[1]: https://x.example"), "https://x.example"),
        ({"type": "actions", "elements": [LINK_BUTTON]}, "https://x.example"),
        ({"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"}, "https://x.example/a.png"),
    ],
)
def test_a_link_is_live(slack: Playground, post: Any, block: dict[str, Any], url: str) -> None:
    post("x", block)
    assert urls(slack) == [url]


def test_a_bare_url_in_code_is_not_live(slack: Playground, post: Any) -> None:
    post("x", mrkdwn("`https://x.example`"), markdown("`https://x.example`\n\n```\nhttps://x.example\n```"))
    assert urls(slack) == []


def test_a_link_says_whether_it_unfurls(slack: Playground, post: Any) -> None:
    post("<https://a.example>")
    post("<https://b.example>", unfurl_links=False, unfurl_media=False)
    assert [link.unfurls for link in slack.oracle.links] == [True, False]


def test_ephemerals_and_views_are_read_too(slack: Playground, client: WebClient) -> None:
    maya = slack.workspace.member.id
    client.chat_postEphemeral(channel=slack.workspace.general.id, user=maya, text="<!here>")
    client.views_publish(user_id=maya, view={"type": "home", "blocks": [mrkdwn("<@U1>")]})
    assert [ping.place for ping in slack.oracle.pings] == ["ephemeral", "view"]


def test_an_edited_away_ping_has_happened(slack: Playground, client: WebClient) -> None:
    general = slack.workspace.general.id
    ts = client.chat_postMessage(channel=general, text="<!here>")["ts"]
    client.chat_update(channel=general, ts=ts, text="nothing")
    assert len(slack.oracle.pings) == 1


def test_what_people_write_is_their_own_affair(slack: Playground) -> None:
    slack.post("maya", "general", f"<!here> <@{slack.bot_user}> https://x.example")
    assert (slack.oracle.pings, slack.oracle.links) == ([], [])


def test_slacks_own_notice_that_the_app_came_is_none_of_its_pings(slack: Playground) -> None:
    slack.invite("random", slack.bot_user, "maya")
    slack.remove("random", slack.bot_user)
    assert slack.oracle.pings == []
