"""views.*: modals and the App Home."""

from __future__ import annotations

from typing import Any

from playground.backend import Backend
from playground.blocks import check_view
from playground.errors import ApiError
from playground.methods.spec import Arguments, Method, known_user
from playground.pictures import check_pictures
from playground.settled import settled
from playground.workspace import View

STACK_LIMIT = 3
_CONTENT = (
    "type title submit close blocks callback_id private_metadata clear_on_close notify_on_close submit_disabled"
    " external_id"
).split()


def open_view(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    content = view_content(arguments["view"], "modal")
    user, _, channel = backend.triggers.exchange(_trigger(arguments))
    return {"view": add_view(backend, user, content, None, channel).wire()}


def push(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    content = view_content(arguments["view"], "modal")
    user, view_id, _ = backend.triggers.exchange(_trigger(arguments))
    top = backend.workspace.views.get(view_id or "")
    if top is None:
        raise ApiError("not_found")
    return {"view": add_view(backend, user, content, top).wire()}


def update(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    view = _named(backend, arguments)
    expected = arguments.get("hash")
    if expected and expected != view.hash:
        raise ApiError("hash_conflict")
    change_view(backend, view, view_content(arguments["view"], view.type))
    return {"view": view.wire()}


def publish(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    if not backend.manifest.home_tab:
        raise ApiError("not_enabled")
    user = known_user(backend, arguments["user_id"], "user_not_found")
    content = view_content(arguments["view"], "home")
    view = next((v for v in backend.workspace.views.values() if v.type == "home" and v.user == user.id), None)
    expected = arguments.get("hash")
    if view is None:
        view = add_view(backend, user.id, content, None)
    elif expected and expected != view.hash:
        raise ApiError("hash_conflict")
    else:
        change_view(backend, view, content)
    return {"view": view.wire()}


def _trigger(arguments: Arguments) -> str:
    return str(arguments.get("trigger_id") or arguments.get("interactivity_pointer") or "")


def _named(backend: Backend, arguments: Arguments) -> View:
    views = backend.workspace.views
    view = views.get(str(arguments.get("view_id") or ""))
    external = arguments.get("external_id")
    if view is None and external:
        view = next((each for each in views.values() if each.external_id == external and each.is_open), None)
    if view is None or not view.is_open:
        raise ApiError("not_found")
    return view


def view_content(view: Any, kind: str) -> dict[str, Any]:
    """What an app may say of a view, checked. Raises ApiError."""
    if not isinstance(view, dict):
        raise ApiError("invalid_arguments", ["[ERROR] must provide an object [json-pointer:/view]"])
    if view.get("type") != kind:
        raise ApiError("invalid_arguments", [f"[ERROR] unsupported type: {view.get('type')} [json-pointer:/view/type]"])
    check_view(view)
    return {name: view[name] for name in _CONTENT if name in view}


def add_view(backend: Backend, user: str, content: dict[str, Any], below: View | None, channel: str = "") -> View:
    """Open a view, on top of `below` if given; `channel` is the conversation it was opened from.

    Raises ApiError push_limit_reached, duplicate_external_id.
    """
    workspace = backend.workspace
    if below and len(stack_of(backend, below)) >= STACK_LIMIT:
        raise ApiError("push_limit_reached")
    external = str(content.get("external_id") or "")
    if external and any(each.external_id == external and each.is_open for each in workspace.views.values()):
        raise ApiError("duplicate_external_id")
    check_pictures(backend, content.get("blocks") or [], "invalid_arguments", "/view")
    view_id = workspace.id("V")
    view = View(
        id=view_id,
        user=user,
        type=content["type"],
        content=content | {"blocks": settled(content.get("blocks") or [], workspace)},
        hash=_hash(backend),
        team=workspace.team.id,
        app=workspace.app_id,
        bot_id=str(workspace.bot.bot_id),
        root=below.root if below else view_id,
        previous=below.id if below else None,
        external_id=external,
        channel=below.channel if below else channel,
    )
    workspace.views[view_id] = view
    backend.oracle.read_view(view)
    backend.changed()
    return view


def change_view(backend: Backend, view: View, content: dict[str, Any]) -> None:
    """Replace what a view shows; what was filled in stays for inputs whose ids stay."""
    check_pictures(backend, content.get("blocks") or [], "invalid_arguments", "/view")
    view.versions.append(view.content)
    view.content = content | {"blocks": settled(content.get("blocks") or [], backend.workspace)}
    kept = {block["block_id"] for block in view.content["blocks"]}
    view.values = {block_id: values for block_id, values in view.values.items() if block_id in kept}
    view.errors = {}
    view.hash = _hash(backend)
    backend.oracle.read_view(view)
    backend.changed()


def stack_of(backend: Backend, view: View) -> list[View]:
    """The open modals of the stack `view` belongs to, lowest first."""
    return [each for each in backend.workspace.views.values() if each.root == view.root and each.is_open]


def _hash(backend: Backend) -> str:
    return f"{int(backend.clock.now())}.{backend.workspace.id('')[:8]}"


METHODS = {
    "views.open": Method(open_view, (), ("view",), ("trigger_id", "interactivity_pointer"), tier=4),
    "views.publish": Method(publish, (), ("user_id", "view"), ("hash",), tier=4),
    "views.push": Method(push, (), ("view",), ("trigger_id", "interactivity_pointer"), tier=4),
    "views.update": Method(update, (), ("view",), ("view_id", "external_id", "hash"), tier=4),
}
