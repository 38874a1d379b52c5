"""Telegram on this machine: the Bot API as the bot sees it, and the chat as a person sees it.

`state.py` is what happened: chats, messages, pending updates. `bot_api.py` lets the bot at it over
HTTP, `control.py` lets tests and the page at it, `html.py` reads the markup the Bot API takes.
"""
