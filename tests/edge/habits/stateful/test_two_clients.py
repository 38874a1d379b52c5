"""Two clients of one person do anything, in any order and at once: REST always says what is so.

As many stories are played as fit into a minute, or into `STATEFUL_SECONDS`. A failing one is made
as short as it goes and printed, with its seed; what it found becomes a test of its own, beside
the rule it broke.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.edge.habits.stateful.drawn import Story, stories
from tests.edge.habits.stateful.play import Divergence, play
from tests.edge.habits.stateful.scene import Scene, scene

SECONDS = float(os.environ.get("STATEFUL_SECONDS", "60"))
LONGEST_SHRINK_SECONDS = 600
FEWEST_STORIES = 10


class Stage:
    """A scene on a loop of its own, for stories that hypothesis brings one by one."""

    def __init__(self, runner: asyncio.Runner, its_scene: Scene) -> None:
        self.runner = runner
        self.scene = its_scene
        self.end = time.monotonic() + SECONDS
        self.played = 0
        self.diverged = False

    def play(self, story: Story) -> None:
        """Play a story, unless the time is over and nothing was found that is to be made short."""
        if time.monotonic() > self.end and self.played >= FEWEST_STORIES and not self.diverged:
            return
        self.played += 1
        try:
            self.runner.run(play(self.scene, story))
        except Divergence:
            self.diverged = True
            raise


@pytest.fixture(scope="module")
def stage(
    migrated: Callable[..., str], redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    database_url = migrated("auth", "habits")
    with asyncio.Runner() as runner:
        running = scene(database_url, redis_url, tmp_path_factory.mktemp("scene"))
        yield Stage(runner, runner.run(running.__aenter__()))
        runner.run(running.__aexit__(None, None, None))


@pytest.mark.timeout(SECONDS + LONGEST_SHRINK_SECONDS)
@settings(
    max_examples=max(FEWEST_STORIES, int(SECONDS * 3)),
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(stories())
def test_rest_never_says_anything_else_than_the_oracle(stage: Stage, story: Story) -> None:
    stage.play(story)
