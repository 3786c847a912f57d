"""The Dagster UI for its own host names only: Dagster's web application behind a check of the headers Host and Origin.

The UI has no login. Bound to the loopback address it is out of reach of other machines, but not of a page in a browser on this one: such a page can
have its own name point at 127.0.0.1 (DNS rebinding), or send a form there. A browser tells in Host and Origin by which name it came, and from where.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost")


class OwnHostsOnly:
    """ASGI middleware: answers requests and websockets that name one of the hosts, and whose page, if any, is of one of them."""

    def __init__(self, app: Any, hosts: Collection[str]) -> None:
        self.app = app
        self.hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan" or self._is_own(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            text = b"This server answers to its own host names only; SCORECARDS_UI_HOSTS lists more (docs/personal-data.md).\n"
            await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
            await send({"type": "http.response.body", "body": text})

    def _is_own(self, scope: Any) -> bool:
        headers = scope["headers"]
        hosts = [_host(b"//" + value) for name, value in headers if name == b"host"]
        origins = [_host(value) for name, value in headers if name == b"origin"]
        return len(hosts) == 1 and all(host in self.hosts for host in hosts + origins)


def _host(address: bytes) -> str | None:
    try:
        return urlsplit(address.decode("latin-1")).hostname
    except ValueError:
        return None


def serve(host: str, port: int, hosts: Collection[str]) -> None:
    """Serve the UI of the instance in DAGSTER_HOME until the process is stopped."""
    import uvicorn
    from dagster import DagsterInstance, __version__
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import ModuleTarget
    from dagster_webserver.app import create_app_from_workspace_process_context

    target = ModuleTarget("pipelines.definitions", attribute=None, working_directory=None, location_name="scorecards")
    with DagsterInstance.get() as instance:
        instance.optimize_for_webserver(statement_timeout=15_000, pool_recycle=3_600, max_overflow=20)
        with WorkspaceProcessContext(instance, target, version=__version__) as context:
            app = create_app_from_workspace_process_context(context)
            uvicorn.run(OwnHostsOnly(app, {*LOOPBACK, *hosts}), host=host, port=port, log_level="warning")
