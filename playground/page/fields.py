"""Form fields for interactive elements, and what they send back as the values of elements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from playground.elements import elements, initial
from playground.workspace import View, Workspace

MANY = (
    "checkboxes",
    "multi_channels_select",
    "multi_conversations_select",
    "multi_external_select",
    "multi_static_select",
    "multi_users_select",
)
"""Elements that hold several values."""
Option = tuple[str, str, str]
"""Value, text and description."""
_TEXT_TYPES = {
    "plain_text_input": "text",
    "rich_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
    "file_input": "file",
}


class Fields:
    """Answers the templates' questions about elements."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def kind(self, element: dict[str, Any]) -> str:
        """button, feedback, overflow, choice (one of several shown), checks, select, suggest, area or an input's type."""
        kind = str(element.get("type"))
        if kind in ("button", "icon_button", "workflow_button"):
            return "button"
        if kind in ("radio_buttons", "checkboxes", "feedback_buttons", "overflow"):
            return {"radio_buttons": "choice", "checkboxes": "checks", "feedback_buttons": "feedback"}.get(kind, kind)
        if kind.endswith("external_select"):
            return "suggest"
        if kind.endswith("_select"):
            return "select"
        if element.get("multiline") or kind == "rich_text_input":
            return "area"
        return _TEXT_TYPES.get(kind, "text")

    def is_many(self, element: dict[str, Any]) -> bool:
        return element.get("type") in MANY

    def groups(self, element: dict[str, Any]) -> list[tuple[str, list[Option]]]:
        """(label, options) of a menu; the label of ungrouped options is empty."""
        kind = str(element.get("type"))
        if "users" in kind:
            people = [(u.id, u.real_name, u.title) for u in self._workspace.users.values() if u.id != "USLACKBOT"]
            return [("", people)]
        if "conversations" in kind or "channels" in kind:
            channels = [
                (c.id, f"#{c.name}", c.topic)
                for c in self._workspace.channels.values()
                if c.kind in ("public", "private")
            ]
            return [("", channels)]
        if element.get("option_groups"):
            return [(group["label"]["text"], _options(group["options"])) for group in element["option_groups"]]
        return [("", _options(element.get("options") or []))]

    def text(self, held: list[str], element: dict[str, Any]) -> str:
        """What stands in a field one types into."""
        joined = "".join(held)
        if element.get("type") == "datetimepicker" and joined.isdigit():
            return datetime.fromtimestamp(int(joined), UTC).strftime("%Y-%m-%dT%H:%M")
        return joined

    def suggested(self, block: dict[str, Any], element: dict[str, Any], place: Any) -> str:
        """The texts of the chosen options of a menu the app fills."""
        values = place.values if isinstance(place, View) else {}
        held = values.get(str(block.get("block_id")), {}).get(str(element.get("action_id")), {})
        chosen = held.get("selected_options") or held.get("selected_option") or initial(element) or []
        many = chosen if isinstance(chosen, list) else [chosen]
        return ", ".join(str(each["text"]["text"]) for each in many)

    def held(self, element: dict[str, Any], block: dict[str, Any], view: View | None) -> list[str]:
        """The values an element shows now."""
        values = view.values if view else {}
        now = values.get(str(block.get("block_id")), {}).get(str(element.get("action_id")))
        value = initial(element) if now is None else next((v for k, v in now.items() if k != "type"), None)
        many = value if isinstance(value, list) else [] if value is None else [value]
        if element.get("type") == "rich_text_input":
            return [_plain(each) for each in many]
        return [str(each.get("value") if isinstance(each, dict) else each) for each in many]


def _options(options: list[dict[str, Any]]) -> list[Option]:
    return [
        (str(each.get("value")), str(each["text"]["text"]), str((each.get("description") or {}).get("text", "")))
        for each in options
    ]


def _plain(value: Any) -> str:
    """The text of rich text, a line for each section."""
    if not isinstance(value, dict):
        return ""
    if isinstance(value.get("text"), str):
        return str(value["text"])
    joint = "\n" if value.get("type") == "rich_text" else ""
    return joint.join(_plain(each) for each in value.get("elements") or ())


def value_of(blocks: list[dict[str, Any]], block_id: str, action_id: str, given: list[str]) -> Any:
    """The value of an element as `Playground.click` and `submit` take it, from what its fields sent."""
    named = [e for b, e in elements(blocks) if b.get("block_id") == block_id and e.get("action_id", "") == action_id]
    element = named[0] if named else {}
    kind = str(element.get("type"))
    texts = [each for each in given if each != ""]
    if kind == "multi_external_select":
        return [each.strip() for text in texts for each in text.split(",") if each.strip()]
    if kind in MANY:
        return texts
    if not texts:
        return None
    if kind == "rich_text_input":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": texts[-1]}]}
        return {"type": "rich_text", "elements": [section]}
    if kind == "datetimepicker":
        return _seconds(texts[-1])
    return texts[-1]


def _seconds(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=UTC).timestamp())
