"""Who may do what: owners, curators, auditors and everybody else, at the moment it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.slack.audience import People
from bot.slack.posting import Undeliverable
from bot.slack.roles import Appointed, Deed, Roles
from vectorstore.schema import audit

MEMBER = {"team_id": "T1"}
PEOPLE: dict[str, dict[str, Any]] = {
    "UOWNER": MEMBER,
    "UGROUP": MEMBER,
    "USLACK": MEMBER | {"is_admin": True},
    "UCHIEF": MEMBER | {"is_owner": True},
    "UCURATOR": MEMBER,
    "UAUDITOR": MEMBER,
    "UMEMBER": MEMBER,
    "UGUEST": MEMBER | {"is_restricted": True, "is_admin": True},
    "UFOREIGN": {"team_id": "T2", "is_admin": True},
    "UGONE": MEMBER | {"deleted": True},
    "UBOT": MEMBER | {"is_bot": True},
}
NEVER = ("UGUEST", "UFOREIGN", "UGONE", "UBOT")
LISTED = Appointed(
    owners=frozenset(("UOWNER", *NEVER)),
    curators={"UCURATOR": frozenset({"CMINE"}), "UGUEST": frozenset({"CMINE"})},
    auditors=frozenset(("UAUDITOR", *NEVER)),
    owner_group="SOWNERS",
    slack_admins=True,
)
DEEDS: tuple[tuple[Deed, str], ...] = (
    ("own", ""),
    ("curate", "channel:CMINE"),
    ("curate", "channel:COTHER"),
    ("curate", "workspace"),
    ("audit", ""),
)
ALL, NONE = (True,) * 5, (False,) * 5
MATRIX = {
    "UOWNER": ALL,
    "UGROUP": ALL,
    "USLACK": ALL,
    "UCHIEF": ALL,
    "UCURATOR": (False, True, False, False, False),
    "UAUDITOR": (False, False, False, False, True),
    "UMEMBER": NONE,
    **dict.fromkeys(NEVER, NONE),
    "UNOBODY": NONE,
    "": NONE,
}


def lookup(user: str) -> Mapping[str, Any]:
    if user not in PEOPLE:
        raise Undeliverable("user_not_found")
    return {"id": user, **PEOPLE[user]}


def roles(appointed: Appointed = LISTED, members: Callable[[str], Any] = lambda _: ("UGROUP", *NEVER)) -> Roles:
    return Roles(appointed, People(lookup, lambda: "T1"), members)


@pytest.mark.parametrize("user", MATRIX)
def test_each_role_may_what_the_table_says(user: str) -> None:
    asked = roles()
    assert tuple(asked.may(user, deed, scope) for deed, scope in DEEDS) == MATRIX[user]
    assert (user in asked) == MATRIX[user][0]
    assert asked.curates(user) == MATRIX[user][1]


def test_slacks_own_admins_are_none_of_ours_unless_switched_on() -> None:
    asked = roles(replace(LISTED, slack_admins=False))
    assert "USLACK" not in asked
    assert "UCHIEF" not in asked


def test_while_slack_does_not_tell_the_group_only_the_list_counts() -> None:
    asked_for = []

    def failing(group: str) -> frozenset[str]:
        asked_for.append(group)
        raise Undeliverable("ratelimited")

    asked = roles(members=failing)
    assert "UOWNER" in asked
    assert "UGROUP" not in asked
    assert "UMEMBER" not in asked
    assert asked_for == ["SOWNERS"]


def test_the_group_is_asked_for_once_in_a_while() -> None:
    asked_for = []
    asked = roles(members=lambda group: asked_for.append(group) or ("UGROUP",))
    assert all("UGROUP" in asked for _ in range(5))
    assert asked_for == ["SOWNERS"]


# -- in Slack --------------------------------------------------------------------------------------------------------


@pytest.fixture
def staffed(start: Callable[..., Any]) -> Any:
    """Ada owns; Maya curates #general, whose source is s3; Tomas audits."""
    footnote = start(admins=("ada",), curators={"maya": ("general",)}, auditors=("tomas",))
    general = footnote.slack.workspace.general.id
    footnote.shelf.add("s3", "Minutes of the desk", "https://desk.example/minutes", f"channel:{general}")
    return footnote


def command(footnote: Any, text: str, user: str, place: Any = None) -> str:
    place = place or footnote.slack.workspace.general
    before = len(footnote.replies(place))
    footnote.slack.slash(user, place, "/footnote", text).wait()
    footnote.settled()
    return str(footnote.reply(place, count=before + 1).text)


def refusals(footnote: Any) -> list[tuple[str, str]]:
    query = select(audit.c.actor, audit.c.action).where(audit.c.decision == "refused")
    with footnote.database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


COMMANDS = (
    "ingest https://a.example/page here",
    "ingest https://a.example/page",
    "ingest https://a.example/page in channel:COTHER",
    "reingest s3",
    "reingest s1",
    "reingest all",
    "reingest #word",
    "remove s3",
    "remove s1",
    "tag s3 #word",
    "tag s1 #word",
    "schedule s3 daily",
    "schedule s1 daily",
    "rollback s3 24h",
    "rollback s1 24h",
    "forget s3",
    "sources",
    "audit",
)
MAY = {
    "ada": set(COMMANDS),
    "maya": {
        "ingest https://a.example/page here",
        "reingest s3",
        "remove s3",
        "tag s3 #word",
        "schedule s3 daily",
        "rollback s3 24h",
        "sources",
    },
    "tomas": {"audit"},
    "gus": set(),
}
REFUSALS = (
    "administrators",
    "owners do that",
    "look after the sources of some channels",
    "There is no source",
    "Say which source",
)


