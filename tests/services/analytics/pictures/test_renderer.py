"""The picture renderer: one drawing process, started on demand, replaced when it dies."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from chassis.errors import Unavailable
from services.analytics.domain.picture import PictureContent, PictureStyle
from services.analytics.pictures.renderer import PictureRenderer
from tests.chassis.waiting import eventually

STYLE = PictureStyle(width_px=320)


def content(title: str) -> PictureContent:
    return PictureContent(title=title, subtitle="", note="Nothing", alt_text=title)


@pytest.fixture
async def renderer() -> AsyncIterator[PictureRenderer]:
    made = PictureRenderer()
    yield made
    await made.close()


async def test_pictures_asked_for_at_once_are_each_right(renderer: PictureRenderer) -> None:
    titles = [f"Title {n}" for n in range(4)]
    alone = [await renderer.render(content(title), STYLE) for title in titles]
    other = PictureRenderer()
    together = await asyncio.gather(*(other.render(content(title), STYLE) for title in titles))
    await other.close()
    assert alone == list(together)
    assert len({picture.etag for picture in together}) == 4


async def test_a_drawing_process_that_died_is_replaced(renderer: PictureRenderer) -> None:
    await renderer.render(content("one"), STYLE)
    process = renderer._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    found = await renderer.render(content("two"), STYLE)
    assert found.data.startswith(b"\x89PNG")


async def test_one_that_dies_while_it_draws_is_a_refusal_and_the_next_works(
    renderer: PictureRenderer,
) -> None:
    await renderer.render(content("one"), STYLE)
    process = renderer._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    drawing = asyncio.create_task(renderer.render(content("two"), STYLE))

    async def has_begun() -> bool:
        return renderer._lock.locked()

    await eventually(has_begun)
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(Unavailable):
        await drawing
    assert (await renderer.render(content("two"), STYLE)).data


async def test_too_many_at_once_are_refused_and_the_others_drawn(renderer: PictureRenderer) -> None:
    wanted = (renderer.render(content(f"{n}"), STYLE) for n in range(25))
    found = await asyncio.gather(*wanted, return_exceptions=True)
    refused = [it for it in found if isinstance(it, Unavailable)]
    assert len(refused) == 5
    assert len([it for it in found if not isinstance(it, BaseException)]) == 20


async def test_a_caller_who_gives_up_leaves_the_picture_for_the_next(
    renderer: PictureRenderer,
) -> None:
    impatient = asyncio.create_task(renderer.render(content("one"), STYLE))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    (drawing,) = renderer._drawing.values()
    data = await drawing
    assert (await renderer.render(content("one"), STYLE)).data is data


async def test_without_work_the_process_ends() -> None:
    renderer = PictureRenderer(idle_seconds=0.01)
    await renderer.render(content("one"), STYLE)

    async def has_ended() -> bool:
        return renderer._process is None

    await eventually(has_ended)
    assert (await renderer.render(content("two"), STYLE)).data
    await renderer.close()


async def test_a_warm_renderer_has_its_process_before_anything_is_asked_for(
    renderer: PictureRenderer,
) -> None:
    await renderer.warm()
    process = renderer._process
    assert process is not None
    assert (await renderer.render(content("one"), STYLE)).data
    assert renderer._process is process


async def test_the_cache_keeps_no_more_than_it_may() -> None:
    renderer = PictureRenderer(cache_bytes=1)
    first = await renderer.render(content("one"), STYLE)
    assert await renderer.render(content("one"), STYLE) == first
    assert not renderer._cache
    await renderer.close()
