"""The door in front of a server: the token, and no request that another web page could have sent.

A server on loopback is within reach of every page that its user's browser shows. A page of another
origin can send it requests, and one whose name was pointed at 127.0.0.1 after it was loaded (DNS
rebinding) can read the answers. Neither Dagster's server nor marimo's checks for that, so this
does, before they see anything of a request.
"""

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs, urlencode, urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.web.login import login_page, redirect_page

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
TOKEN_PARAMETER = "access_token"  # noqa: S105  # the name of a parameter
LOGIN_PATH = "/login"
SECONDS_LOGGED_IN = 12 * 60 * 60
_LONGEST_FORM = 4_096
_READING = frozenset({"GET", "HEAD"})


class TokenGuard:
    """An ASGI application behind a token.

    Whoever shows the token gets a cookie that no script reads and that no other site can make a
    browser send. The cookie is signed with the token: another token ends every login.
    """

    def __init__(self, app: ASGIApp, *, token: str, name: str, hosts: Iterable[str] = ()) -> None:
        """Guard an application.

        Args:
            app: what is behind the door.
            token: the secret that opens it.
            name: tells the cookies of several servers on one machine apart.
            hosts: names under which the server is reached, beside those of loopback.
        """
        self._app = app
        self._token = token.encode()
        self._cookie = f"countinghouse-{name}"
        self._hosts = LOOPBACK_NAMES | {host.lower() for host in hosts}
        self._signer = TimestampSigner(self._token, self._cookie, digest_method=hashlib.sha256)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        answer = self._foreign(connection)
        if answer is None and scope["type"] == "http":
            answer = await self._at_the_door(Request(scope, receive))
        elif answer is None and not self._is_known(connection):
            answer = _refused(401, "Log in first.")
        if answer is None:
            await self._app(scope, receive, _hardened(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, send)

    def _foreign(self, connection: HTTPConnection) -> Response | None:
        """The refusal of what was not meant for this server, or not sent by its own pages."""
        hosts = connection.headers.getlist("host")
        if len(hosts) != 1 or _name_of(hosts[0]) not in self._hosts:
            return _refused(421, "This server does not answer to that name (Host).")
        origins = connection.headers.getlist("origin")
        if any(urlsplit(origin).netloc.lower() != hosts[0].lower() for origin in origins):
            return _refused(403, "Only this server's own pages may send that (Origin).")
        # Browsers say where a request comes from; a link that somebody follows is welcome.
        headers = connection.headers
        foreign = headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
        followed = (
            connection.scope.get("method") == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        )
        if foreign and not followed:
            return _refused(403, "Only this server's own pages may ask for that.")
        return None

    async def _at_the_door(self, request: Request) -> Response | None:
        """Log in, or refuse whoever is not known; nothing for whoever may pass."""
        if request.method == "POST" and request.url.path == LOGIN_PATH:
            return self._login(request, await _from_form(request), RedirectResponse("/", 303))
        if request.method == "GET" and TOKEN_PARAMETER in request.query_params:
            given = request.query_params[TOKEN_PARAMETER]
            return self._login(request, given, redirect_page(_without_token(request)))
        if request.url.path != LOGIN_PATH and self._is_known(request):
            return None
        reads_page = "text/html" in request.headers.get("accept", "")
        if request.method in _READING and (reads_page or request.url.path == LOGIN_PATH):
            return login_page()
        return _refused(401, f"Log in at {LOGIN_PATH}, or send Authorization: Bearer TOKEN.")

    def _login(self, request: Request, given: str, answer: Response) -> Response:
        """The answer with a cookie for whoever shows the token, or the form again."""
        if not self._is_token(given):
            return login_page("That is not the token.")
        answer.set_cookie(
            self._cookie,
            self._signer.sign(b"in").decode(),
            max_age=SECONDS_LOGGED_IN,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    def _is_known(self, connection: HTTPConnection) -> bool:
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._is_token(given.strip())
        try:
            cookie = connection.cookies.get(self._cookie, "")
            self._signer.unsign(cookie, max_age=SECONDS_LOGGED_IN)
        except BadSignature:
            return False
        return True

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token)


async def _from_form(request: Request) -> str:
    """The token of a login form; a longer body than any login has is not read to its end."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return ""
    fields = parse_qs(body.decode("utf-8", "replace"))
    return fields.get(TOKEN_PARAMETER, [""])[0].strip()


def _without_token(request: Request) -> str:
    """The address that was asked for, on this server, without the token in it."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != TOKEN_PARAMETER]
    path = "/" + request.url.path.lstrip("/\\")
    path = "/" if path == LOGIN_PATH else path
    return f"{path}?{urlencode(kept)}" if kept else path


def _name_of(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _refused(status: int, why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status, {"Cache-Control": "no-store"})


def _hardened(send: Send) -> Send:
    """Every answer says that no other site may frame it or take it in."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Frame-Options"] = "SAMEORIGIN"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
        await send(message)

    return sent