@pytest.mark.parametrize("user", MAY)
def test_each_may_give_the_commands_of_the_table(staffed: Any, user: str) -> None:
    staffed.slack.invite(staffed.slack.workspace.general, user) if user == "gus" else None
    answers = {text: command(staffed, text, user) for text in COMMANDS}
    allowed = {text for text, answer in answers.items() if not any(each in answer for each in REFUSALS)}
    assert allowed == MAY[user]
    assert len(refusals(staffed)) == len(COMMANDS) - len(MAY[user])


def test_a_curator_is_told_what_only_owners_do(staffed: Any) -> None:
    assert "Only Footnote's owners do that." in command(staffed, "forget s3", "maya")
    assert "you are not on their list" in command(staffed, "forget s3", "tomas")
    assert staffed.shelf.jobs == []


def test_a_curator_sees_and_adds_only_what_is_the_channels(staffed: Any) -> None:
    general = staffed.slack.workspace.general
    listed = command(staffed, "sources", "maya")
    assert "Minutes of the desk" in listed
    assert "Storm closes" not in listed
    command(staffed, "ingest https://a.example/page here", "maya")
    assert staffed.shelf.scopes["https://a.example/page"] == f"channel:{general.id}"


def test_a_channel_is_named_by_its_id_whatever_it_is_called(staffed: Any) -> None:
    private = staffed.slack.workspace.private
    command(staffed, f"ingest https://a.example/page in <#{private.id}|{private.name}>", "ada")
    assert staffed.shelf.scopes["https://a.example/page"] == f"channel:{private.id}"


def test_here_is_a_channel(staffed: Any) -> None:
    said = command(staffed, "ingest https://a.example/page here", "ada", staffed.slack.im("ada"))
    assert "the channel the command is given in" in said
    assert staffed.shelf.jobs == []


def test_whoever_was_demoted_between_the_question_and_the_click_removes_nothing(staffed: Any) -> None:
    slack, general = staffed.slack, staffed.slack.workspace.general
    command(staffed, "remove s3", "maya")
    question = staffed.replies(general)[-1]
    staffed.app.roles._appointed = replace(staffed.app.roles._appointed, curators={})
    slack.click("maya", question, "asked_and_confirmed").wait()
    staffed.settled()
    assert "s3" in staffed.shelf.rows
    assert refusals(staffed) == [(slack.workspace.user("maya").id, "remove")]


def test_an_owner_who_became_a_curator_forgets_nobody(start: Callable[..., Any]) -> None:
    footnote = start(admins=("ada",), curators={"ada": ("general",)})
    slack, tomas = footnote.slack, footnote.slack.workspace.user("tomas").id
    command(footnote, f"forget {tomas}", "ada")
    question = footnote.replies(slack.workspace.general)[-1]
    footnote.app.roles._appointed = replace(footnote.app.roles._appointed, owners=frozenset())
    slack.click("ada", question, "asked_and_confirmed").wait()
    footnote.settled()
    assert footnote.shelf.jobs == []


def test_a_plan_is_run_only_by_who_looks_after_all_its_sources(staffed: Any) -> None:
    slack = staffed.slack
    command(staffed, "reingest s1", "ada")
    plan = staffed.replies(slack.im("ada"))[-1]
    staffed.app.roles._appointed = replace(
        staffed.app.roles._appointed,
        owners=frozenset(),
        curators={slack.workspace.admin.id: frozenset({slack.workspace.general.id})},
    )
    slack.click("ada", plan, "plan_run").wait()
    staffed.settled()
    assert [job[0] for job in staffed.shelf.jobs] == ["plan"]
    assert refusals(staffed) == [(slack.workspace.admin.id, "plan_run")]


def test_a_curator_sets_up_the_own_channel_and_no_other(staffed: Any) -> None:
    slack = staffed.slack
    slack.slash("maya", slack.workspace.general, "/footnote", "settings").wait()
    opened = slack.wait_for(lambda: [v for v in slack.views("maya") if v.content.get("callback_id")])[0]
    assert opened.content["private_metadata"] == slack.workspace.general.id
    slack.slash("maya", slack.workspace.private, "/footnote", "settings").wait()
    slack.wait_for(lambda: [v for v in slack.views("maya") if "not on their list" in str(v.content)])
    opened.content["private_metadata"] = slack.workspace.private.id  # forged
    before = len(staffed.replies(slack.workspace.private))
    slack.submit("maya", opened, {}).wait()
    assert "not on their list" in staffed.reply(slack.workspace.private, count=before + 1).text


def test_members_of_the_user_group_are_owners(start: Callable[..., Any]) -> None:
    footnote = start(admin_group="SDESK")
    slack = footnote.slack
    slack.workspace.usergroups["SDESK"] = {"id": "SDESK", "users": [slack.workspace.user("maya").id]}
    assert "Storm closes" in command(footnote, "sources", "maya")
    assert "administrators" in command(footnote, "sources", "tomas")


def test_admins_of_the_workspace_are_owners_where_that_is_switched_on(start: Callable[..., Any]) -> None:
    footnote = start(slack_admins=True)
    assert "Storm closes" in command(footnote, "sources", "ada")
    footnote.slack.invite(footnote.slack.workspace.general, "gus")
    assert "administrators" in command(footnote, "sources", "maya")
    assert "administrators" in command(footnote, "sources", "gus")
