"""Everything Slack can call us with, who may use it, and what we need for it: the one list behind the manifest.

`door.py` listens to nothing that is not declared here, and the manifest is made of it, so neither can drift from the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["anyone", "member", "curator", "auditor", "admin"]
"""Who may use it, checked when it runs. `anyone`: what it shows depends on what the person may read; `member`: full members of
this workspace; `curator`: whoever looks after a channel's sources and settings, which the listener checks; `auditor`: whoever may
read the audit trail; `admin`: owners."""

Kind = Literal[
    "question",
    "summary",
    "admin",
    "retry",
    "remove",
    "withdraw",
    "welcome",
    "quiet",
    "edit",
    "share",
    "unasked",
    "human",
    "home",
    "without",
    "check",
    "offer",
    "add",
    "add_here",
    "plan_run",
    "plan_cancel",
    "plan_again",
    "banner",
    "answer_again",
    "digest",
    "file_gone",
]
"""What the durable road does with a request: one handler each, see `furnishing.py`."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command."""

    name: str
    kind: Kind
    role: Role
    description: str
    usage: str


@dataclass(frozen=True, slots=True)
class Window:
    """A word after a command that opens a window at once: nothing to keep."""

    command: str
    word: str
    role: Role


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of a message's menu."""

    callback_id: str
    kind: Kind | None
    """None: a listener of its own, nothing to keep."""
    role: Role
    name: str
    """At most 24 characters."""
    description: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button or another element."""

    action_id: str
    role: Role
    kind: Kind | None = None
    beside: bool = False
    """Each person's click is a request of its own, and its reply stands beside the message, seen by that person alone."""


@dataclass(frozen=True, slots=True)
class View:
    """A window that is submitted."""

    callback_id: str
    role: Role


ADD_DOCUMENT = "add_document"
ADD_FOR_QUESTION = "add_for_question"
ADD_HERE = "add_for_channel"
ADD_TO_LIBRARY = "add_to_library"
ADD_TO_WORKSPACE = "add_for_everybody"
ANSWER_AGAIN = "answer_again"
ASK_ABOUT_MESSAGE = "ask_about_message"
CHANNEL_SETTINGS = "channel_settings"
CHECK_MESSAGE = "check_message"
EXPORT_RECORD = "export_record"
FEEDBACK = "feedback"
FEEDBACK_DONE = "feedback_done"
FEEDBACK_REASON = "feedback_reason"
FORGET_SOURCE = "forget_source"
OPEN_INBOX = "open_inbox"
SEE_CHANGE = "see_change"
PLAN_AGAIN = "plan_again"
PLAN_CANCEL = "plan_cancel"
PLAN_RUN = "plan_run"
OPEN_RECORD = "open_record"
NOTE_FOR_QUESTION = "note_for_question"
OPEN_SETTINGS = "open_settings"
GET_HUMAN = "get_human"
HOME_ADD_SOURCE = "home_add_source"
HOME_ASK = "home_ask"
HOME_BACK = "home_back"
HOME_PAGE = "home_page"
HOME_SEARCH = "home_search"
HOME_SHOW = "home_show"
HUMAN_RESOLVED = "human_resolved"
KEEP_ANSWER = "keep_answer"
KEEP_WINDOW = "keep_note"
LEAVE_OUT = "leave_out"
MENU = "menu"
"""The menu (⋯) under an answer: what is chosen in it is one of the other actions."""
QUESTION_HANDLED = "question_handled"
QUOTES_PAGE = "quotes_page"
REINGEST_SOURCE = "reingest_source"
CALLED_OFF = "asked_and_called_off"
CONFIRMED = "asked_and_confirmed"
REMOVE_SOURCE = "remove_source"
REPORT_SOURCE = "report_source"
RETRY = "retry"
SCHEDULE_SOURCE = "schedule_source"
SEE_ANSWER = "see_answer"
SHARE = "share"
SHOW_QUOTES = "show_quotes"
SPEAK_AGAIN = "speak_again"
STOP_REPLYING = "stop_replying"
SUMMARIZE_THREAD = "summarize_thread"
WHY = "why"
WRITE_NOTE = "write_note"

HOME_WORK: Mapping[str, str] = {
    HOME_ADD_SOURCE: "ingest",
    HOME_ASK: "ask",
    EXPORT_RECORD: "audit",
    REINGEST_SOURCE: "reingest",
    REMOVE_SOURCE: "remove",
    SCHEDULE_SOURCE: "schedule",
    FORGET_SOURCE: "forget",
}
"""What is typed or chosen in the Home, as the word before it."""

COMMANDS = (
    Command("/ask", "question", "member", "Ask the documents, answered only to you", "[question]"),
    Command(
        "/summarize",
        "summary",
        "member",
        "Key points of a document, a page, a thread or a channel, each with its quote; only you see them",
        "[title | address | link of a thread | #channel since 3d]",
    ),
    Command(
        "/footnote",
        "admin",
        "anyone",
        "Help and settings; for admins sources and ingestion",
        "[help | why-here | settings | feedback | audit 7d | audit export | sources | ingest URL #tag | reingest source"
        " | remove source | tag source #tag | changes 7d | schedule source daily | rollback source 24h | forget source]",
    ),
)

WINDOWS = (Window("/footnote", "feedback", "admin"), Window("/footnote", "settings", "curator"))

