"""A webhook through the whole mesh: a check-in over REST arrives, signed, at another server."""

import json

import pytest

from local.ports import free_ports
from tests.chassis.waiting import eventually
from tests.docs.webhook_receiver import documented_receiver
from tests.journeys.people import Clients

pytestmark = pytest.mark.timeout(120)


async def test_a_check_in_arrives_at_the_receiver_of_the_documentation(clients: Clients) -> None:
    ada = await clients.register("Ada", timezone="Europe/Berlin")
    refused = await ada.refused("POST", "webhooks", url="https://192.168.1.7/hook")
    assert (refused["status"], refused["reason"]) == (422, "WEBHOOK_URL_INVALID")
    habit = await ada.new_habit("Run")
    [port] = free_ports(1)
    created = await ada.post(
        "webhooks", status=201, url=f"http://127.0.0.1:{port}/", events=["check_in.changed"]
    )
    path = f"webhooks/{created['id']}"
    async with documented_receiver(created["secret"], port) as receiver:
        tested = await ada.post(f"{path}/test", status=202)
        message_id, _, body = (await receiver.next_line()).partition(" ")
        assert (message_id, json.loads(body)) == (tested["id"], tested["payload"])

        await ada.post_until_acknowledged(f"habits/{habit}/check-ins", note="in the rain")
        message_id, _, body = (await receiver.next_line()).partition(" ")
        sent = json.loads(body)
        assert sent["type"] == "check_in.changed"
        [shown] = (await ada.get(f"habits/{habit}/check-ins"))["items"]
        assert {key: sent["data"]["check_in"][key] for key in shown} == shown

        async def is_recorded() -> bool:
            delivered = await ada.get(f"{path}/deliveries", state="delivered")
            return [it["id"] for it in delivered["items"]] == [message_id, tested["id"]]

        await eventually(is_recorded)  # the receiver prints before it answers
