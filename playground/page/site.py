"""The routes of the page: looking, doing, and being told that something changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from playground.errors import ApiError, Impossible
from playground.page import doing
from playground.page.fields import Fields
from playground.page.markup import Drawing
from playground.page.reading import Reading
from playground.page.screen import Screen, Seat

if TYPE_CHECKING:
    from playground.server import Playground

_HERE = Path(__file__).parent
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'self'"
)
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Kinds of files that are shown on the page."""
_SETTLE_SECONDS = 0.04
"""Changes within this time reach the page together."""
_KEEPALIVE_SECONDS = 15.0


class Site:
    """Mounts the page of one playground into its web application."""

    def __init__(self, slack: Playground) -> None:
        self._slack = slack
        self._watching: set[asyncio.Event] = set()
        self._is_closing = False
        self._reading = Reading()
        self._trouble: dict[str, str] = {}
        """person -> what they are to be told on the next page, where there is no script to tell them at once."""
        self._seen: dict[str, str] = {}
        """person -> the channel they looked at last, which an agent is told when they turn to it."""
        drawing = Drawing(slack.workspace)
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {"draw": drawing, "fields": Fields(slack.workspace), "PICTURES": PICTURES}
        self._templates.filters["tojson_attribute"] = json.dumps

    def mount(self, application: web.Application) -> None:
        application.router.add_get("/", self._guarded(self._look))
        application.router.add_get("/live", self._guarded(self._live))
        application.router.add_get("/wire", self._guarded(self._wire))
        application.router.add_get("/suggest", self._guarded(self._suggest))
        application.router.add_post("/do/{what}", self._guarded(self._do))
        application.router.add_get("/files/{user}/{file}/{name:.*}", self._guarded(self._file))
        application.router.add_get("/archives/{channel}/{ts}", self._guarded(self._permalink))
        application.router.add_static("/static/", _HERE / "static")

    def close(self) -> None:
        """Let the pages go that wait for changes."""
        self._is_closing = True
        self.changed()

    def changed(self) -> None:
        for event in self._watching:
            event.set()

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Only this machine's own page may speak to it: a foreign name or origin is another site's script."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            hosts = [urlsplit(f"//{request.host}").hostname, urlsplit(origin).hostname if origin else "localhost"]
            if any(host not in _LOOPBACK for host in hosts):
                return web.Response(status=403, text="The playground is for this machine only.")
            return await handler(request)

        return guarded

    # -- looking --------------------------------------------------------------------------------------------------

    async def _look(self, request: web.Request) -> web.Response:
        seat = Seat.of(self._slack, {"as": request.cookies.get("as", ""), **request.query})
        is_live = "X-Live" in request.headers
        trouble = "" if is_live else self._trouble.pop(seat.person.id, "")
        screen = Screen(self._slack, seat, self._reading, trouble)
        if is_live:
            self._reading.look(seat.person, seat.channel)
        else:
            self._reading.enter(seat.person, seat.channel)
            self._enter(screen)
        html = self._templates.get_template("page.html").render(screen=screen, seat=seat, slack=self._slack)
        response = web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": _POLICY})
        response.set_cookie("as", seat.person.name, samesite="Strict")  # a permalink opens as the same person
        return response

    def _enter(self, screen: Screen) -> None:
        """Opening the app's own conversation is told to it, with what the person had before their eyes."""
        person, seat = screen.person, screen.seat
        if not screen.is_app_conversation:
            turned = self._seen.get(person.id) != screen.channel.id
            self._seen[person.id] = screen.channel.id
            if screen.shows_agent and turned:
                self._turn(screen)
        elif seat.tab in ("home", "messages"):
            seen = self._seen.get(person.id)
            self._slack.open_home(person, seat.tab, [self._entity(seen)] if seen else [])

    def _turn(self, screen: Screen) -> None:
        """The person goes to another conversation while the app's pane is open."""
        slack, person = self._slack, screen.person
        slack.look_at(person, [self._entity(screen.channel.id)])
        chats = [m for m in slack.messages(slack.im(person)) if m.subtype == "assistant_app_thread"]
        if chats:
            slack.turn_to(person, chats[-1].ts, screen.channel)

    def _entity(self, channel_id: str) -> dict[str, str]:
        return {"type": "slack#/types/channel_id", "value": channel_id, "team_id": self._slack.team.id}

    async def _wire(self, _: web.Request) -> web.Response:
        return web.Response(text=self._slack.dump())

    async def _permalink(self, request: web.Request) -> web.StreamResponse:
        digits = request.match_info["ts"].removeprefix("p")
        thread = request.query.get("thread_ts") or f"{digits[:-6]}.{digits[-6:]}"
        raise web.HTTPFound(f"/?in={request.match_info['channel']}&thread={thread}")

    async def _file(self, request: web.Request) -> web.Response:
        """A file as a person opens it: pictures are shown, anything else is saved; never run as a page."""
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None or file.is_deleted:
            raise web.HTTPNotFound
        is_picture = file.mimetype in PICTURES
        disposition = "inline" if is_picture else f"attachment; filename*=UTF-8''{quote(file.name)}"
        headers = {
            "Content-Type": file.mimetype if is_picture else "application/octet-stream",
            "Content-Disposition": disposition,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=file.content, headers=headers)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one for every change, without saying which."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        event = asyncio.Event()
        self._watching.add(event)
        try:
            while not self._is_closing:
                try:
                    await asyncio.wait_for(event.wait(), _KEEPALIVE_SECONDS)
                    await asyncio.sleep(_SETTLE_SECONDS)
                    event.clear()
                    await response.write(b"data: changed\n\n")
                except TimeoutError:
                    await response.write(b": still here\n\n")
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._watching.discard(event)
        return response

    # -- doing ----------------------------------------------------------------------------------------------------

    async def _do(self, request: web.Request) -> web.StreamResponse:
        form = await doing.Form.read(request)
        action = doing.ACTIONS.get(request.match_info["what"])
        if action is None:
            raise web.HTTPNotFound
        seat = Seat.of(self._slack, form.texts)
        try:
            then = action(self._slack, seat, form) or seat.query()
        except (Impossible, ApiError, LookupError) as error:
            if "X-Live" in request.headers:
                return web.json_response({"trouble": str(error)}, status=409)
            self._trouble[seat.person.id] = str(error)
            then = seat.query()
        if "X-Live" in request.headers:
            return web.json_response({"go": then})
        raise web.HTTPSeeOther(then)

    async def _suggest(self, request: web.Request) -> web.Response:
        """The options of an external select, asked of the app."""
        form = doing.Form(dict(request.query), {}, {})
        seat = Seat.of(self._slack, form.texts)
        target = doing.target_of(self._slack, seat, form)
        delivery = self._slack.suggest(seat.person, target, form.texts["action_id"], form.texts.get("value", ""))
        await asyncio.to_thread(delivery.wait)
        given = delivery.response if isinstance(delivery.response, dict) else {}
        groups = given.get("option_groups") or [{"options": given.get("options") or []}]
        return web.json_response([option for group in groups for option in group["options"]])