SHORTCUTS = (
    Shortcut(
        KEEP_ANSWER,
        None,
        "member",
        "Keep as answer",
        "Keep what a colleague wrote as a note that I answer from; for administrators and those who were called",
    ),
    Shortcut(
        ASK_ABOUT_MESSAGE, "question", "member", "Ask about this", "Ask the documents with this message as the question"
    ),
    Shortcut(
        SUMMARIZE_THREAD,
        "summary",
        "member",
        "Summarize thread",
        "What was decided, promised, asked and left open in this message's thread",
    ),
    Shortcut(
        CHECK_MESSAGE,
        "check",
        "member",
        "Check this message",
        "Which of its sentences the documents support, contradict or do not know; only you see it",
    ),
    Shortcut(
        ADD_TO_LIBRARY,
        "offer",
        "curator",
        "Add to library",
        "Read its files and links, and answer from them; for administrators",
    ),
)

ACTIONS = (
    Action(ADD_FOR_QUESTION, "admin"),
    Action(ADD_HERE, "curator", "add_here"),
    Action(ADD_TO_WORKSPACE, "admin", "add"),
    Action(ANSWER_AGAIN, "member", "answer_again"),
    Action(SEE_CHANGE, "anyone"),
    Action(EXPORT_RECORD, "auditor", "home"),
    Action(FEEDBACK, "anyone"),
    Action(FEEDBACK_DONE, "admin"),
    Action(FORGET_SOURCE, "admin", "home"),
    Action(GET_HUMAN, "member", "human", beside=True),
    Action(HOME_ADD_SOURCE, "curator", "home"),
    Action(HOME_ASK, "member", "home"),
    Action(HOME_BACK, "anyone"),
    Action(HOME_PAGE, "anyone"),
    Action(HOME_SEARCH, "anyone"),
    Action(HOME_SHOW, "anyone"),
    Action(HUMAN_RESOLVED, "anyone"),
    Action(LEAVE_OUT, "member", "without", beside=True),
    Action(NOTE_FOR_QUESTION, "admin"),
    Action(OPEN_INBOX, "admin"),
    Action(OPEN_RECORD, "auditor"),
    Action(QUESTION_HANDLED, "admin"),
    Action(QUOTES_PAGE, "anyone"),
    Action(REINGEST_SOURCE, "curator", "home"),
    Action(REMOVE_SOURCE, "curator", "home"),
    Action(OPEN_SETTINGS, "curator"),
    Action(PLAN_AGAIN, "curator", "plan_again"),
    Action(PLAN_CANCEL, "curator", "plan_cancel"),
    Action(PLAN_RUN, "curator", "plan_run"),
    Action(CALLED_OFF, "anyone"),
    Action(CONFIRMED, "curator", "remove"),
    Action(REPORT_SOURCE, "member"),
    Action(RETRY, "anyone", "retry"),
    Action(SCHEDULE_SOURCE, "curator", "home"),
    Action(SEE_ANSWER, "admin"),
    Action(SHARE, "anyone", "share"),
    Action(SHOW_QUOTES, "anyone"),
    Action(WHY, "anyone"),
    Action(SPEAK_AGAIN, "anyone", "quiet"),
    Action(STOP_REPLYING, "anyone", "quiet"),
)

VIEWS: tuple[View, ...] = (
    View(ADD_DOCUMENT, "admin"),
    View(CHANNEL_SETTINGS, "curator"),
    View(FEEDBACK_REASON, "anyone"),
    View(KEEP_WINDOW, "member"),
    View(WRITE_NOTE, "admin"),
)

EVENTS: Mapping[str, str] = {
    "agent_session_stopped": "the Stop button",
    "app_context_changed": "what somebody is looking at while they write to us",
    "app_home_opened": "the Home and the Messages tab",
    "app_mention": "questions in channels",
    "app_uninstalled": "the end",
    "file_deleted": "a file that the library holds a copy of was deleted in Slack",
    "file_shared": "files that come with a question",
    "file_unshared": "such a file is shown no more where it was",
    "member_joined_channel": "our own arrival in a channel",
    "message_stream_stopped": "the Stop button under a message that is being written",
    "message.channels": "follow-ups in threads, edits and deletions of questions",
    "message.groups": "the same in private channels",
    "message.im": "direct messages",
    "message.mpim": "the same in group conversations",
    "tokens_revoked": "the end",
}
"""The events we subscribe to, with what each is for."""

OLDER_EVENTS: Mapping[str, str] = {
    "assistant_thread_context_changed": "what somebody is looking at while they write to us",
    "assistant_thread_started": "a new conversation in the pane",
}
"""Of the pane that apps of before have; heard where they come, and no part of a new app's manifest."""

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "to be mentioned",
    "assistant:write": "suggested questions and titles in the app's own pane",
    "channels:history": "threads and channels we are asked to summarise",
    "channels:read": "whether a channel is shared with others, and whether who asks about it is in it",
    "chat:write": "to answer",
    "commands": "slash commands and shortcuts",
    "files:read": "files that come with a question, or are added to the library",
    "files:write": "the chart of the Home, and the audit trail as a file for whoever may read it",
    "groups:history": "the same in private channels",
    "groups:read": "the same for private channels",
    "im:history": "direct messages",
    "im:read": "direct conversations",
    "im:write": "to write to an administrator directly",
    "mpim:history": "group conversations",
    "mpim:read": "who is in a group conversation",
    "usergroups:read": "who is in the user group of the owners, where the settings name one",
    "users:read": "whether somebody is a guest or of another organisation",
}
"""The scopes of the bot token, with what each is for."""

OPENS_WINDOW = {(each.command, each.word) for each in WINDOWS}
COMMAND = {command.name: command for command in COMMANDS}
SHORTCUT = {shortcut.callback_id: shortcut for shortcut in SHORTCUTS}
ACTION = {action.action_id: action for action in ACTIONS}
VIEW = {view.callback_id: view for view in VIEWS}
