"""The HTTP routes of Slack besides the Web API: sockets, response URLs, uploads and private files."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import quote

from aiohttp import web

from playground.api import Api
from playground.backend import Backend
from playground.interactions import Interactions
from playground.oauth import Consent
from playground.sockets import Sockets

MAXIMUM_UPLOAD = 1024**3
_SIGN_IN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to your workspace</body></html>"
)
_AVATAR = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 10 10">'
    '<rect width="10" height="10" rx="2" fill="#33566e"/>'
    '<text x="5" y="7" font-size="6" text-anchor="middle" fill="#fff" font-family="sans-serif">{letter}</text></svg>'
)


class Doors:
    def __init__(self, backend: Backend, api: Api, sockets: Sockets, interactions: Interactions) -> None:
        self._backend = backend
        self._api = api
        self._sockets = sockets
        self._interactions = interactions

    def application(self) -> web.Application:
        application = web.Application(client_max_size=MAXIMUM_UPLOAD)
        application.router.add_route("*", "/api/{method}", self._api.handle)
        application.router.add_get("/link/", self._sockets.accept)
        application.router.add_post("/commands/{key:.+}", self._respond)
        application.router.add_post("/actions/{key:.+}", self._respond)
        application.router.add_post("/app/{key:.+}", self._respond)
        application.router.add_post("/upload/v1/{file}", self._upload)
        application.router.add_get("/files-pri/{file}/{name:.+}", self._download)
        application.router.add_get("/oauth/v2/authorize", Consent(self._backend).ask)
        application.router.add_get("/avatars/{name}.svg", self._avatar)
        return application

    async def _avatar(self, request: web.Request) -> web.Response:
        """The first letter of a name, in a square."""
        user_id, _, size = request.match_info["name"].rpartition("-")
        user = self._backend.workspace.users.get(user_id)
        if user is None or not size.isdigit():
            return web.Response(status=404, text="not found")
        return web.Response(
            text=_AVATAR.format(size=size, letter=escape(user.real_name[:1])), content_type="image/svg+xml"
        )

    async def _respond(self, request: web.Request) -> web.Response:
        form = request.content_type == "application/x-www-form-urlencoded"
        body = str((await request.post()).get("payload", "")) if form else await request.text()
        try:
            given = json.loads(body)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        status, said = self._interactions.responses.take(request.match_info["key"], given)
        if status == 200:
            return web.Response(text=said)
        return web.json_response({"ok": False, "error": said}, status=status)

    async def _upload(self, request: web.Request) -> web.Response:
        file = self._backend.workspace.files.get(request.match_info["file"])
        if file is None or file.is_complete:
            return web.Response(status=404, text="not found")
        if request.content_type == "multipart/form-data":
            form = await request.post()
            parts = [field.file.read() for field in form.values() if isinstance(field, web.FileField)]
            file.content = parts[0] if parts else b""
        else:
            file.content = await request.read()
        return web.Response(text=f"OK - {len(file.content)}")

    async def _download(self, request: web.Request) -> web.Response:
        """The bytes, for a token that may read them; otherwise the sign-in page with status 200, as Slack does."""
        file = self._backend.workspace.files.get(request.match_info["file"].rpartition("-")[2])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        credentials = self._backend.credentials
        known = token == credentials.bot_token and not credentials.revoked
        if not known or "files:read" not in self._backend.manifest.scopes or file is None:
            return web.Response(text=_SIGN_IN_PAGE, content_type="text/html")
        if file.is_deleted or not self._backend.sees_file(file):
            return web.Response(text=_SIGN_IN_PAGE, content_type="text/html", status=404)
        disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
        headers = {"Content-Type": file.mimetype, "Content-Disposition": disposition}
        return web.Response(body=file.content, headers=headers)
