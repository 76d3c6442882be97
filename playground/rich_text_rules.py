"""The rules of rich text: what its sections, lists, quotes and preformatted stretches may hold.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block/
"""

from __future__ import annotations

from typing import Any

from playground.schema import Check, Problems, anything, by_type, fields, flag, number, one_of, several, text, url

_LONGEST = 40_000
"""Characters of one piece of text; what a message holds in all is counted elsewhere."""
_STYLES = ("bold", "italic", "strike", "code", "underline")
_STYLE = fields({}, dict.fromkeys(_STYLES, flag))
_MENTION_STYLE = fields({}, dict.fromkeys((*_STYLES, "highlight", "client_highlight", "unlink"), flag))
_TYPE: dict[str, Check] = {"type": anything}
_ID = text(255)
_PIECES = {
    "broadcast": fields({"range": one_of("here", "channel", "everyone")}, _TYPE | {"style": _MENTION_STYLE}),
    "channel": fields({"channel_id": _ID}, _TYPE | {"style": _MENTION_STYLE}),
    "color": fields({"value": _ID}, _TYPE),
    "date": fields({"timestamp": number, "format": _ID}, _TYPE | {"url": url(), "fallback": _ID, "style": _STYLE}),
    "emoji": fields({"name": _ID}, _TYPE | {"unicode": _ID, "skin_tone": number, "style": _STYLE}),
    "link": fields({"url": url()}, _TYPE | {"text": text(_LONGEST), "unsafe": flag, "style": _STYLE}),
    "team": fields({"team_id": _ID}, _TYPE | {"style": _MENTION_STYLE}),
    "text": fields({"text": text(_LONGEST)}, _TYPE | {"style": _STYLE}),
    "user": fields({"user_id": _ID}, _TYPE | {"style": _MENTION_STYLE}),
    "usergroup": fields({"usergroup_id": _ID}, _TYPE | {"style": _MENTION_STYLE}),
}
_MOST = 1000
_piece = by_type(_PIECES)
_section = fields({"elements": several(_piece, _MOST, 0)}, _TYPE)
_bordered = fields({"elements": several(_piece, _MOST, 0)}, _TYPE | {"border": number})
_preformatted = fields(
    {"elements": several(by_type(_PIECES, ("text", "link")), _MOST, 0)}, _TYPE | {"border": number, "language": _ID}
)
_list = fields(
    {"style": one_of("bullet", "ordered"), "elements": several(by_type({"rich_text_section": _section}), _MOST, 0)},
    _TYPE | {"indent": number, "offset": number, "border": number},
)
_element = by_type(
    {
        "rich_text_section": _section,
        "rich_text_list": _list,
        "rich_text_quote": _bordered,
        "rich_text_preformatted": _preformatted,
    }
)


def rich_text(common: dict[str, Check]) -> Check:
    """A rich text block; `common`: the fields of every block."""
    shape = fields({"elements": several(_element, _MOST, 0)}, common)

    def check(problems: Problems, value: Any, pointer: str) -> None:
        shape(problems, value, pointer)

    return check
