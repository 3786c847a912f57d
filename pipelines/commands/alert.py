"""`scorecards alert`, `status --json` and `metrics`: the state of the warehouse for people who are not looking, and for machines."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pipelines.atomic_file import atomic_write
from pipelines.commands.console import console
from pipelines.operations.alerts import tell
from pipelines.operations.channels import channels
from pipelines.operations.metrics import as_json, as_metrics
from pipelines.operations.state import problems, read_state
from pipelines.settings import Settings

WELL, PROBLEMS, NOT_DELIVERED = 0, 1, 2


def alert(settings: Settings, is_well_too: bool = False) -> int:
    """Tell every configured channel what is new. Returns 0 where all is well, 1 where a problem stands, 2 where a channel could not be reached."""
    state = read_state(settings)
    found = problems(state, settings)
    for problem in found:
        console.print(f"{problem.title}: {problem.sentence} ({problem.runbook_path})", markup=False, soft_wrap=True)
    ways = list(channels(settings.alerting))
    outcome = tell(settings, state, found, ways, is_well_too)
    for name, count in outcome.told.items():
        console.print(f"told: {name} ({count} new)" if count else f"told: {name} (all is well)", markup=False)
    for name, failure in outcome.failures.items():
        console.print(f"not told: {name}: {failure}; the next evaluation tries again", markup=False)
    if not ways:
        console.print("Nobody is told: set SCORECARDS_SMTP_URL and SCORECARDS_ALERT_TO, or SCORECARDS_ALERT_WEBHOOKS (docs/deployment.md).")
    if not found:
        console.print("All is well.")
    return NOT_DELIVERED if outcome.failures else PROBLEMS if found else WELL


def print_json(settings: Settings) -> int:
    """The state as JSON. Returns 0 where all is well, else 1."""
    state = read_state(settings)
    found = problems(state, settings)
    print(json.dumps(as_json(state, found), indent=2, ensure_ascii=False))
    return PROBLEMS if found else WELL


def metrics(settings: Settings, out: Path | None, port: int | None) -> int:
    """Print or write the metrics once, or serve /metrics and /health on 127.0.0.1 until stopped."""
    if port is not None:
        with ThreadingHTTPServer(("127.0.0.1", port), _handler(settings)) as server:
            console.print(f"/metrics and /health on http://127.0.0.1:{server.server_address[1]}")
            server.serve_forever()
    state = read_state(settings)
    text = as_metrics(state, problems(state, settings))
    if out is None:
        print(text, end="")
    else:
        with atomic_write(out) as part:  # the collector never reads half a file
            part.write_text(text, encoding="utf-8")
    return WELL


def _handler(settings: Settings) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path not in {"/metrics", "/health"}:
                self.send_error(404)
                return
            state = read_state(settings)
            found = problems(state, settings)
            is_metrics = self.path == "/metrics"
            body = (as_metrics(state, found) if is_metrics else json.dumps(as_json(state, found))).encode()
            self.send_response(200 if is_metrics or not found else 503)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8" if is_metrics else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Every scrape in a log would say nothing."""

    return Handler
