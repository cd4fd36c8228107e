"""`countinghouse ui`: Dagster's own server behind the door, and its end with all it started."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

TOKEN = "only-for-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
MUTATION = "mutation { reloadWorkspace { __typename } }"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
    folder = tmp_path_factory.mktemp("dagster")
    port = _free_port()
    program = str(Path(sys.executable).parent / "countinghouse")
    with (folder / "said").open("wb") as said:
        server = subprocess.Popen(
            [program, "ui", "--lake", str(folder / "lake"), "--port", str(port)],
            env={**os.environ, "COUNTINGHOUSE_TOKEN": TOKEN},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 240
        while b"Log in" not in (folder / "said").read_bytes() and time.monotonic() < deadline:
            assert server.poll() is None, (folder / "said").read_text()
            time.sleep(0.3)
        yield f"127.0.0.1:{port}", server, folder
    finally:
        server.terminate()
        server.wait(60)


def test_a_page_of_another_origin_reaches_nothing(
    served: tuple[str, subprocess.Popen[bytes], Path],
) -> None:
    here, _, _ = served
    with httpx2.Client(base_url=f"http://{here}", timeout=60) as client:
        assert client.get("/server_info").status_code == 401
        assert client.get("/server_info", headers={**BEARER, "Host": "evil"}).status_code == 421
        inside = client.get("/server_info", headers=BEARER)
        assert "dagster_webserver_version" in inside.json()
        got = client.get("/graphql", params={"query": MUTATION}, headers=BEARER)
        assert got.status_code == 405
        headers = {**BEARER, "Origin": "http://evil.example"}
        sent = client.post("/graphql", json={"query": MUTATION}, headers=headers)
        assert sent.status_code == 403


def test_its_own_page_may_ask_and_change(served: tuple[str, subprocess.Popen[bytes], Path]) -> None:
    here, _, _ = served
    with httpx2.Client(base_url=f"http://{here}", timeout=60) as client:
        client.get("/", params={"access_token": TOKEN})
        own = {"Origin": f"http://{here}"}
        asked = client.get("/graphql", params={"query": "{ version }"})
        assert asked.json()["data"]["version"]
        changed = client.post("/graphql", json={"query": MUTATION}, headers=own)
        assert changed.json()["data"]["reloadWorkspace"]["__typename"] == "Workspace"
        query = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"
        told = client.post("/graphql", json={"query": query}, headers=own).json()
        assert told["data"]["repositoriesOrError"]["nodes"], told


def test_graphql_over_a_websocket_is_guarded_and_works(
    served: tuple[str, subprocess.Popen[bytes], Path],
) -> None:
    here, _, _ = served
    address = f"ws://{here}/graphql"
    for headers in ({}, {**BEARER, "Origin": "http://evil.example"}):
        with (
            pytest.raises(InvalidStatus),
            connect(address, additional_headers=headers, subprotocols=[Subprotocol("graphql-ws")]),
        ):
            pass
    headers = {**BEARER, "Origin": f"http://{here}"}
    with connect(
        address, additional_headers=headers, subprotocols=[Subprotocol("graphql-ws")]
    ) as websocket:
        websocket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(websocket.recv(30))["type"] == "connection_ack"


def test_the_server_ends_with_all_it_started_and_never_says_the_token(
    served: tuple[str, subprocess.Popen[bytes], Path],
) -> None:
    _, server, folder = served
    # A child that has ended and that nobody has asked about yet has no command line any more.
    family = [
        one
        for one in psutil.Process(server.pid).children(recursive=True)
        if one.status() != psutil.STATUS_ZOMBIE
    ]
    programs = [" ".join(one.cmdline()) for one in (psutil.Process(server.pid), *family)]
    assert any("dagster._daemon" in program for program in programs), programs
    assert any("code-server" in program for program in programs), programs
    assert not any(TOKEN in program for program in programs)
    assert not any("COUNTINGHOUSE_TOKEN" in one.environ() for one in family)
    server.terminate()
    assert server.wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive, [one.cmdline() for one in alive]
    said = (folder / "said").read_text()
    assert TOKEN not in said
    assert "Traceback" not in said, said
    assert re.search(r"Dagster: +http://127\.0\.0\.1:\d+/", said)
    written = [path for path in (folder / "lake").rglob("*") if path.is_file()]
    assert not [path for path in written if TOKEN.encode() in path.read_bytes()]
