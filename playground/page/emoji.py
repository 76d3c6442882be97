"""The emoji that are drawn; any other shows as its `:name:`."""

from __future__ import annotations

import re
from collections.abc import Mapping

EMOJI: Mapping[str, str] = {
    "+1": "👍",
    "-1": "👎",
    "arrow_right": "➡️",
    "arrows_counterclockwise": "🔄",
    "bar_chart": "📊",
    "bell": "🔔",
    "book": "📖",
    "books": "📚",
    "bookmark": "🔖",
    "bookmark_tabs": "📑",
    "bulb": "💡",
    "calendar": "📅",
    "card_index_dividers": "🗂️",
    "clap": "👏",
    "clipboard": "📋",
    "eyes": "👀",
    "file_folder": "📁",
    "fire": "🔥",
    "gear": "⚙️",
    "globe_with_meridians": "🌐",
    "grey_question": "❔",
    "heart": "❤️",
    "heavy_check_mark": "✔️",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "inbox_tray": "📥",
    "information_source": "ℹ️",
    "joy": "😂",
    "link": "🔗",
    "lock": "🔒",
    "mag": "🔍",
    "memo": "📝",
    "newspaper": "📰",
    "no_entry": "⛔",
    "page_facing_up": "📄",
    "paperclip": "📎",
    "pencil2": "✏️",
    "pray": "🙏",
    "pushpin": "📌",
    "question": "❓",
    "raised_hands": "🙌",
    "robot_face": "🤖",
    "rocket": "🚀",
    "slightly_smiling_face": "🙂",
    "smile": "😄",
    "sparkles": "✨",
    "speech_balloon": "💬",
    "star": "⭐",
    "stopwatch": "⏱️",
    "tada": "🎉",
    "thinking_face": "🤔",
    "thumbsdown": "👎",
    "thumbsup": "👍",
    "wastebasket": "🗑️",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "wrench": "🔧",
    "x": "❌",
    "zap": "⚡",
}
_NAMED = re.compile(r":([a-z0-9_+-]+):")


def drawn(text: str) -> str:
    """Replace the names of known emoji."""
    return _NAMED.sub(lambda found: EMOJI.get(found.group(1), found.group()), text)
