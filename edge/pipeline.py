"""What every request passes before the application, in order, each step once.

    peer address → forwarded headers → request id, caller, context → HEAD → CORS
        → personal access token → limits of a person → kept answers → plain check-ins → application

One layer around the application instead of a dozen in it: a request that is served on the way
never enters the framework, and the headers of a response are put together once (`Exchange`). What a
step does is in a module of its own; their order is here.
"""

import logging
import time
from functools import partial

import grpc
from fastapi import FastAPI
from starlette.datastructures import State
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from chassis.context import RequestContext, current_context, set_context, use_context
from chassis.identity import TokenVerifier
from edge.auth.authentication import PERSONAL_PREFIX, Authentication
from edge.browsers import cors_options
from edge.clients import Clients
from edge.exchange import Exchange, exchange_of
from edge.habits.answer_cache import AnswerCache, key_of
from edge.habits.fast_path import serve_plain_check_in
from edge.head import serve_head
from edge.limits import WRITE_METHODS, PersonLimits
from edge.problems import internal_error, problem_from_call
from edge.proxies import keep_peer_address
from edge.request_headers import read_headers
from edge.request_log import RequestLog, logged_path
from edge.settings import EdgeSettings

_log = logging.getLogger(__name__)


class Pipeline:
    """The edge as an ASGI app: the steps before an application, and the application.

    Args:
        app: Serves what no step has served.
        clients: Stubs of the services.
        settings: Which steps there are, and their limits.
        verifier: Verifies access tokens here already; only the services do when None.
    """

    def __init__(
        self,
        app: FastAPI,
        clients: Clients,
        settings: EdgeSettings,
        verifier: TokenVerifier | None,
    ) -> None:
        self.app = app
        self._verifies = verifier is not None
        self._timeout_seconds = settings.request_timeout.total_seconds()
        self._request_log = RequestLog(is_written=settings.access_log)
        self._authentication = Authentication(clients, verifier)
        self._limits = PersonLimits(
            writes_per_second=settings.writes_per_second,
            reads_per_second=settings.expensive_reads_per_second,
            reads_burst=settings.expensive_reads_burst,
            verifies=self._verifies,
        )
        # An answer is kept for the person of a verified token.
        self._answers = AnswerCache(app, progress=clients.progress) if self._verifies else None
        self._has_fast_path = settings.check_in_fast_path
        self._begin: ASGIApp = self._serve
        if settings.forwarded_allow_ips:
            self._begin = ProxyHeadersMiddleware(self._serve, settings.forwarded_allow_ips)  # type: ignore[arg-type,assignment]  # ASGI by other names
        self._go_on: ASGIApp = self._route
        if settings.cors_origins:
            self._go_on = CORSMiddleware(self._route, **cors_options(settings.cors_origins))

    @property
    def state(self) -> State:
        """What routes share."""
        return self.app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass on what is none, such as the lifespan."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        keep_peer_address(scope)
        await self._begin(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request in its context; log it, count it, and answer what nobody expected."""
        started = time.perf_counter()
        request_id, traceparent, token = read_headers(scope["headers"])
        exchange = Exchange(scope, send, request_id)
        caller = self._authentication.find_caller(token)
        deadline = time.monotonic() + self._timeout_seconds
        with use_context(RequestContext(request_id, traceparent, token, caller, deadline)):
            try:
                if scope["method"] == "HEAD":
                    await serve_head(self._go_on, scope, receive, exchange)
                else:
                    await self._go_on(scope, receive, exchange)
            except Exception:
                _log.exception("internal error", extra={"path": logged_path(scope["path"])})
                if not exchange.status:  # else the response has started and can only be cut off
                    await internal_error(scope["path"])(scope, receive, exchange)
            finally:
                seconds = time.perf_counter() - started
                self._request_log.record(scope, exchange.status or 500, seconds)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request by the first step that can; by the application when none does."""
        app: ASGIApp = self.app
        try:
            context = current_context()
            if context.token.startswith(PERSONAL_PREFIX):
                context = await self._authentication.exchange(context, _client_address(scope))
                set_context(context)  # until `_serve` sets back the one before
            response = self._limits.take(scope, exchange_of(scope))
            if response is None and scope["method"] in WRITE_METHODS:
                response, receive = await self._write(scope, receive, context)
            elif response is None and self._answers and (key := key_of(scope, context.caller)):
                app = partial(self._answers.serve, key)
        except grpc.aio.AioRpcError as error:
            response = problem_from_call(error, instance=scope["path"], route=scope.get("route"))
        await (response or app)(scope, receive, send)

    async def _write(
        self, scope: Scope, receive: Receive, context: RequestContext
    ) -> tuple[Response | None, Receive]:
        """Serve a write that needs no framework; return None, and what to receive from, if none."""
        if self._answers is not None and context.caller is not None:
            self._answers.forget(context.caller.id)
        is_authenticated = context.token and (context.caller is not None or not self._verifies)
        if is_authenticated and self._has_fast_path:
            return await serve_plain_check_in(scope, receive, self.state)
        return None, receive


def _client_address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
