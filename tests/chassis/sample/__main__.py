"""A process with roles that end in every way: `python -m tests.chassis.sample work|rest|die|…`."""

import asyncio
import os
from collections.abc import Sequence

from chassis import process
from chassis.settings import ProcessSettings


class SampleSettings(ProcessSettings, frozen=True, kw_only=True):
    redis_url: str


def say(word: str) -> None:
    os.write(1, f"{word}\n".encode())


def a_role(name: str) -> process.Role:
    async def role(stop: asyncio.Event) -> None:
        say(f"{name} begins")
        await stop.wait()
        await asyncio.sleep(0.1)
        say(f"{name} ends")

    return role


async def die(_: asyncio.Event) -> None:
    await asyncio.sleep(0.1)
    raise ZeroDivisionError


async def leave(_: asyncio.Event) -> None:
    await asyncio.sleep(0.1)


async def cling(_: asyncio.Event) -> None:
    say("cling begins")
    await asyncio.sleep(600)


async def add(words: Sequence[str]) -> int:
    say(str(sum(int(word) for word in words)))
    return process.EXIT_OK


async def close() -> None:
    say("closed")


def main() -> int:
    if "GRACE" in os.environ:
        process.GRACE_SECONDS = float(os.environ["GRACE"])
    return process.main(
        "sample",
        process.read_settings_or_exit(SampleSettings),
        roles={
            "work": a_role("work"),
            "rest": a_role("rest"),
            "die": die,
            "leave": leave,
            "cling": cling,
        },
        commands={"add": add},
        closing=[close],
    )


if __name__ == "__main__":
    raise SystemExit(main())
