"""A Web API request as it comes over the wire, in any of the encodings Slack accepts."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.errors import ApiError

STRUCTURED = frozenset(
    "attachments blocks chunks context entities external_ids files icons loading_messages message metadata prompts"
    " unfurls user_auth_blocks view dialog event_payload users_list hash_tags".split()
)
"""Arguments whose value is JSON; inside a form or a query they arrive as a string of it."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    arguments: dict[str, Any]
    token: str | None
    basic: tuple[str, str] | None = None
    """Client id and secret, where HTTP Basic was used."""
    warning: str | None = None


async def decode(request: web.Request) -> Request:
    """Collect the arguments of query and body. Raises ApiError for a body that is not what its type says."""
    arguments: dict[str, Any] = dict(request.query)
    warning = None
    if request.method == "POST":
        kind = request.content_type
        if kind == "application/json":
            arguments |= await _json(request)
            warning = None if request.charset else "missing_charset"
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            form = await request.post()
            arguments |= {name: _field(value) for name, value in form.items()}
            warning = "superfluous_charset" if request.charset else None
        elif await request.read():
            raise ApiError("invalid_post_type")
    elif request.method != "GET":
        raise ApiError("invalid_post_type")
    token, basic = _authorization(request.headers)
    if basic:
        arguments = {"client_id": basic[0], "client_secret": basic[1], **arguments}
    in_arguments = arguments.pop("token", None)
    method = request.match_info["method"]
    return Request(method, _structured(arguments), token or in_arguments, basic, warning)


async def _json(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    if not body.strip():
        return {}
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise ApiError("invalid_json") from error
    if not isinstance(parsed, dict):
        raise ApiError("json_not_object")
    return parsed


def _field(value: Any) -> Any:
    return value.file.read() if isinstance(value, web.FileField) else value


def _structured(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _parsed(name, value) for name, value in arguments.items() if value is not None}


def _parsed(name: str, value: Any) -> Any:
    if name not in STRUCTURED or not isinstance(value, str) or value[:1] not in "[{":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _authorization(headers: Mapping[str, str]) -> tuple[str | None, tuple[str, str] | None]:
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None, None
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(value).decode("utf-8").partition(":")
        except ValueError:
            return None, None
        return None, (client_id, secret)
    return None, None


def boolean(arguments: Mapping[str, Any], name: str, default: bool = False) -> bool:
    value = arguments.get(name, default)
    return value if isinstance(value, bool) else str(value).lower() in ("1", "true")


def integer(arguments: Mapping[str, Any], name: str, default: int) -> int:
    """Raises ApiError invalid_arguments when the value is not a whole number."""
    value = arguments.get(name)
    if value in (None, ""):
        return default
    try:
        return int(str(value))
    except ValueError as error:
        raise ApiError("invalid_arguments", [f"[ERROR] must be a number [json-pointer:/{name}]"]) from error


def listed(value: Any) -> list[str]:
    """A list given as one, or as comma-separated text."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return [each.strip() for each in str(value or "").split(",") if each.strip()]
