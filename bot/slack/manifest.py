"""The app's manifest, made of what the code listens to. https://docs.slack.dev/reference/app-manifest"""

from __future__ import annotations

from typing import Any

from bot.slack.surface import COMMANDS, EVENTS, SCOPES, SHORTCUTS, Command

_ABOUT = (
    "Footnote answers questions from the documents your team has given it. Every sentence it shows is tied to a verbatim quote "
    "that you can open in its place; what the documents do not say, it does not say. It summarises documents, and it runs on "
    "your own machine, so that documents, questions and answers stay there."
)


def manifest(address: str | None = None) -> dict[str, Any]:
    """`address`: where Slack reaches us over signed HTTP, such as https://bot.example.com/slack/events; None: Socket Mode."""
    request_url = {"request_url": address} if address else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Footnote",
            "description": "Answers from your own documents, every sentence with its source.",
            "long_description": _ABOUT,
            "background_color": "#1F4E79",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "footnote", "always_online": True},
            "agent_view": {
                "agent_description": "Ask about your team's documents; every sentence of an answer carries its source."
            },
            "slash_commands": [_command(command, address) for command in COMMANDS],
            "shortcuts": [
                {
                    "type": "message",
                    "name": each.name,
                    "callback_id": each.callback_id,
                    "description": each.description,
                }
                for each in SHORTCUTS
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def _command(command: Command, address: str | None) -> dict[str, Any]:
    url = {"url": address} if address else {}
    about = {"description": command.description, "usage_hint": command.usage, "should_escape": True}
    return {"command": command.name, **url, **about}
