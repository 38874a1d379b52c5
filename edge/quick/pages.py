"""The pages that quick links show in a browser: a button, and what pressing it did.

A `GET` never checks in: chats and mail programs fetch links to preview them, and some run scripts.
An address with `#now` presses the button itself; the fragment is never sent to a server, and the
script waits until the page is visible, which no preview is.
"""

import base64
from hashlib import sha256
from html import escape

from contracts.habits.v1.quick_link_service_pb2 import GetQuickLinkResponse, UseQuickLinkResponse
from edge.quick.texts import all_texts, button_text, message_of, texts_of

_STYLE = (
    ":root{color-scheme:light dark;font:1.25rem system-ui,sans-serif}"
    "body{margin:0;min-height:100vh;display:grid;place-content:center;gap:1rem;"
    "text-align:center;padding:1rem;box-sizing:border-box;overflow-wrap:anywhere}"
    "h1{font-size:1.5rem;margin:0}p{margin:0}"
    "button{font:inherit;padding:1rem 2rem;border-radius:.75rem;border:1px solid;cursor:pointer}"
)
_SCRIPT = (
    'if(location.hash==="#now"){const press=()=>{if(document.visibilityState==="visible"){'
    'document.removeEventListener("visibilitychange",press);'
    'history.replaceState(null,"",location.pathname);document.forms[0].submit()}};'
    'document.addEventListener("visibilitychange",press);press()}'
)


def _source(text: str) -> str:
    """Return the CSP source of an inline text: only this very text may run."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


PREFIX = "/v1/quick/"
"""Where the pages are; what follows is a secret."""
POLICY = (
    f"default-src 'none'; script-src {_source(_SCRIPT)}; style-src {_source(_STYLE)}; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def button_page(shown: GetQuickLinkResponse) -> str:
    """Return the page with the button. Its title says nothing: previews show titles."""
    content = (
        f"<h1>{escape(shown.habit_title)}</h1>"
        f'<form method="post"><button>{escape(button_text(shown))}</button></form>'
        f"<script>{_SCRIPT}</script>"
    )
    return _page(texts_of(shown.locale).language, content)


def result_page(used: UseQuickLinkResponse) -> str:
    """Return the page that tells what pressing the button did."""
    texts = texts_of(used.quick_link.locale)
    content = f'<h1 role="status">{escape(message_of(used))}</h1><p>{texts.close}</p>'
    return _page(texts.language, content)


def not_found_page() -> str:
    """Return the page of an address that does not work, or no longer."""
    content = "".join(f'<p lang="{it.language}">{it.not_found}</p>' for it in all_texts())
    return _page("en", content)


def refused_page(sentence: str) -> str:
    """Return the page that tells why a check-in was refused."""
    return _page("en", f'<h1 role="alert">{escape(sentence)}</h1>')


def _page(language: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex"><title>Habit Tracker</title>'
        f"<style>{_STYLE}</style></head><body>{content}</body></html>"
    )
