"""The Web API's door: decode, refuse, run, log, answer."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from playground.backend import Backend, Call
from playground.errors import ApiError
from playground.faults import Fault
from playground.methods import METHODS
from playground.methods.spec import Method, missing_scope
from playground.rates import Rates
from playground.sockets import Sockets
from playground.wire import Request, decode


class Api:
    def __init__(self, backend: Backend, sockets: Sockets, rates: Rates) -> None:
        self._backend = backend
        self._sockets = sockets
        self._rates = rates

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            call = await decode(request)
        except ApiError as error:
            return self._answer(Request(name, {}, None), _refusal(error), 200)
        fault = self._backend.faults.next(name)
        if fault and fault.hang is not None:
            await asyncio.sleep(fault.hang)
        if fault and fault.reset:
            return self._cut(request, call, {"ok": False, "error": "(connection reset)"})
        if fault and (fault.status or fault.error):
            return self._faulty(call, fault)
        if (wait := self._rates.wait(name, METHODS.get(name), call.arguments)) is not None:
            return self._answer(call, {"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(wait)})
        body = self._run(request, call)
        if fault and fault.execute_then_cut:
            return self._cut(request, call, body)
        return self._answer(call, body, 200)

    def _run(self, request: web.Request, call: Request) -> dict[str, Any]:
        method = METHODS.get(call.method)
        try:
            if call.method == "apps.connections.open":
                return self._open_socket(request, call)
            if method is None:
                raise ApiError("unknown_method", req_method=call.method)
            self._admit(method, call)
            is_app = call.token == self._backend.credentials.app_token
            run = method.run_for_app if is_app and method.run_for_app else method.run
            body = {"ok": True, **run(self._backend, call.arguments)}
        except ApiError as error:
            return _refusal(error)
        return _warned(body, call.warning)

    def _admit(self, method: Method, call: Request) -> None:
        """Raises ApiError unless token, scopes and arguments are in order."""
        if method.caller == "anybody":
            return
        by_either = method.run_for_app is not None
        self._authenticate(call, "either" if by_either else method.caller)
        granted = self._backend.manifest.scopes
        if method.caller == "bot" and method.scopes and not granted.intersection(method.scopes):
            raise missing_scope(self._backend, ",".join(method.scopes))
        missing = [name for name in method.required if call.arguments.get(name) is None]
        if missing:
            raise ApiError("invalid_arguments", [f"[ERROR] missing required field: {name}" for name in missing])
        for name in call.arguments:
            if not name.replace("_", "").replace(".", "").isalnum() or len(name) > 100:
                raise ApiError("invalid_arg_name")

    def _authenticate(self, call: Request, kind: str) -> None:
        credentials = self._backend.credentials
        if not call.token:
            raise ApiError("not_authed")
        if call.token not in (credentials.bot_token, credentials.app_token):
            raise ApiError("invalid_auth")
        if credentials.revoked:
            raise ApiError(credentials.revoked)
        expected = {"bot": credentials.bot_token, "app": credentials.app_token}.get(kind, call.token)
        if call.token != expected:
            raise ApiError("not_allowed_token_type")

    def _open_socket(self, request: web.Request, call: Request) -> dict[str, Any]:
        self._authenticate(call, "app")
        if not self._backend.manifest.socket_mode:
            raise ApiError("socket_mode_disabled")
        url = f"ws://{request.host}/link/?ticket={self._sockets.ticket()}&app_id={self._backend.workspace.app_id}"
        return {"ok": True, "url": url}

    def _faulty(self, call: Request, fault: Fault) -> web.Response:
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        if fault.error == "missing_scope":
            method = METHODS.get(call.method)
            needed = ",".join(method.scopes) if method else ""
            return self._answer(call, _refusal(missing_scope(self._backend, needed)), 200, headers)
        if fault.status is None or fault.status == 200:
            return self._answer(call, {"ok": False, "error": fault.error}, 200, headers)
        error = fault.error or ("ratelimited" if fault.status == 429 else "internal_error")
        return self._answer(call, {"ok": False, "error": error}, fault.status, headers)

    def _cut(self, request: web.Request, call: Request, body: dict[str, Any]) -> web.StreamResponse:
        self._log(call, body, 0)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _answer(
        self, call: Request, body: dict[str, Any], status: int, headers: dict[str, str] | None = None
    ) -> web.Response:
        self._log(call, body, status)
        sent = {"x-slack-req-id": self._backend.workspace.id("").lower(), **(headers or {})}
        method = METHODS.get(call.method)
        if call.token == self._backend.credentials.bot_token:
            sent["x-oauth-scopes"] = ",".join(sorted(self._backend.manifest.scopes))
            sent["x-accepted-oauth-scopes"] = ",".join(method.scopes) if method else ""
        return web.json_response(body, status=status, headers=sent)

    def _log(self, call: Request, body: dict[str, Any], status: int) -> None:
        method = METHODS.get(call.method)
        unknown = method.unknown(call.arguments) if method else ()
        entry = Call(call.method, call.arguments, body, status, self._backend.clock.now(), unknown)
        self._backend.calls.append(entry)
        self._backend.changed()


def _refusal(error: ApiError) -> dict[str, Any]:
    return {"ok": False, "error": error.code, **error.fields}


def _warned(body: dict[str, Any], warning: str | None) -> dict[str, Any]:
    if warning is None:
        return body
    metadata = body.get("response_metadata", {})
    warnings = [*metadata.get("warnings", ()), warning]
    return {**body, "warning": ",".join(warnings), "response_metadata": {**metadata, "warnings": warnings}}
