"""A page with a Chinese map sends and shows what its map shows; the records keep WGS-84 all the same."""

import json

from daiban_schemas.datum import to_gcj02
from daiban_server.spine.past import past
from tests.support.raw_device import code_of
from tests.support.township import Township

HOME = {"lon": 109_020_000, "lat": 32_710_000}
ON_THE_MAP = to_gcj02(HOME)
WINDOW = {"datum": "gcj02"}


async def test_a_place_goes_in_and_out_in_the_datum_of_the_map(township: Township) -> None:
    clerk = await township.signed_in("赵敏")
    fields = {"place": township.qingshan.hex(), "head": "张桂兰", "point": ON_THE_MAP}
    made = await clerk.post("/v1/records/household", params=WINDOW, json={"fields": fields})
    assert made.status_code == 201, made.text
    path = f"/v1/records/household/{made.json()['record']}"
    kept = (await clerk.get(path)).json()
    assert kept["values"]["point"] == HOME
    assert (await clerk.get(path, params=WINDOW)).json()["values"]["point"] == ON_THE_MAP
    (listed,) = (await clerk.get("/v1/records/household", params=WINDOW)).json()
    assert listed["values"]["point"] == ON_THE_MAP
    moved = to_gcj02({"lon": 109_030_000, "lat": 32_720_000})
    change = {"fields": {"point": moved, "note": "新房"}, "seen": kept["position"]}
    assert (await clerk.patch(path, params=WINDOW, json=change)).status_code == 200
    assert (await clerk.get(path)).json()["values"]["point"] == {"lon": 109_030_000, "lat": 32_720_000}


async def test_places_in_dispute_are_shown_and_settled_on_the_map(township: Township) -> None:
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    fields = {"place": township.qingshan.hex(), "head": "张桂兰"}
    made = (await clerk.post("/v1/records/household", json={"fields": fields})).json()["record"]
    path = f"/v1/records/household/{made}"
    position = (await clerk.get(path)).json()["position"]
    for http, shift in ((clerk, 0), (head, 1000)):
        point = {"lon": HOME["lon"] + shift, "lat": HOME["lat"]}
        await http.patch(path, json={"fields": {"point": point}, "seen": position})
    (disputed,) = (await clerk.get("/v1/conflicts", params=WINDOW)).json()
    values = disputed["conflicts"]["point"]
    assert ON_THE_MAP in [value["value"] for value in values]
    settled = {"field": "point", "value": ON_THE_MAP, "over": [value["position"] for value in values]}
    answer = await clerk.post(f"{path}/settlement", params=WINDOW, json=settled)
    assert answer.status_code == 200, answer.text
    assert (await clerk.get(path)).json()["values"]["point"] == HOME


async def test_what_a_visit_reports_is_turned_too(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk = await town.signed_in("赵敏")
    fields = {"place": town.qingshan.hex(), "head": "张桂兰", "point": HOME}
    household = (await clerk.post("/v1/records/household", json={"fields": fields})).json()["record"]
    made = await clerk.post("/v1/records/visit", json={"fields": {"household": household}})
    path = f"/v1/records/visit/{made.json()['record']}"
    assert (await clerk.post(f"{path}/commands/assign", params=WINDOW, json={})).status_code == 200
    assert (await clerk.get(path)).json()["values"]["point"] == HOME
    assert (await clerk.get(path, params=WINDOW)).json()["values"]["point"] == ON_THE_MAP
    report = {"arguments": {"point": ON_THE_MAP}}
    assert (await clerk.post(f"{path}/reports/started", params=WINDOW, json=report)).status_code == 200
    shown = (await clerk.get(path)).json()
    kept, _ = await town.services.database.read(past(town.centre, bytes.fromhex(shown["record"]), shown["position"]))
    (facts,) = [json.loads(one.body)["facts"] for one in kept if b'"report"' in one.body]
    assert facts["point"] == HOME


async def test_an_unknown_datum_changes_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk = await town.signed_in("赵敏")
    fields = {"place": town.qingshan.hex(), "head": "张桂兰", "point": HOME}
    answer = await clerk.post("/v1/records/household", params={"datum": "bd09"}, json={"fields": fields})
    assert (answer.status_code, code_of(answer)) == (400, "datum.unknown")
    assert (await clerk.get("/v1/records/household")).json() == []
    household = (await clerk.post("/v1/records/household", json={"fields": fields})).json()["record"]
    path = f"/v1/records/household/{household}"
    for reading in (path, "/v1/records/household", "/v1/conflicts"):
        assert code_of(await clerk.get(reading, params={"datum": "GCJ02"})) == "datum.unknown"
    wrong = {"fields": {"point": {"lon": 1.5, "lat": 2}}}
    assert code_of(await clerk.patch(path, params=WINDOW, json=wrong)) == "value.not_point"
    asked = await clerk.post(f"{path}/commands/assign", params={"datum": "x"}, json={})
    assert code_of(asked) == "datum.unknown"
