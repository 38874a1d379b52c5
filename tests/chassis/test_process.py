"""Real processes: their exit codes, and how they end."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.process import EXIT_FAILED, EXIT_OK, EXIT_SETTINGS, EXIT_USAGE

ROOT = Path(__file__).resolve().parents[2]
type Start = Callable[..., Coroutine[Any, Any, Process]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start the sample process with these words on its command line."""
    started: list[Process] = []

    async def starting(*words: str, **environ: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chassis.sample",
            *words,
            cwd=ROOT,
            env=os.environ | {"REDIS_URL": "redis://x"} | environ,
            stdout=PIPE,
            stderr=PIPE,
        )
        started.append(process)
        return process

    yield starting
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(process: Process) -> str:
    """Return the next line of the process's output."""
    assert process.stdout
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()


async def end(process: Process) -> tuple[int, str, str]:
    """Wait for the end; return exit code, output and log."""
    out, log = await asyncio.wait_for(process.communicate(), 20)
    return process.returncode or 0, out.decode(), log.decode()


async def test_a_process_finishes_what_it_began_and_closes(start: Start) -> None:
    process = await start("work", "rest")
    assert {await line(process), await line(process)} == {"work begins", "rest begins"}
    process.send_signal(signal.SIGTERM)
    code, out, _ = await end(process)
    assert code == EXIT_OK
    assert out.split("\n")[-2:] == ["closed", ""]
    assert "work ends" in out
    assert "rest ends" in out


async def test_control_c_ends_it_as_well(start: Start) -> None:
    process = await start("work")
    await line(process)
    process.send_signal(signal.SIGINT)
    assert (await end(process))[0] == EXIT_OK


async def test_a_role_that_dies_takes_the_process_down(start: Start) -> None:
    process = await start("work", "die")
    code, out, log = await end(process)
    assert code == EXIT_FAILED
    assert '"message": "role failed"' in log
    assert '"role": "die"' in log
    assert "ZeroDivisionError" in log
    assert "work ends" in out
    assert "closed" in out


async def test_a_role_that_just_ends_does_too(start: Start) -> None:
    code, _, log = await end(await start("work", "leave"))
    assert code == EXIT_FAILED
    assert "role ended before it was to stop" in log


async def test_a_role_that_does_not_stop_is_cancelled(start: Start) -> None:
    process = await start("cling", GRACE="0.3")
    await line(process)
    process.send_signal(signal.SIGTERM)
    code, out, log = await end(process)
    assert code == EXIT_FAILED
    assert "role did not stop in time" in log
    assert "closed" in out


async def test_told_twice_it_leaves_at_once(start: Start) -> None:
    process = await start("cling")
    await line(process)
    process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    assert (await end(process))[0] == EXIT_FAILED


async def test_a_command_runs_and_ends(start: Start) -> None:
    assert (await end(await start("add", "2", "3")))[:2] == (EXIT_OK, "5\nclosed\n")


async def test_a_command_that_fails_says_so(start: Start) -> None:
    code, out, log = await end(await start("add", "two"))
    assert code == EXIT_FAILED
    assert "command failed" in log
    assert "ValueError" in log
    assert out == "closed\n"


@pytest.mark.parametrize("words", [[], ["unknown"], ["work", "unknown"], ["work", "add"]])
async def test_an_unknown_word_is_answered_with_the_known_ones(
    start: Start, words: list[str]
) -> None:
    code, _, log = await end(await start(*words))
    assert code == EXIT_USAGE
    assert log == "usage: python -m services.sample [work|rest|die|leave|cling]… | add\n"


async def test_settings_that_cannot_be_used_stop_it_at_its_start(start: Start) -> None:
    code, _, log = await end(await start("work", REDIS_URL=""))
    assert code == EXIT_SETTINGS
    assert log == "REDIS_URL is missing. Set it to a text.\n"


async def test_it_ends_when_its_parent_is_gone() -> None:
    """A supervisor killed with -9 cannot stop its children."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import os, subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-m', 'tests.chassis.sample', 'work'])\n"
        "time.sleep(600)\n",
        cwd=ROOT,
        env=os.environ | {"REDIS_URL": "redis://x", "DIE_WITH_PARENT": "1"},
        stdout=PIPE,
    )
    assert parent.stdout
    assert await line(parent) == "work begins"
    parent.kill()
    await parent.wait()
    rest = await asyncio.wait_for(parent.stdout.read(), 10)  # the child held it open
    assert rest.decode().split() == ["work", "ends", "closed"]


async def test_metrics_are_shown_where_told(start: Start, unused_tcp_port: int) -> None:
    process = await start("work", METRICS_LISTEN=f"127.0.0.1:{unused_tcp_port}")
    await line(process)
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{unused_tcp_port}/metrics")
    assert answer.status_code == 200
    assert "process_cpu_seconds_total" in answer.text
    process.terminate()
    assert (await end(process))[0] == EXIT_OK
