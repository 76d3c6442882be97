"""What Slack's own client refuses in a filled-in field before the app hears of the submission."""

from __future__ import annotations

import re
from typing import Any

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)


def complaint(element: dict[str, Any], held: dict[str, Any]) -> str:
    """What is wrong with a value that is there; empty when nothing is."""
    kind = element["type"]
    value = held.get("value")
    if kind == "email_text_input" and not _EMAIL.fullmatch(str(value)):
        return "please enter a valid email address"
    if kind == "url_text_input" and not _URL.fullmatch(str(value)):
        return "please enter a valid URL"
    if kind == "number_input":
        return _number(element, str(value))
    if kind in ("plain_text_input", "email_text_input", "url_text_input"):
        return _length(element, str(value))
    return _count(element, held)


def _length(element: dict[str, Any], text: str) -> str:
    if len(text) < element.get("min_length", 0):
        return f"please enter at least {element['min_length']} characters"
    if len(text) > element.get("max_length", 3000):
        return f"please enter at most {element.get('max_length', 3000)} characters"
    return ""


def _number(element: dict[str, Any], text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return "please enter a valid number"
    if not element.get("is_decimal_allowed") and number != int(number):
        return "please enter a whole number"
    if "min_value" in element and number < float(element["min_value"]):
        return f"please enter a number of at least {element['min_value']}"
    if "max_value" in element and number > float(element["max_value"]):
        return f"please enter a number of at most {element['max_value']}"
    return ""


def _count(element: dict[str, Any], held: dict[str, Any]) -> str:
    several = next((value for value in held.values() if isinstance(value, list)), [])
    most = element.get("max_selected_items") or element.get("max_files") or len(several)
    return f"please choose at most {most}" if len(several) > most else ""
