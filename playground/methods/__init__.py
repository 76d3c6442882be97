"""The Web API: every method the stand-in knows, by name."""

from __future__ import annotations

from playground.methods import (
    assistant,
    chat,
    conversations,
    files,
    identity,
    manage,
    people,
    pins,
    scheduled,
    streams,
    views,
)
from playground.methods.spec import Method

METHODS: dict[str, Method] = {
    **identity.METHODS,
    **assistant.METHODS,
    **chat.METHODS,
    **streams.METHODS,
    **scheduled.METHODS,
    **conversations.METHODS,
    **manage.METHODS,
    **pins.METHODS,
    **people.METHODS,
    **views.METHODS,
    **files.METHODS,
}
