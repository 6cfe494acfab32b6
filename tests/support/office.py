"""Who answers for which village, as the centre head says it over the JSON API."""

import httpx2

from tests.support.township import Township


class Office:
    """The centre head's hand on the territories."""

    def __init__(self, town: Township, http: httpx2.AsyncClient) -> None:
        self.town = town
        self.http = http

    async def give(self, name: str, place: bytes, rank: str = "A") -> None:
        person = self.town.people[name].hex()
        answer = await self.http.put(f"/v1/people/{person}/places/{place.hex()}", json={"rank": rank})
        assert answer.status_code == 204, answer.text

    async def take(self, name: str, place: bytes) -> None:
        answer = await self.http.delete(f"/v1/people/{self.town.people[name].hex()}/places/{place.hex()}")
        assert answer.status_code == 204, answer.text


async def office(town: Township) -> Office:
    return Office(town, await town.signed_in("李红"))
