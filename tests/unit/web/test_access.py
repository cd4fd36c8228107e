"""The door in front of the servers: who may pass, and what another web page could have sent."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from pipelines.web.access import TokenGuard
from pipelines.web.graphql import QueriesOnlyInAddresses, is_query_only

TOKEN = "a-token-of-some-length"
HERE = "http://127.0.0.1:3000"
SOCKET = "ws://127.0.0.1:3000/graphql"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def _said(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"inside {request.url.path}?{request.url.query}")


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("inside")
    await websocket.close()


@pytest.fixture
def client() -> TestClient:
    routes = [
        WebSocketRoute("/graphql", _echo),
        Route("/{path:path}", _said, methods=["GET", "POST", "OPTIONS"]),
    ]
    inside = QueriesOnlyInAddresses(Starlette(routes=routes))
    guarded = TokenGuard(inside, token=TOKEN, name="test-3000", hosts=["books.example.org"])
    return TestClient(guarded, base_url=HERE, follow_redirects=False)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer another-token-of-length"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": "countinghouse-test-3000=in.forged.signature"},
        {"Cookie": f"countinghouse-test-3000={TOKEN}"},
    ],
)
def test_nobody_passes_without_the_token(client: TestClient, headers: Any) -> None:
    for method, path in (("GET", "/"), ("POST", "/graphql"), ("GET", "/logs/x")):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert "inside" not in answer.text
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers=headers):
        pass


def test_a_reader_of_pages_is_asked_for_the_token_and_led_on(client: TestClient) -> None:
    asked = client.get("/runs", headers={"Accept": "text/html"})
    assert asked.status_code == 401
    assert 'type="password"' in asked.text
    wrong = client.post("/login", data={"access_token": "a guess"})
    assert (wrong.status_code, wrong.headers.get("set-cookie")) == (401, None)
    answer = client.post("/login", data={"access_token": TOKEN}, headers={"Origin": HERE})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/runs").text.startswith("inside /runs")
    with client.websocket_connect(SOCKET) as websocket:
        assert websocket.receive_text() == "inside"


def test_the_cookie_is_for_no_script_no_other_site_and_does_not_hold_the_token(
    client: TestClient,
) -> None:
    cookie = client.get(f"/?access_token={TOKEN}").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=43200" in cookie
    assert TOKEN not in cookie


def test_the_token_does_not_stay_in_the_address(client: TestClient) -> None:
    answer = client.get(f"/a/page?x=1&access_token={TOKEN}&y=%26%3C")
    assert answer.status_code == 200
    assert TOKEN not in answer.text
    assert 'content="0;url=/a/page?x=1&amp;y=%26%3C"' in answer.text
    abroad = client.get(f"{HERE}//evil.example/?access_token={TOKEN}")
    assert "url=/evil.example/" in abroad.text


def test_another_token_ends_every_login(client: TestClient) -> None:
    client.get(f"/?access_token={TOKEN}")
    other = TokenGuard(Starlette(), token="b-token-of-some-length", name="test-3000")
    with TestClient(other, base_url=HERE, cookies=client.cookies) as elsewhere:
        assert elsewhere.get("/").status_code == 401


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example:3000", "localhost.evil.example", "10.0.0.7:3000", "["],
)
def test_a_name_that_points_here_is_not_answered_to(client: TestClient, host: str) -> None:
    for path in ("/", "/login", f"/?access_token={TOKEN}"):
        assert client.get(path, headers={**BEARER, "Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "LOCALHOST:8080", "[::1]:3000", "localhost",
                                  "books.example.org"])  # fmt: skip
def test_the_names_of_this_server_are_answered_to(client: TestClient, host: str) -> None:
    assert client.get("/", headers={**BEARER, "Host": host}).text == "inside /?"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://127.0.0.1:3000.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
)
def test_what_another_page_sends_is_refused_whoever_is_logged_in(
    client: TestClient, headers: Any
) -> None:
    client.get(f"/?access_token={TOKEN}")
    for method in ("GET", "POST", "OPTIONS"):
        answer = client.request(method, "/graphql", headers=headers)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers=headers):
        pass


def test_a_link_that_somebody_follows_is_welcome(client: TestClient) -> None:
    client.get(f"/?access_token={TOKEN}")
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "document"}  # fmt: skip
    answer = client.get("/runs", headers=followed)
    assert answer.text.startswith("inside")
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    ("document", "asks"),
    [
        ("{ version }", True),
        ("query q($mutation: String) { runs(filter: $mutation) { mutation } }", True),
        ('# mutation { x }\nquery { assets(prefix: "mutation { x }") { id } }', True),
        ("fragment f on Query { version } query { ...f }", True),
        ("mutation { x }", False),
        ("# a comment\n,,mutation m { x }", False),
        ("query a { version } mutation b { x }", False),
        ("\ufeffmutation{x}", False),
        ("subscription { x }", False),
        ("query {", False),
        ("{a" * 20_000, False),
        ("", False),
    ],
)
def test_a_document_is_parsed_and_not_searched(document: str, asks: bool) -> None:
    assert is_query_only(document) is asks


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_mutation_in_an_address_is_refused(client: TestClient, method: str) -> None:
    for path in ("/graphql", "/graphql/", "/%67raphql"):
        asked = client.request(method, f"{path}?query=mutation%7Bx%7D", headers=BEARER)
        assert asked.status_code == 405
        twice = f"{path}?query=%7Bversion%7D&query=mutation%7Bx%7D"
        assert client.request(method, twice, headers=BEARER).status_code == 405
        query = client.request(method, f"{path}?query=%7Bversion%7D", headers=BEARER)
        assert query.status_code == 200
    assert client.get("/assets?query=mutation", headers=BEARER).status_code == 200


def test_a_form_without_end_is_not_read(client: TestClient) -> None:
    endless = (b"x" * 1_000 for _ in range(1_000_000))
    assert client.post("/login", content=endless).status_code == 401
