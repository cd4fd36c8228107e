"""The page that asks for the token, and the one that follows it."""

from html import escape

from starlette.responses import HTMLResponse

_HEADERS = {
    "Cache-Control": "no-store",
    # Not `no-referrer`: with it browsers hide the origin of the form, and it would be refused.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Countinghouse</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
main {{ max-width: 24rem; margin: 15vh auto; padding: 0 1rem }}
input, button {{ font: inherit; width: 100%; box-sizing: border-box; padding: .5rem }}
</style></head><body><main>{body}</main></body></html>
"""
_FORM = """<h1>Countinghouse</h1>
<form method="post" action="/login">
<label for="access_token">Token</label>
<input id="access_token" name="access_token" type="password"
autocomplete="current-password" required autofocus><button>Log in</button></form>
<p role="alert">{message}</p>
<p>The command that started this server says where the token is.</p>"""


def login_page(message: str = "") -> HTMLResponse:
    """The form, with what was wrong the last time."""
    body = _FORM.format(message=escape(message))
    return HTMLResponse(_PAGE.format(head="", body=body), 401, headers=_HEADERS)


def redirect_page(address: str) -> HTMLResponse:
    """A page that leads on to an address of this server.

    It is a page and not a redirect: to a browser that followed a link from elsewhere, a redirect
    still comes from there, and the new cookie would not be sent along.
    """
    safe = escape(address, quote=True)
    head = f'<meta http-equiv="refresh" content="0;url={safe}">'
    body = f'<p>Logged in. <a href="{safe}">Go on</a>.</p>'
    return HTMLResponse(_PAGE.format(head=head, body=body), headers=_HEADERS)
