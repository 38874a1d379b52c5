"""Query parameters that a route does not have."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.edge.servers import errors_of, expect_problem, running_edge


@pytest.fixture
async def edge() -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge() as client:
        yield client


@pytest.mark.parametrize(
    ("path", "field", "message"),
    [
        (
            "/v1/habits?archived=true",
            "archived",
            "is not a parameter of this request; it has state, tag, page_size, page_token",
        ),
        ("/v1/me?fields=all", "fields", "is not a parameter of this request; it has none"),
        ("/v1/habits?tag=a&tag=b", "tag", "is given more than once"),
    ],
)
async def test_a_parameter_that_a_route_does_not_have_is_refused_by_name(
    edge: httpx.AsyncClient, path: str, field: str, message: str
) -> None:
    response = await edge.get(path, headers={"Authorization": "Bearer x"})
    (error,) = errors_of(expect_problem(response, 422, "REQUEST_INVALID"))
    assert error["field"] == field
    assert error["message"].startswith(message)


async def test_parameters_of_a_dependency_are_known(edge: httpx.AsyncClient) -> None:
    headers = {"Origin": "http://edge", "Sec-Fetch-Site": "same-origin"}
    response = await edge.post("/v1/web/session/refresh?embedded=true", headers=headers)
    assert response.status_code != 422


async def test_what_apps_put_behind_an_address_they_were_given_is_ignored(
    edge: httpx.AsyncClient,
) -> None:
    for path in ("/v1/calendar/secret.ics?nocache=1", "/v1/quick/secret?utm_source=x"):
        assert (await edge.get(path)).status_code == 503  # it is asked: no service runs here
