"""Stateful test: two clients of one person send anything, in any order and concurrently.

Every response is compared with a model. As many stories run as fit into a minute, or into
`STATEFUL_SECONDS`. A failing one is shrunk and printed with its seed; each bug found gets a test of
its own.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.edge.habits.stateful.environment import Environment, environment
from tests.edge.habits.stateful.runner import Divergence, play_story
from tests.edge.habits.stateful.strategies import Story, stories

SECONDS = float(os.environ.get("STATEFUL_SECONDS", "60"))
LONGEST_SHRINK_SECONDS = 600
FEWEST_STORIES = 10


class TimeIsOver(BaseException):
    """Ends the search at once; of an `Exception` hypothesis would look for a shorter story."""


class Player:
    """Runs stories of hypothesis one by one on an event loop of its own."""

    def __init__(self, runner: asyncio.Runner, its_scene: Environment) -> None:
        self.runner = runner
        self.environment = its_scene
        self.end = time.monotonic() + SECONDS
        self.played = 0
        self.diverged = False

    def play_story(self, story: Story) -> None:
        """Run a story.

        Raises:
            TimeIsOver: It is, and there is no failure to shrink.
        """
        if time.monotonic() > self.end and self.played >= FEWEST_STORIES and not self.diverged:
            raise TimeIsOver
        self.played += 1
        try:
            self.runner.run(play_story(self.environment, story))
        except Divergence:
            self.diverged = True
            raise


@pytest.fixture(scope="module")
def player(
    migrated: Callable[..., str], redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Player]:
    database_url = migrated("auth", "habits")
    with asyncio.Runner() as runner:
        running = environment(database_url, redis_url, tmp_path_factory.mktemp("scene"))
        yield Player(runner, runner.run(running.__aenter__()))
        runner.run(running.__aexit__(None, None, None))


@settings(
    max_examples=max(FEWEST_STORIES, int(SECONDS * 3)),
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(story=stories())
def play_stories(player: Player, story: Story) -> None:
    player.play_story(story)


@pytest.mark.timeout(SECONDS + LONGEST_SHRINK_SECONDS)
def test_rest_never_says_anything_else_than_the_oracle(player: Player) -> None:
    with contextlib.suppress(TimeIsOver):
        play_stories(player)
    assert player.played >= FEWEST_STORIES
