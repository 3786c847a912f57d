"""The Dagster UI answers only to its own host names."""

import asyncio

import pytest

from pipelines.webserver import LOOPBACK, OwnHostsOnly


async def the_ui(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the UI"})
    else:
        await send({"type": "websocket.accept"})


def answer(kind="http", **headers):
    """What the application sends first, to a request with these headers."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": f"{kind}.connect"}

    scope = {"type": kind, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(OwnHostsOnly(the_ui, {*LOOPBACK, "Scorecards.example.org"})(scope, receive, send))
    return sent[0].get("status", sent[0]["type"]), b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost:3000", "LOCALHOST", "scorecards.example.org", "scorecards.example.org:443"])
def test_its_own_names_are_answered(host):
    assert answer(host=host) == (200, b"the UI")
    assert answer(host=host, origin=f"http://{host}") == (200, b"the UI")
    assert answer("websocket", host=host, origin=f"https://{host}")[0] == "websocket.accept"


@pytest.mark.parametrize(
    "host",
    ["evil.example.com:3000", "127.0.0.1.evil.example.com", "evil.example.com:127.0.0.1", "", "[::1", "a@127.0.0.1.x", "127.0.0.1,x"],
)
def test_a_rebound_name_is_turned_away(host):
    status, text = answer(host=host)
    assert status == 421
    assert b"SCORECARDS_UI_HOSTS" in text
    assert answer("websocket", host=host)[0] == "websocket.close"


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "http://127.0.0.1.evil.example.com"])
def test_a_page_from_elsewhere_cannot_send_anything(origin):
    assert answer(host="127.0.0.1:3000", origin=origin)[0] == 421
    assert answer("websocket", host="127.0.0.1:3000", origin=origin)[0] == "websocket.close"


def test_a_request_without_a_host_is_turned_away():
    assert answer()[0] == 421
