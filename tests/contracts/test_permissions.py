"""Every route of the running app, for every role, on one's own centre and on another.

A new route needs a row in `REQUESTS`, or this fails.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from sqlalchemy import LargeBinary, select

from daiban_schemas import entry
from daiban_server import permissions, provision
from daiban_server.app import create_app
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, rows
from daiban_server.features.households import finding
from daiban_server.spine import desk
from daiban_sync.keys import SoftwareKey, fingerprint
from tests.support.township import Township, new_id

SECRET = "流水人家"
"""Stands in every text of the other centre; nobody else may ever read it."""


@dataclass(frozen=True)
class Ids:
    """Of one centre: what a request may be about, in hexadecimal."""

    centre: str
    person: str
    place: str
    household: str
    application: str
    task: str
    device: str
    visit: str
    handover: str
    fingerprint: str
    item: str


Request = tuple[str, dict[str, Any]]
AT = {"fields": {"phone": "13900000009"}, "seen": 0}

FORMULA = {"parts": [{"name": "kept", "label": "按时", "weight": 1, "of": ["on_time"], "over": ["completed"]}]}

REQUESTS: Mapping[tuple[str, str], Callable[[Ids], Request]] = {
    ("POST", "/v1/enrolment-codes"): lambda of: ("/v1/enrolment-codes", {"json": {"person": of.person}}),
    ("GET", "/v1/devices"): lambda of: ("/v1/devices", {}),
    ("POST", "/v1/devices/{device:str}/approve"): lambda of: (
        f"/v1/devices/{of.device}/approve",
        {"json": {"fingerprint": of.fingerprint}},
    ),
    ("POST", "/v1/devices/{device:str}/gaps"): lambda of: (
        f"/v1/devices/{of.device}/gaps",
        {"json": {"last": 1, "reason": "丢了"}},
    ),
    ("GET", "/v1/devices/{device:str}/acts"): lambda of: (f"/v1/devices/{of.device}/acts", {}),
    ("POST", "/v1/devices/{device:str}/suspend"): lambda of: (
        f"/v1/devices/{of.device}/suspend",
        {"json": {"reason": "找不到了"}},
    ),
    ("POST", "/v1/devices/{device:str}/reinstate"): lambda of: (
        f"/v1/devices/{of.device}/reinstate",
        {"json": {"reason": "找到了"}},
    ),
    ("POST", "/v1/devices/{device:str}/revoke"): lambda of: (
        f"/v1/devices/{of.device}/revoke",
        {"json": {"reason": "掉河里了"}},
    ),
    ("POST", "/v1/devices/{device:str}/reject"): lambda of: (
        f"/v1/devices/{of.device}/reject",
        {"json": {"reason": "不是这台"}},
    ),
    ("GET", "/v1/retention"): lambda of: ("/v1/retention", {}),
    ("PUT", "/v1/retention"): lambda of: ("/v1/retention", {"json": {"draft": 400}}),
    ("GET", "/v1/erasures"): lambda of: ("/v1/erasures", {}),
    ("GET", "/v1/erasures/due"): lambda of: ("/v1/erasures/due", {}),
    ("POST", "/v1/erasures"): lambda of: ("/v1/erasures", {"json": {"records": [of.household], "reason": "本人要求"}}),
    ("GET", "/v1/quarantine"): lambda of: ("/v1/quarantine", {}),
    ("GET", "/v1/quarantine/{device:str}/{digest:str}"): lambda of: (f"/v1/quarantine/{of.device}/{'00' * 32}", {}),
    ("POST", "/v1/quarantine/{device:str}/{digest:str}/signing"): lambda of: (
        f"/v1/quarantine/{of.device}/{'00' * 32}/signing",
        {"json": {"reason": "看过"}},
    ),
    ("POST", "/v1/quarantine/{device:str}/{digest:str}/decision"): lambda of: (
        f"/v1/quarantine/{of.device}/{'00' * 32}/decision",
        {"json": {"reason": "看过"}},
    ),
    ("PUT", "/v1/people/{person:str}/places/{place:str}"): lambda of: (
        f"/v1/people/{of.person}/places/{of.place}",
        {"json": {"rank": "A"}},
    ),
    ("DELETE", "/v1/people/{person:str}/places/{place:str}"): lambda of: (
        f"/v1/people/{of.person}/places/{of.place}",
        {},
    ),
    ("GET", "/v1/records/{kind:str}"): lambda of: ("/v1/records/household", {}),
    ("POST", "/v1/cases/{record:str}/evidence"): lambda of: (
        f"/v1/cases/{of.application}/evidence",
        {"json": {"reason": "诉讼"}},
    ),
    ("POST", "/v1/copies"): lambda of: ("/v1/copies", {"json": {"record": of.household, "reason": "本人来要"}}),
    ("POST", "/v1/records/{kind:str}"): lambda of: (
        "/v1/records/application",
        {"json": {"fields": {"household": of.household, "item": of.item, "applicant": "张"}, "seen": 0}},
    ),
    ("GET", "/v1/records/{kind:str}/{record:str}"): lambda of: (f"/v1/records/household/{of.household}", {}),
    ("PATCH", "/v1/records/{kind:str}/{record:str}"): lambda of: (
        f"/v1/records/household/{of.household}",
        {"json": AT},
    ),
    ("POST", "/v1/records/{kind:str}/{record:str}/settlement"): lambda of: (
        f"/v1/records/household/{of.household}/settlement",
        {"json": {"field": "phone", "value": "13900000008", "over": []}},
    ),
    ("POST", "/v1/records/{kind:str}/{record:str}/commands/{name:str}"): lambda of: (
        f"/v1/records/application/{of.application}/commands/withdraw",
        {"json": {"arguments": {"reason": "x"}}},
    ),
    ("POST", "/v1/records/{kind:str}/{record:str}/reports/{name:str}"): lambda of: (
        f"/v1/records/application/{of.application}/reports/collected",
        {"json": {"arguments": {}}},
    ),
    ("POST", "/v1/records/{record:str}/reveal"): lambda of: (
        f"/v1/records/{of.household}/reveal",
        {"json": {"field": "identity_number", "reason": "compare"}},
    ),
    ("GET", "/v1/audit"): lambda of: (f"/v1/audit?centre={of.centre}", {}),
    ("GET", "/v1/conflicts"): lambda of: ("/v1/conflicts", {}),
    ("GET", "/v1/cases"): lambda of: ("/v1/cases", {}),
    ("GET", "/v1/cases/{record:str}"): lambda of: (f"/v1/cases/{of.application}", {}),
    ("GET", "/v1/cases/{record:str}/deadlines"): lambda of: (f"/v1/cases/{of.application}/deadlines", {}),
    ("GET", "/v1/opinions/{record:str}/deadlines"): lambda of: (f"/v1/opinions/{of.application}/deadlines", {}),
    ("GET", "/v1/opinions"): lambda of: ("/v1/opinions", {}),
    ("GET", "/feedback"): lambda of: ("/feedback", {}),
    ("GET", "/feedback/{record:str}"): lambda of: (f"/feedback/{of.application}", {}),
    ("POST", "/feedback/{record:str}/{name:str}"): lambda of: (
        f"/feedback/{of.application}/answer",
        {"data": {"text": "已上门说明"}},
    ),
    ("GET", "/v1/deadlines"): lambda of: ("/v1/deadlines", {}),
    ("GET", "/v1/calendar"): lambda of: ("/v1/calendar", {}),
    ("PUT", "/v1/calendar/{day:str}"): lambda of: ("/v1/calendar/2026-12-31", {"json": {"working": False}}),
    ("DELETE", "/v1/calendar/{day:str}"): lambda of: ("/v1/calendar/2026-12-31", {}),
    ("GET", "/v1/photos/{record:str}"): lambda of: (f"/v1/photos/{of.application}", {}),
    ("GET", "/v1/photos/{record:str}/thumbnail"): lambda of: (f"/v1/photos/{of.application}/thumbnail", {}),
    ("GET", "/v1/households/{record:str}"): lambda of: (f"/v1/households/{of.household}", {}),
    ("GET", "/cases/{record:str}/photos"): lambda of: (f"/cases/{of.application}/photos", {}),
    ("GET", "/v1/searches"): lambda of: ("/v1/searches", {}),
    ("POST", "/v1/searches"): lambda of: (
        "/v1/searches",
        {"json": {"name": "等", "search": {"due": "over"}}},
    ),
    ("PATCH", "/v1/searches/{key:str}"): lambda of: (f"/v1/searches/{of.task}", {"json": {"name": "我的"}}),
    ("DELETE", "/v1/searches/{key:str}"): lambda of: (f"/v1/searches/{of.task}", {}),
    ("POST", "/cases/searches"): lambda of: ("/cases/searches", {"data": {"name": "等", "state": "awaiting"}}),
    ("POST", "/cases/searches/{key:str}"): lambda of: (f"/cases/searches/{of.task}", {"data": {"act": "remove"}}),
    ("GET", "/v1/cases/{record:str}/papers"): lambda of: (f"/v1/cases/{of.application}/papers", {}),
    ("GET", "/v1/cases/{record:str}/papers/{name:str}"): lambda of: (f"/v1/cases/{of.application}/papers/slip", {}),
    ("GET", "/v1/registers/{name:str}/print"): lambda of: ("/v1/registers/来访/print", {}),
    ("GET", "/v1/print/items/{code:str}"): lambda of: ("/v1/print/items/SB-01", {}),
    ("GET", "/v1/print/people/{person:str}/{form:str}"): lambda of: (f"/v1/print/people/{of.person}/badge", {}),
    ("GET", "/v1/print/duty"): lambda of: ("/v1/print/duty", {}),
    ("GET", "/v1/print/results"): lambda of: ("/v1/print/results?item=x", {}),
    ("GET", "/v1/print/handovers/{record:str}"): lambda of: (f"/v1/print/handovers/{of.application}", {}),
    ("GET", "/v1/office"): lambda of: ("/v1/office", {}),
    ("PUT", "/v1/office"): lambda of: ("/v1/office", {"json": {"phone": "0915-3210000"}}),
    ("GET", "/v1/registers"): lambda of: ("/v1/registers", {}),
    ("GET", "/v1/registers/{name:str}"): lambda of: ("/v1/registers/来访", {}),
    ("GET", "/v1/messages"): lambda of: ("/v1/messages", {}),
    ("POST", "/v1/messages/{message:str}/read"): lambda of: (f"/v1/messages/{of.task}/read", {}),
    ("GET", "/v1/messages/sent"): lambda of: ("/v1/messages/sent", {}),
    ("POST", "/v1/messages/{message:str}/again"): lambda of: (f"/v1/messages/{of.task}/again", {}),
    ("POST", "/v1/messages/{message:str}/told"): lambda of: (f"/v1/messages/{of.task}/told", {"json": {}}),
    ("GET", "/messages"): lambda of: ("/messages", {}),
    ("POST", "/messages/{message:str}/{name:str}"): lambda of: (f"/messages/{of.task}/again", {"data": {}}),
    ("GET", "/v1/tasks"): lambda of: ("/v1/tasks", {}),
    ("GET", "/v1/tasks/{task:str}"): lambda of: (f"/v1/tasks/{of.task}", {}),
    ("POST", "/v1/tasks"): lambda of: (
        "/v1/tasks",
        {"json": {"record": of.household, "to": of.person, "text": "请看看"}},
    ),
    ("POST", "/v1/tasks/{task:str}/hand"): lambda of: (
        f"/v1/tasks/{of.task}/hand",
        {"json": {"to": of.person, "text": "请看看"}},
    ),
    ("POST", "/v1/tasks/{task:str}/take-back"): lambda of: (f"/v1/tasks/{of.task}/take-back", {}),
    ("POST", "/v1/tasks/{task:str}/done"): lambda of: (f"/v1/tasks/{of.task}/done", {}),
    ("POST", "/v1/tasks/{task:str}/undo"): lambda of: (f"/v1/tasks/{of.task}/undo", {}),
    ("POST", "/v1/people"): lambda of: (
        "/v1/people",
        {"json": {"name": "钱进", "role": "clerk", "login": secrets.token_hex(4)}},
    ),
    ("POST", "/v1/people/{person:str}/password"): lambda of: (f"/v1/people/{of.person}/password", {}),
    ("POST", "/v1/people/{person:str}/closing"): lambda of: (
        f"/v1/people/{of.person}/closing",
        {"json": {"reason": "调离"}},
    ),
    ("GET", "/v1/people"): lambda of: ("/v1/people", {}),
    ("GET", "/v1/people/{person:str}/work"): lambda of: (f"/v1/people/{of.person}/work", {}),
    ("GET", "/v1/posts"): lambda of: ("/v1/posts", {}),
    ("POST", "/v1/people/{person:str}/calendar"): lambda of: (f"/v1/people/{of.person}/calendar", {}),
    ("DELETE", "/v1/people/{person:str}/calendar"): lambda of: (f"/v1/people/{of.person}/calendar", {}),
    ("GET", "/v1/print/visits/{record:str}"): lambda of: (f"/v1/print/visits/{'0' * 32}", {}),
    ("DELETE", "/v1/visits/holds/{hold:str}"): lambda of: (f"/v1/visits/holds/{'0' * 32}", {}),
    ("GET", "/v1/visits/settings"): lambda of: ("/v1/visits/settings", {}),
    ("PUT", "/v1/visits/settings"): lambda of: ("/v1/visits/settings", {"json": {}}),
    ("POST", "/v1/visits/offers"): lambda of: ("/v1/visits/offers", {"json": {"household": of.household}}),
    ("POST", "/v1/visits/plans"): lambda of: ("/v1/visits/plans", {"json": {"iterations": 1}}),
    ("GET", "/v1/visits/plans"): lambda of: ("/v1/visits/plans", {}),
    ("GET", "/v1/visits/plans/{run:str}"): lambda of: (f"/v1/visits/plans/{of.task}", {}),
    ("POST", "/v1/visits/plans/{run:str}/cancel"): lambda of: (f"/v1/visits/plans/{of.task}/cancel", {}),
    ("POST", "/v1/visits/plans/{run:str}/commit"): lambda of: (f"/v1/visits/plans/{of.task}/commit", {}),
    ("GET", "/v1/visits/plans/{run:str}/picture.svg"): lambda of: (f"/v1/visits/plans/{of.task}/picture.svg", {}),
    ("GET", "/v1/visits/plans/{run:str}/diff.svg"): lambda of: (f"/v1/visits/plans/{of.task}/diff.svg", {}),
    ("GET", "/v1/visits/week"): lambda of: ("/v1/visits/week", {}),
    ("GET", "/v1/visits/week.svg"): lambda of: ("/v1/visits/week.svg", {}),
    ("GET", "/v1/obligations"): lambda of: ("/v1/obligations", {}),
    ("GET", "/v1/catalogue"): lambda of: ("/v1/catalogue", {}),
    ("GET", "/v1/catalogue/export.xlsx"): lambda of: ("/v1/catalogue/export.xlsx", {}),
    ("POST", "/v1/catalogue/import"): lambda of: ("/v1/catalogue/import?dry_run=false", {"content": b"no workbook"}),
    ("GET", "/v1/catalogue/items/{code:str}/form.xlsx"): lambda of: ("/v1/catalogue/items/SB-01/form.xlsx", {}),
    ("POST", "/v1/catalogue/items/{code:str}/form"): lambda of: (
        "/v1/catalogue/items/SB-01/form?dry_run=false",
        {"content": b"no workbook"},
    ),
    **{
        ("GET", f"/v1/figures/{name}"): lambda of, name=name: (f"/v1/figures/{name}", {})
        for name in (
            *("daily", "daily.xlsx", "daily.csv", "daily.pdf", "span", "span.xlsx", "span.csv", "centres", "trend"),
            *("assessment", "formula"),
        )
    },
    ("GET", "/v1/figures/cases"): lambda of: ("/v1/figures/cases?figure=accepted", {}),
    ("PUT", "/v1/figures/formula"): lambda of: ("/v1/figures/formula", {"json": FORMULA}),
    ("GET", "/summary"): lambda of: ("/summary", {}),
    ("GET", "/help"): lambda of: ("/help", {}),
    ("POST", "/disputes/{record:str}"): lambda of: (
        f"/disputes/{of.household}",
        {"data": {"field": "phone", "seen": "1", "over": "1", "choice": "own", "own": "13900000007"}},
    ),
    ("GET", "/tasks"): lambda of: ("/tasks", {}),
    ("GET", "/tasks/{task:str}"): lambda of: (f"/tasks/{of.task}", {}),
    ("POST", "/tasks/{task:str}/{name:str}"): lambda of: (f"/tasks/{of.task}/done", {"data": {"text": "看过"}}),
    ("GET", "/devices"): lambda of: ("/devices", {}),
    ("POST", "/devices/code"): lambda of: ("/devices/code", {"data": {"person": of.person}}),
    ("GET", "/devices/{device:str}"): lambda of: (f"/devices/{of.device}", {}),
    ("POST", "/devices/{device:str}"): lambda of: (
        f"/devices/{of.device}",
        {"data": {"fingerprint": of.fingerprint}},
    ),
    ("POST", "/devices/{device:str}/suspend"): lambda of: (f"/devices/{of.device}/suspend", {"data": {}}),
    ("POST", "/devices/{device:str}/reinstate"): lambda of: (f"/devices/{of.device}/reinstate", {"data": {}}),
    ("POST", "/devices/{device:str}/revoke"): lambda of: (
        f"/devices/{of.device}/revoke",
        {"data": {"reason": "手机被盗", "sure": "yes"}},
    ),
    ("POST", "/devices/{device:str}/reject"): lambda of: (f"/devices/{of.device}/reject", {"data": {"note": "不是"}}),
    ("GET", "/quarantine"): lambda of: ("/quarantine", {}),
    ("GET", "/quarantine/{device:str}/{digest:str}"): lambda of: (f"/quarantine/{of.device}/{'00' * 32}", {}),
    ("POST", "/quarantine/{device:str}/{digest:str}"): lambda of: (
        f"/quarantine/{of.device}/{'00' * 32}",
        {"data": {"reason": "看过"}},
    ),
    ("GET", "/copies/{record:str}"): lambda of: (f"/copies/{of.household}", {}),
    ("POST", "/copies/{record:str}"): lambda of: (f"/copies/{of.household}", {"data": {"reason": "本人来要"}}),
    ("GET", "/registers"): lambda of: ("/registers", {}),
    ("GET", "/figures"): lambda of: ("/figures", {}),
    ("GET", "/figures/counted"): lambda of: ("/figures/counted?figure=accepted", {}),
    ("GET", "/figures/assessment"): lambda of: ("/figures/assessment", {}),
    ("POST", "/figures/assessment"): lambda of: (
        "/figures/assessment",
        {"data": dict.fromkeys(("weight-on_time", "weight-replies", "weight-satisfaction", "weight-opinions"), "1")},
    ),
    ("GET", "/live"): lambda of: ("/live", {}),
    ("GET", "/v1/households"): lambda of: ("/v1/households?q=a", {}),
    ("GET", "/receive"): lambda of: ("/receive?q=a", {}),
    ("GET", "/receive/item"): lambda of: (f"/receive/item?household={of.household}", {}),
    ("GET", "/receive/form"): lambda of: (f"/receive/form?household={of.household}&item={of.item}", {}),
    ("POST", "/receive/form"): lambda of: (
        "/receive/form",
        {
            "data": {
                **{name: new_id().hex() for name in ("reception", "application", "new_household")},
                "household": of.household,
                "about": "问问",
            }
        },
    ),
    ("POST", "/cases/{record:str}/scans"): lambda of: (
        f"/cases/{of.application}/scans",
        {"files": {"scan": ("a.jpg", b"x", "image/jpeg")}, "data": {"paper": "户口簿"}},
    ),
    ("GET", "/trust"): lambda of: ("/trust", {}),
    ("POST", "/cases/{record:str}/evidence"): lambda of: (
        f"/cases/{of.application}/evidence",
        {"data": {"reason": "复核"}},
    ),
    ("GET", "/replies"): lambda of: ("/replies", {}),
    ("GET", "/households/{record:str}"): lambda of: (f"/households/{of.household}", {}),
    ("POST", "/v1/households/{record:str}/merge"): lambda of: (
        f"/v1/households/{of.household}/merge",
        {"json": {"into": of.household, "reason": "是一户", "seen": [0, 0]}},
    ),
    ("GET", "/households/{record:str}/merge"): lambda of: (
        f"/households/{of.household}/merge?into={of.application}",
        {},
    ),
    ("POST", "/households/{record:str}/merge"): lambda of: (
        f"/households/{of.household}/merge",
        {"data": {"into": of.application, "reason": "是一户"}},
    ),
    ("POST", "/households/{record:str}/separate"): lambda of: (
        f"/households/{of.household}/separate",
        {"data": {"reason": "是两户"}},
    ),
    ("POST", "/households/{record:str}/apart"): lambda of: (
        f"/households/{of.household}/apart",
        {"data": {"other": of.application}},
    ),
    ("POST", "/households/{record:str}/replies"): lambda of: (
        f"/households/{of.household}/replies",
        {"data": {"id": new_id().hex(), "outcome": "progressing", "text": "在办"}},
    ),
    ("GET", "/cases"): lambda of: ("/cases", {}),
    ("GET", "/cases/{record:str}"): lambda of: (f"/cases/{of.application}", {}),
    ("POST", "/cases/{record:str}/commands/{name:str}"): lambda of: (
        f"/cases/{of.application}/commands/withdraw",
        {"data": {"reason": "不办了"}},
    ),
    ("POST", "/cases/{record:str}/reports/{name:str}"): lambda of: (
        f"/cases/{of.application}/reports/verified",
        {"data": {"met": "户主"}},
    ),
    ("GET", "/visits"): lambda of: ("/visits", {}),
    ("GET", "/visits/map"): lambda of: ("/visits/map", {}),
    ("GET", "/visits/plan"): lambda of: ("/visits/plan", {}),
    ("POST", "/visits/plan"): lambda of: ("/visits/plan", {"data": {}}),
    ("GET", "/visits/plan/{run:str}"): lambda of: (f"/visits/plan/{of.task}", {}),
    ("GET", "/visits/plan/{run:str}/diff.svg"): lambda of: (f"/visits/plan/{of.task}/diff.svg", {}),
    ("GET", "/visits/plan/{run:str}/progress"): lambda of: (f"/visits/plan/{of.task}/progress", {}),
    ("POST", "/visits/plan/{run:str}/commit"): lambda of: (f"/visits/plan/{of.task}/commit", {"data": {}}),
    ("POST", "/visits/plan/{run:str}/cancel"): lambda of: (f"/visits/plan/{of.task}/cancel", {"data": {}}),
    ("GET", "/visits/away"): lambda of: ("/visits/away", {}),
    ("POST", "/visits/away"): lambda of: ("/visits/away", {"data": {"person": of.person, "since": "2099-01-05"}}),
    ("GET", "/visits/away/{record:str}"): lambda of: (f"/visits/away/{of.handover}", {}),
    ("POST", "/visits/away/{record:str}/{name:str}"): lambda of: (
        f"/visits/away/{of.handover}/cancel",
        {"data": {}},
    ),
    ("GET", "/visits/{record:str}"): lambda of: (f"/visits/{of.visit}", {}),
    ("POST", "/visits/{record:str}/confirm"): lambda of: (
        f"/visits/{of.visit}/confirm",
        {"data": {"who": "户主", "how": "telephone"}},
    ),
    ("POST", "/visits/{record:str}/cancel"): lambda of: (f"/visits/{of.visit}/cancel", {"data": {"reason": "不办了"}}),
    ("GET", "/visits/book"): lambda of: (f"/visits/book?household={of.household}", {}),
    ("POST", "/visits/book/offers"): lambda of: ("/visits/book/offers", {"data": {"household": of.household}}),
    ("POST", "/visits/book/release"): lambda of: (
        "/visits/book/release",
        {"data": {"household": of.household, "hold": of.task}},
    ),
    ("POST", "/visits/book"): lambda of: (
        "/visits/book",
        {"data": {"visit": of.visit, "slot": f"{of.person}:1900000000000"}},
    ),
    ("GET", "/erasures"): lambda of: ("/erasures", {}),
    ("POST", "/erasures"): lambda of: (
        "/erasures",
        {"data": {f"record-{of.household}": "yes", "reason": "本人要求", "sure": "yes"}},
    ),
    ("POST", "/erasures/retention"): lambda of: (
        "/erasures/retention",
        {"data": {"draft": "365", "case": "3650", "reception": "1095", "opinion": "1825"}},
    ),
    ("POST", "/v1/session/code"): lambda of: ("/v1/session/code", {"json": {"code": "123456"}}),
    ("POST", "/v1/session/passkey/options"): lambda of: ("/v1/session/passkey/options", {}),
    ("POST", "/v1/session/passkey"): lambda of: ("/v1/session/passkey", {"json": {"credential": {}}}),
    ("POST", "/v1/session/proof"): lambda of: ("/v1/session/proof", {"json": {"password": "x"}}),
    ("GET", "/v1/sessions"): lambda of: ("/v1/sessions", {}),
    ("DELETE", "/v1/sessions"): lambda of: ("/v1/sessions", {}),
    ("DELETE", "/v1/sessions/{session_id:str}"): lambda of: (f"/v1/sessions/{of.task}", {}),
    ("GET", "/v1/account"): lambda of: ("/v1/account", {}),
    ("POST", "/v1/account/password"): lambda of: ("/v1/account/password", {"json": {"old": "x", "new": "y"}}),
    ("POST", "/v1/account/app"): lambda of: ("/v1/account/app", {}),
    ("POST", "/v1/account/app/confirm"): lambda of: ("/v1/account/app/confirm", {"json": {"code": "123456"}}),
    ("DELETE", "/v1/account/app"): lambda of: ("/v1/account/app", {}),
    ("POST", "/v1/account/recovery-codes"): lambda of: ("/v1/account/recovery-codes", {}),
    ("GET", "/v1/passkeys"): lambda of: ("/v1/passkeys", {}),
    ("POST", "/v1/passkeys"): lambda of: ("/v1/passkeys", {"json": {"credential": {}}}),
    ("POST", "/v1/passkeys/registration"): lambda of: ("/v1/passkeys/registration", {}),
    ("DELETE", "/v1/passkeys/{key:str}"): lambda of: (f"/v1/passkeys/{of.task}", {}),
    ("POST", "/v1/passkeys/signing"): lambda of: (
        "/v1/passkeys/signing",
        {"json": {"purpose": "batch.adopt", "digest": "0" * 64}},
    ),
    ("POST", "/v1/passkeys/signing/try"): lambda of: (
        "/v1/passkeys/signing/try",
        {"json": {"digest": "0" * 64, "credential": {}}},
    ),
    ("DELETE", "/v1/people/{person:str}/second-factor"): lambda of: (f"/v1/people/{of.person}/second-factor", {}),
    ("PUT", "/v1/people/{person:str}/provider"): lambda of: (f"/v1/people/{of.person}/provider", {}),
    ("DELETE", "/v1/people/{person:str}/provider"): lambda of: (f"/v1/people/{of.person}/provider", {}),
    ("GET", "/sign-in/code"): lambda of: ("/sign-in/code", {}),
    ("POST", "/sign-in/code"): lambda of: ("/sign-in/code", {"data": {"code": "123456"}}),
    ("GET", "/sign-in/password"): lambda of: ("/sign-in/password", {}),
    ("POST", "/sign-in/password"): lambda of: ("/sign-in/password", {"data": {}}),
    ("GET", "/sign-in/factor"): lambda of: ("/sign-in/factor", {}),
    ("GET", "/people"): lambda of: ("/people", {}),
    ("POST", "/people/{person:str}/factor"): lambda of: (f"/people/{of.person}/factor", {"data": {}}),
    ("POST", "/people/{person:str}/provider"): lambda of: (f"/people/{of.person}/provider", {"data": {}}),
    ("POST", "/people/{person:str}/password"): lambda of: (f"/people/{of.person}/password", {"data": {}}),
    ("GET", "/people/new"): lambda of: ("/people/new", {}),
    ("POST", "/people"): lambda of: (
        "/people",
        {"data": {"name": "钱进", "role": "clerk", "login": secrets.token_hex(4)}},
    ),
    ("GET", "/people/{person:str}"): lambda of: (f"/people/{of.person}", {}),
    ("POST", "/people/{person:str}/places"): lambda of: (
        f"/people/{of.person}/places",
        {"data": {"had": "", f"place-{of.place}": "yes"}},
    ),
    ("POST", "/people/{person:str}/leave"): lambda of: (f"/people/{of.person}/leave", {"data": {"to": of.person}}),
    ("POST", "/people/{person:str}/close"): lambda of: (f"/people/{of.person}/close", {"data": {"reason": "调离"}}),
    ("GET", "/posts"): lambda of: ("/posts", {}),
    ("POST", "/posts"): lambda of: (
        "/posts",
        {"data": {"record": secrets.token_hex(16), "title": "民政窗口", "role": "clerk"}},
    ),
    ("GET", "/posts/{record:str}"): lambda of: (f"/posts/{of.handover}", {}),
    ("POST", "/posts/{record:str}/facts"): lambda of: (f"/posts/{of.handover}/facts", {"data": {"title": "低保"}}),
    ("POST", "/posts/{record:str}/appoint"): lambda of: (f"/posts/{of.handover}/appoint", {"data": {"a": of.person}}),
    ("POST", "/posts/{record:str}/close"): lambda of: (f"/posts/{of.handover}/close", {"data": {}}),
    ("GET", "/calendar"): lambda of: ("/calendar", {}),
    ("GET", "/calendar/look"): lambda of: ("/calendar/look?day=2030-03-04&working=no", {}),
    ("POST", "/calendar"): lambda of: ("/calendar", {"data": {"day": "2030-03-04", "working": "no"}}),
    ("GET", "/settings"): lambda of: ("/settings", {}),
    ("POST", "/settings/office"): lambda of: ("/settings/office", {"data": {"phone": "0915-3211234"}}),
    ("POST", "/settings/visits"): lambda of: ("/settings/visits", {"data": {"daily_cap": "6"}}),
    ("POST", "/settings/choices"): lambda of: ("/settings/choices", {"data": {"reply_every": "9"}}),
    ("GET", "/households/duplicates"): lambda of: ("/households/duplicates", {}),
    ("GET", "/catalogue"): lambda of: ("/catalogue", {}),
    ("GET", "/catalogue/items/{code:str}"): lambda of: ("/catalogue/items/SB-01", {}),
    ("GET", "/catalogue/change"): lambda of: ("/catalogue/change", {}),
    ("POST", "/catalogue/change"): lambda of: ("/catalogue/change", {"data": {}}),
    ("POST", "/catalogue/change/publish"): lambda of: ("/catalogue/change/publish", {"data": {"seen": ""}}),
    ("POST", "/catalogue/change/discard"): lambda of: ("/catalogue/change/discard", {"data": {}}),
    ("GET", "/account"): lambda of: ("/account", {}),
    ("POST", "/account/password"): lambda of: ("/account/password", {"data": {"old": "x"}}),
    ("GET", "/account/proof"): lambda of: ("/account/proof", {}),
    ("POST", "/account/proof"): lambda of: ("/account/proof", {"data": {"password": "x"}}),
    ("GET", "/account/app"): lambda of: ("/account/app", {}),
    ("POST", "/account/app"): lambda of: ("/account/app", {"data": {}}),
    ("POST", "/account/app/confirm"): lambda of: ("/account/app/confirm", {"data": {"code": "123456"}}),
    ("POST", "/account/app/remove"): lambda of: ("/account/app/remove", {"data": {}}),
    ("POST", "/account/codes"): lambda of: ("/account/codes", {"data": {}}),
    ("POST", "/account/passkeys/{key:str}/remove"): lambda of: (f"/account/passkeys/{of.task}/remove", {"data": {}}),
    ("POST", "/account/sessions"): lambda of: ("/account/sessions", {"data": {}}),
    ("POST", "/account/sessions/{one:str}"): lambda of: (f"/account/sessions/{of.task}", {"data": {}}),
    ("POST", "/account/provider"): lambda of: ("/account/provider", {"data": {}}),
    ("POST", "/account/provider/remove"): lambda of: ("/account/provider/remove", {"data": {}}),
    ("DELETE", "/v1/session"): lambda of: ("/v1/session", {}),
    ("GET", "/reveal/{record:str}"): lambda of: (f"/reveal/{of.household}?field=identity_number", {}),
    ("POST", "/reveal/{record:str}"): lambda of: (
        f"/reveal/{of.household}",
        {"data": {"field": "identity_number", "reason": "compare"}},
    ),
    ("GET", "/audit"): lambda of: (f"/audit?centre={of.centre}", {}),
    ("POST", "/sign-out"): lambda of: ("/sign-out", {"data": {}}),
}
NAMES_CENTRES = {"/summary", "/figures", "/figures/assessment", "/v1/figures/centres", "/v1/figures/assessment"}
"""Where the district sees its centres side by side."""
SIGNS_OUT = {("DELETE", "/v1/session"), ("POST", "/sign-out")}
PEOPLE = {"agent": "王芳", "clerk": "赵敏", "cadre": "孙亮", "head": "李红", "district": "周区"}
PEOPLE |= {"leader": "吴镇", "chief": "郑书记", "auditor": "冯审"}


def actions(town: Township) -> dict[tuple[str, str], str]:
    """The routes of the running app that need a permission, with their actions."""
    found = {}
    for route in create_app(town.services.settings).routes:
        for handler in getattr(route, "route_handlers", ()):
            if action := handler.opt.get("action"):
                found |= {(str(method), route.path): action for method in handler.http_methods if method != "HEAD"}
    return found


async def centre_of(town: Township, centre: bytes, note: str) -> Ids:
    """A household, an application, a task and a waiting phone of a centre; every text says `note`."""
    services, now = town.services, town.clock()
    household, application, task, device, person, place = (new_id() for _ in range(6))
    visit, handover = new_id(), new_id()
    key = SoftwareKey(secrets.token_bytes(32))
    keys, effects = services.keys, services.effects
    clerk = desk.Clerk(person, "clerk", centre)

    def program() -> Program[None]:
        yield from provision.add_centre(centre, note, "LS", keys, now)
        yield from provision.add_places([provision.Place(place, centre, None, "point", note)])
        yield from provision.add_people([provision.Person(person, centre, note, "0915-3219999", "x", "clerk")])
        home = {"place": place.hex(), "head": note, "phone": "13700000000", "address": note}
        case = {"household": household.hex(), "item": town.item.hex(), "applicant": note, "answers.reason": note}
        bodies = [
            entry.change(household.hex(), "household", home, seen=0, at=now),
            entry.change(application.hex(), "application", case, seen=0, at=now),
            entry.command(application.hex(), "application", "submit", None, expected=None, at=now),
            entry.command(application.hex(), "application", "receive", None, expected=None, at=now),
            entry.change(household.hex(), "household", {"phone": "13700000001"}, seen=0, at=now),
            entry.change(visit.hex(), "visit", {"household": household.hex(), "purpose": note}, seen=0, at=now),
            entry.change(handover.hex(), "handover", {"person": person.hex(), "reason": note}, seen=0, at=now),
        ]
        yield from desk.write(clerk, bodies, keys, effects, now, secrets.token_bytes(32))
        yield Write(schema.task, [(task, centre, person, household, "visit.finished", now, None)])
        row = (device, centre, person, note, key.public_key, "pending", now, None, None, None, None, "", None)
        yield Write(schema.device, [row])

    await services.database.write(centre, program)
    ids = (centre, person, place, household, application, task, device, visit, handover)
    return Ids(*(one.hex() for one in ids), fingerprint(key.public_key), town.item.hex())


async def contents(town: Township, centre: str) -> dict[str, list[Any]]:
    """Everything that belongs to a centre."""
    await finding.follow_everywhere(town.services.database, town.services.keys)
    found = {}
    for table in schema.metadata.sorted_tables:
        column = table.c.id if table is schema.centre else table.c.get("centre")
        if column is None:
            continue
        keys = [c for c in table.primary_key if isinstance(c.type, LargeBinary)]
        statement = select(table).where(column == bytes.fromhex(centre)).order_by(*keys)
        found[table.name] = await town.services.database.read(rows(statement))
    return found


async def signed_in(town: Township, role: str) -> httpx2.AsyncClient:
    http = await town.signed_in(PEOPLE[role])
    http.headers["Origin"] = town.url
    return http


async def ask(http: httpx2.AsyncClient, route: tuple[str, str], of: Ids) -> httpx2.Response:
    path, given = REQUESTS[route](of)
    if "data" in given:
        given = {"data": {"csrf": http.headers.get("X-CSRF-Token", ""), **given["data"]}}
    if path == "/live":
        async with http.stream("GET", path) as answer:  # its body goes on for minutes
            return httpx2.Response(answer.status_code, headers=answer.headers, text="")
    return await http.request(route[0], path, **given)


def denied(answer: httpx2.Response) -> bool:
    """Whether the role was refused, rather than what it asked."""
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        return bool(answer.json()["code"] == "permission.denied")
    return answer.status_code == 403


async def test_every_route_that_needs_a_permission_has_a_row(sqlite_township: Township) -> None:
    assert set(REQUESTS) == set(actions(sqlite_township))


@pytest.mark.parametrize("role", permissions.ROLES)
async def test_a_role_does_what_the_table_says_and_nothing_else(sqlite_township: Township, role: str) -> None:
    town = sqlite_township
    own = await centre_of(town, town.centre, "建民办事处")
    http = await signed_in(town, role)
    for route, action in sorted(actions(town).items()):
        answer = await ask(http, route, own)
        assert answer.status_code != 500, (route, answer.text)
        allowed = permissions.may(role, action)
        if role == "district" and allowed and answer.status_code >= 400:
            continue  # it has the action, and this centre is not its own
        assert denied(answer) != allowed, (role, route, answer.status_code, answer.text[:300])
        if allowed and route in SIGNS_OUT:
            http = await signed_in(town, role)


@pytest.mark.parametrize("role", permissions.ROLES)
async def test_nobody_reads_or_writes_in_another_centre(sqlite_township: Township, role: str) -> None:
    town = sqlite_township
    foreign = await centre_of(town, new_id(), SECRET)
    before = await contents(town, foreign.centre)
    assert sum(map(len, before.values())) > 10
    http = await signed_in(town, role)
    for route in sorted(REQUESTS):
        answer = await ask(http, route, foreign)
        assert answer.status_code != 500, (route, answer.text)
        seen = answer.text
        if (role, route[1]) in (("auditor", "/audit"), ("district", "/figures")):
            # They narrow what they see to a centre, the auditor to somebody who works there.
            seen = re.sub("<option.*?</option>", "", seen)
        # The district's summary and figures name its centres, and nothing that is in them.
        seen = seen.replace(SECRET, "", 1) if role == "district" and route[1] in NAMES_CENTRES else seen
        for secret in (SECRET, "0915-3219999", foreign.fingerprint):
            assert secret not in seen, (role, route, secret)
        if route in SIGNS_OUT:
            http = await signed_in(town, role)
    assert await contents(town, foreign.centre) == before


async def test_who_is_not_signed_in_gets_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    own = await centre_of(town, town.centre, "建民办事处")
    before = await contents(town, town.centre.hex())
    async with town.stranger() as http:
        http.headers["Origin"] = town.url
        for route in sorted(REQUESTS):
            answer = await ask(http, route, own)
            assert answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in"), route
    assert await contents(town, town.centre.hex()) == before


async def test_somebody_who_left_is_signed_out_at_once(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await signed_in(town, "clerk")
    leave = schema.person.update().where(schema.person.c.id == town.people["赵敏"]).values(active=False)
    await town.services.database.write("leave", lambda: rows(leave))
    assert (await http.get("/v1/conflicts")).status_code == 401
