"""Every example of docs/grpc.md is run, in order, against a real service of which it is true."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.chassis.waiting import eventually
from tests.docs.blocks import Block, Example, examples_in
from tests.docs.grpcurl import grpcurl
from tests.house.tree import ROOT
from tests.services.habits.habits_server import run_habits

PAGE = ROOT / "docs/grpc.md"
ANYTHING = "…"
INLINE = re.compile(r"`(grpcurl -plaintext \$HABITS describe [\w.]+)`")


async def is_serving(target: str) -> bool:
    """Ask a service whether it is well, as the first example does."""
    async with grpc.aio.insecure_channel(target) as channel:
        asked = health_pb2.HealthCheckRequest()
        answer = await health_pb2_grpc.HealthStub(channel).Check(asked)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


@pytest.fixture
async def surroundings(
    migrated: Callable[..., str], tmp_path: Path
) -> AsyncIterator[dict[str, str]]:
    """Lend what the examples call $HABITS and $TOKEN, of somebody who has no habits yet."""
    url = await asyncio.to_thread(migrated, "habits")
    async with run_habits(url, tmp_path) as habits:
        await eventually(partial(is_serving, habits.target))
        yield {"HABITS": habits.target, "TOKEN": habits.person().token, "HABIT": ""}


async def test_every_example_does_what_the_page_says(surroundings: dict[str, str]) -> None:
    for example in examples_in(PAGE, "sh"):
        await run_grpcurl(example, surroundings)
    for line in INLINE.findall(PAGE.read_text()):
        assert await asyncio.to_thread(grpcurl, line, surroundings) == line.split()[-1]
    await run_python(examples_in(PAGE, "python"), surroundings)


async def run_grpcurl(example: Example, variables: dict[str, str]) -> None:
    """Run a command and hold its answer against the page's."""
    assert example.answer is not None, example.code
    line = example.code.text.replace("\\\n", " ")
    found = await asyncio.to_thread(grpcurl, line, variables)
    if example.answer.language == "text":
        assert found == example.answer.text.strip()
        return
    assert_contains(found, json.loads(example.answer.text))
    variables["HABIT"] = found.get("habit", {}).get("id", variables["HABIT"])


async def run_python(examples: list[Example], variables: dict[str, str]) -> None:
    """Run the blocks as one program and hold what it prints against the page."""
    program = "".join(example.code.text for example in examples)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        cwd=ROOT,
        env=os.environ | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complaints.decode()
    answers: list[Block] = [example.answer for example in examples if example.answer]
    assert printed.decode() == "".join(answer.text for answer in answers)


def assert_contains(found: Any, expected: Any) -> None:
    """Expect all fields that the page shows of a response; the response may have more."""
    if isinstance(expected, dict):
        assert expected.keys() <= found.keys()
        for name, value in expected.items():
            assert_contains(found[name], value)
    elif expected != ANYTHING:
        assert found == expected
