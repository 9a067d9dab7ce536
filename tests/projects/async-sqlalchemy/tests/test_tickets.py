import pytest
from httpx import AsyncClient

pytestmark = pytest.mark.anyio


async def test_a_ticket_has_an_agent(client: AsyncClient) -> None:
    agent = (await client.post("/agents/Ada")).json()

    ticket = (await client.post("/tickets", json={"title": "Help", "agent_id": agent["id"]})).json()

    response = await client.get(f"/tickets/{ticket['id']}")
    assert response.json() == {"title": "Help", "agent": "Ada"}


async def test_an_unknown_agent(client: AsyncClient) -> None:
    response = await client.post("/tickets", json={"title": "Help", "agent_id": 7})

    assert response.status_code == 404


async def test_requests_are_logged(client: AsyncClient, log: pytest.LogCaptureFixture) -> None:
    await client.get("/agents")

    assert "GET http://desk/agents" in log.text
