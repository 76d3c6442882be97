"""What people do to an app: commands, buttons, shortcuts, modals, the App Home; and what its answers do."""

from __future__ import annotations

import re
from typing import Any

from playground import elements
from playground.backend import Backend
from playground.delivery import Delivery
from playground.errors import ApiError, Impossible
from playground.files import File
from playground.messages import Message
from playground.methods.views import add_view, change_view, stack_of, view_content
from playground.people import User
from playground.responses import Responses
from playground.richtext import typed
from playground.validation import complaint
from playground.workspace import Channel, View

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack says when the answer to a submission was none it could use."""
_OPAQUE_NAMES = {"im": "directmessage", "private": "privategroup"}


class Interactions:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.responses = Responses(backend)
        self._suggested: dict[str, dict[str, dict[str, Any]]] = {}
        """action_id -> the options the app suggested there so far, by value and by text."""
        self._message_values: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}

    # -- commands and shortcuts -----------------------------------------------------------------------------------

    def slash(self, user: User, channel: Channel, command: str, text: str) -> Delivery:
        declared = self._backend.manifest.command(command)
        if declared is None:
            raise Impossible(f"{command} is not a valid command: the manifest declares none of that name")
        if user.id not in channel.members:
            raise Impossible(f"{user.name} is not in this conversation")
        workspace = self._backend.workspace
        payload = {
            "token": self._backend.credentials.verification_token,
            "team_id": workspace.team.id,
            "team_domain": workspace.team.domain,
            "channel_id": channel.id,
            "channel_name": _OPAQUE_NAMES.get(channel.kind, channel.name),
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": self._escaped(text) if declared.should_escape else text,
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self._backend.response_urls.issue("commands", user.id, channel.id, None, None),
            "trigger_id": self._backend.triggers.issue(user.id, channel=channel.id),
        }

        def answered(delivery: Delivery) -> None:
            if delivery.error:
                self.responses.slackbot(user, channel, f"{command} failed with the error “{delivery.error}”")
            elif delivery.response:
                given = delivery.response
                self.responses.reply(given if isinstance(given, dict) else {"text": str(given)}, user, channel, None)

        return self._deliver("slash_commands", payload, answered, accepts=True)

    def _escaped(self, text: str) -> str:
        """Turn `@name` and `#channel` into tokens with labels, and escape the rest."""
        workspace = self._backend.workspace

        def user(found: re.Match[str]) -> str:
            try:
                person = workspace.user(found.group(1))
            except LookupError:
                return found.group()
            return f"<@{person.id}|{person.name}>"

        def channel(found: re.Match[str]) -> str:
            named = next((c for c in workspace.channels.values() if c.name == found.group(1)), None)
            return f"<#{named.id}|{named.name}>" if named else found.group()

        marked = re.sub(r"(?<![\w<])@([a-z0-9._-]+)", user, text)
        return typed(re.sub(r"(?<![\w<])#([a-z0-9_-]+)", channel, marked))

    def shortcut(self, user: User, callback_id: str, message: Message | None) -> Delivery:
        kind = "message" if message else "global"
        if self._backend.manifest.shortcut(callback_id, kind) is None:
            raise Impossible(f"the manifest declares no {kind} shortcut {callback_id!r}")
        channel_id = message.channel if message else ""
        payload = self._about(user, "message_action" if message else "shortcut", channel=channel_id)
        payload |= {"callback_id": callback_id, "action_ts": self._backend.workspace.ts()}
        if message:
            if message.ephemeral_for:
                raise Impossible("shortcuts are not offered on messages that only you can see")
            channel = self._backend.workspace.channels[message.channel]
            self._needs_membership(user, channel)
            payload |= {
                "channel": _named(channel),
                "message_ts": message.ts,
                "message": self._backend.workspace.wire(message),
                "response_url": self._response_url(user, message),
            }
        return self._deliver("interactive", payload, lambda _: None)

    # -- buttons and other elements -------------------------------------------------------------------------------

    def click(
        self, user: User, target: Message | View, action_id: str, value: Any = None, block_id: str | None = None
    ) -> Delivery:
        self._interactive()
        blocks = target.blocks if isinstance(target, Message) else target.content["blocks"]
        block, element = elements.find(blocks, action_id, block_id, value)
        value = self._offered(user.id, element, value)
        action = elements.action(block, element, value, self._backend.workspace.ts())
        in_view, in_channel = (target.id, target.channel) if isinstance(target, View) else (None, target.channel)
        payload = self._about(user, "block_actions", in_view, in_channel)
        if isinstance(target, Message):
            payload |= self._on_message(user, target)
            values = self._message_values.setdefault((target.channel, target.ts), {})
            payload["state"] = {"values": values}
        else:
            self._needs_view(user, target)
            values = target.values
            payload |= {"container": {"type": "view", "view_id": target.id}}
        if element["type"] not in elements.PRESSED:
            held = elements.holding(element, value)
            values.setdefault(str(block.get("block_id")), {})[action_id] = held
        if isinstance(target, View):
            payload["view"] = self._filled(target)
        return self._deliver("interactive", payload | {"actions": [action]}, lambda _: None)

    def _on_message(self, user: User, message: Message) -> dict[str, Any]:
        channel = self._backend.workspace.channels[message.channel]
        if message.ephemeral_for not in (None, user.id):
            raise Impossible("only the person it was shown to can press it")
        self._needs_membership(user, channel)
        container: dict[str, Any] = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
        container["is_ephemeral"] = bool(message.ephemeral_for)
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        on: dict[str, Any] = {"container": container, "channel": _named(channel)}
        if not message.ephemeral_for:
            on["message"] = self._backend.workspace.wire(message)
        return on | {"response_url": self._response_url(user, message)}

    def suggest(self, user: User, target: Message | View, action_id: str, typed_text: str) -> Delivery:
        """Ask the app for the options of an external select (block_suggestion)."""
        self._interactive()
        blocks = target.blocks if isinstance(target, Message) else target.content["blocks"]
        block, element = elements.find(blocks, action_id)
        payload = self._about(user, "block_suggestion")
        payload.pop("trigger_id")
        payload |= {"action_id": element["action_id"], "block_id": block.get("block_id", ""), "value": typed_text}
        if isinstance(target, View):
            payload |= {"container": {"type": "view", "view_id": target.id}, "view": self._filled(target)}
        else:
            on_message = self._on_message(user, target)
            on_message.pop("response_url")
            payload |= on_message

        def answered(delivery: Delivery) -> None:
            given = delivery.response if isinstance(delivery.response, dict) else {}
            groups = given.get("option_groups") or [{"options": given.get("options") or []}]
            known = self._suggested.setdefault(str(element["action_id"]), {})
            for option in (each for group in groups for each in group["options"]):
                known |= {str(option["text"]["text"]): option, str(option["value"]): option}

        return self._deliver("interactive", payload, answered, accepts=True)

    # -- modals ---------------------------------------------------------------------------------------------------

    def submit(self, user: User, view: View, values: dict[str, Any] | None = None) -> Delivery:
        """`values`: block_id or action_id -> value, or block_id -> {action_id: value}. Raises Impossible."""
        self._needs_view(user, view)
        if not view.content.get("submit") and not _inputs(view):
            raise Impossible("this modal has no submit button")
        self.fill(user, view, values or {})
        self._require(view)
        payload = self._about(user, "view_submission", view.id)
        payload |= {"view": self._filled(view), "response_urls": self._asked_urls(user, view)}
        view.errors = {}

        def answered(delivery: Delivery) -> None:
            if delivery.error:
                view.errors = {"": TROUBLE}
            else:
                self._after_submission(view, delivery)

        return self._deliver("interactive", payload, answered, accepts=True)

    def _asked_urls(self, user: User, view: View) -> list[dict[str, str]]:
        """A response URL for every menu of conversations that asked for one."""
        urls = []
        for block in _inputs(view):
            element = block["element"]
            held = view.values.get(block["block_id"], {}).get(element.get("action_id"), {})
            chosen = held.get("selected_conversation") or held.get("selected_channel")
            if element.get("response_url_enabled") and chosen:
                url = self._backend.response_urls.issue("app", user.id, chosen, None, None)
                where = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen}
                urls.append({**where, "response_url": url})
        return urls

    def fill(self, user: User, view: View, values: dict[str, Any]) -> None:
        """Type into the fields of a view, without sending anything."""
        self._needs_view(user, view)
        for name, value in values.items():
            self._fill(view, name, value)

    def _fill(self, view: View, name: str, value: Any) -> None:
        for block, element in elements.elements(view.content["blocks"]):
            block_id, action_id = str(block.get("block_id")), str(element.get("action_id"))
            named = name == block_id and isinstance(value, dict) and action_id in value
            if named or name in (block_id, action_id):
                given = self._offered(view.user, element, value[action_id] if named else value)
                view.values.setdefault(block_id, {})[action_id] = elements.holding(element, given)
                return
        raise Impossible(f"this modal has no field {name!r}")

    def _offered(self, user: str, element: dict[str, Any], value: Any) -> Any:
        """`value` as the element holds it: an option the app suggested by its value or text, an uploaded file."""
        if element["type"] == "file_input" and isinstance(value, list):
            return [self._uploaded(user, each) if isinstance(each, tuple) else each for each in value]
        if not element["type"].endswith("external_select"):
            return value
        known = self._suggested.get(str(element.get("action_id")), {})
        return [known.get(each, each) for each in value] if isinstance(value, list) else known.get(value, value)

    def _uploaded(self, user: str, given: tuple[str, bytes]) -> dict[str, Any]:
        """A file that is handed to the app in a modal, and to nobody else."""
        workspace = self._backend.workspace
        file = File.new(workspace.id("F"), given[0], user, int(self._backend.clock.now()), given[1])
        file.is_handed_over = True
        workspace.files[file.id] = file
        return workspace.file_wire(file)

    def _filled(self, view: View) -> dict[str, Any]:
        """The view as it goes to the app, with the values nobody touched filled in."""
        for block, element in elements.elements(view.content["blocks"]):
            if element["type"] not in elements.PRESSED and element.get("action_id"):
                held = view.values.setdefault(str(block.get("block_id")), {})
                untouched = elements.holding(element, elements.initial(element, view.channel))
                held.setdefault(element["action_id"], untouched)
        return view.wire()

    def _require(self, view: View) -> None:
        filled = self._filled(view)["state"]["values"]
        for block in _inputs(view):
            held = filled.get(block["block_id"], {}).get(block["element"].get("action_id"), {})
            if elements.is_empty(held):
                wrong = "" if block.get("optional") else "please complete this required field"
            else:
                wrong = complaint(block["element"], held)
            if wrong:
                raise Impossible(f"“{block['label']['text']}”: {wrong}")

    def _after_submission(self, view: View, delivery: Delivery) -> None:
        response = delivery.response if isinstance(delivery.response, dict) else {}
        match response.get("response_action"):
            case "errors":
                self._mark_wrong(view, response.get("errors"), delivery)
            case "clear":
                self._close_stack(view)
            case "update" | "push" as kind:
                self._show(view, kind, response, delivery)
            case None:
                view.is_open = False
            case _:
                self._give_up(view, delivery, "invalid_response_action")

    def _mark_wrong(self, view: View, errors: Any, delivery: Delivery) -> None:
        """Show the app's errors; errors of blocks that are no inputs of the view are none of Slack's."""
        known = {block["block_id"] for block in _inputs(view)}
        if isinstance(errors, dict) and errors and set(errors) <= known:
            view.errors = {block_id: str(sentence) for block_id, sentence in errors.items()}
        else:
            self._give_up(view, delivery, "invalid_errors")

    @staticmethod
    def _give_up(view: View, delivery: Delivery, why: str) -> None:
        delivery.error = why
        view.errors = {"": TROUBLE}

    def _show(self, view: View, kind: str, response: dict[str, Any], delivery: Delivery) -> None:
        try:
            shown = view_content(response.get("view"), "modal")
            if kind == "push":
                add_view(self._backend, view.user, shown, view)
            else:
                change_view(self._backend, view, shown)
        except ApiError as error:
            self._give_up(view, delivery, error.code)

    def _close_stack(self, view: View) -> None:
        for each in stack_of(self._backend, view):
            each.is_open = False

    def close(self, user: User, view: View, clear: bool = False) -> Delivery | None:
        """Close a modal, or its whole stack with `clear`; the app is told if it asked for it."""
        self._needs_view(user, view)
        closing = stack_of(self._backend, view)[::-1] if clear else [view]
        told = [self._closed(user, each, clear) for each in closing]
        self._backend.changed()
        return told[0]

    def _closed(self, user: User, view: View, clear: bool) -> Delivery | None:
        view.is_open = False
        if not view.content.get("notify_on_close"):
            return None
        payload = self._about(user, "view_closed")
        payload.pop("trigger_id")
        return self._deliver("interactive", payload | {"view": self._filled(view), "is_cleared": clear}, lambda _: None)

    # -- shared ---------------------------------------------------------------------------------------------------

    def _about(self, user: User, kind: str, view: str | None = None, channel: str = "") -> dict[str, Any]:
        team = self._backend.workspace.team
        return {
            "type": kind,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
            "api_app_id": self._backend.workspace.app_id,
            "token": self._backend.credentials.verification_token,
            "trigger_id": self._backend.triggers.issue(user.id, view, channel),
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _deliver(self, kind: Any, payload: dict[str, Any], answered: Any, accepts: bool = False) -> Delivery:
        return self._backend.courier.interaction(kind, self._backend.workspace.id("I"), payload, answered, accepts)

    def _response_url(self, user: User, message: Message) -> str:
        thread_ts = message.thread_ts if message.ephemeral_for else None
        return self._backend.response_urls.issue("actions", user.id, message.channel, message.ts, thread_ts)

    def _interactive(self) -> None:
        if not self._backend.manifest.interactivity:
            raise Impossible("this app is not configured to handle interactive responses (manifest: interactivity)")

    @staticmethod
    def _needs_membership(user: User, channel: Channel) -> None:
        if user.id not in channel.members:
            raise Impossible(f"{user.name} is not in this conversation")

    def _needs_view(self, user: User, view: View) -> None:
        if view.user != user.id:
            raise Impossible("this view is another person's")
        if not view.is_open:
            raise Impossible("this modal is closed")
        if view.type == "modal" and stack_of(self._backend, view)[-1] is not view:
            raise Impossible("another modal lies on top of this one")


def _named(channel: Channel) -> dict[str, str]:
    return {"id": channel.id, "name": _OPAQUE_NAMES.get(channel.kind, channel.name)}


def _inputs(view: View) -> list[dict[str, Any]]:
    return [block for block in view.content["blocks"] if block.get("type") == "input"]
