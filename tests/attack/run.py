"""Every operation of the description, with requests that fit it and requests that do not."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given, strategies
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from daiban_server.http.openapi import RAW_BODIES
from tests.attack.visitor import CUSTODY, Known, Visitor, known_to
from tests.support.township import Township

RAW = sorted(set(RAW_BODIES.values()) - {"application/json"})
schemathesis.serializer.alias(RAW, "application/octet-stream")
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]


async def attack(town: Township, role: str, examples: int, seed: int, share: tuple[int, int] = (0, 1)) -> Counter[str]:
    """So many requests of either kind to each operation, or to each n-th of them, `share` being (first, n). Gives how
    often each status was the answer. A failure says which request did it."""
    async with town.stranger() as http:
        document = (await http.get("/schema/openapi.json")).json()
    known, visitor = await known_to(town), Visitor(town, role, asyncio.get_running_loop())
    return await asyncio.to_thread(_attack, document, known, visitor, examples, seed, share)


def _attack(
    document: Any, known: Known, visitor: Visitor, examples: int, seed: int, share: tuple[int, int]
) -> Counter[str]:
    visitor.sign_in()
    visitor.changed()
    told: Counter[str] = Counter()
    operations = [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]
    for operation in operations[share[0] :: share[1]]:
        for mode in _modes(operation):
            _try(operation, mode, known, visitor, examples, seed, told)
    return told


def _modes(operation: APIOperation) -> Iterator[GenerationMode]:
    """Any text fits a path: what can be wrong is a body or a query."""
    yield GenerationMode.POSITIVE
    if operation.query or any(body.media_type == "application/json" and body.raw_schema for body in operation.body):
        yield GenerationMode.NEGATIVE


def _try(
    operation: APIOperation,
    mode: GenerationMode,
    known: Known,
    visitor: Visitor,
    examples: int,
    seed: int,
    told: Counter[str],
) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), strategies.data())
    def one(case: Case, data: Any) -> None:
        for name in set(case.path_parameters or {}) & set(known):
            if data.draw(strategies.integers(0, 3)):
                case.path_parameters[name] = data.draw(strategies.sampled_from(known[name]))
        if isinstance(case.body, dict | list) and data.draw(strategies.booleans()):
            case.body = spoilt(case.body, data)
        answer = visitor.send(case)
        told[f"{mode.value} {answer.status_code}"] += 1
        judge(case, answer, visitor)

    one()


def judge(case: Case, answer: Response, visitor: Visitor) -> None:
    """Raise unless the answer is one that the description names, and a refusal changed nothing."""
    case.validate_response(answer, checks=CHECKS)
    changed = visitor.changed()
    if answer.status_code >= 400:
        beyond = changed - (CUSTODY if case.path.startswith("/v1/records/{kind}") else set())
        assert not beyond, f"{answer.status_code}, and {beyond} changed: {case.as_curl_command()}"


ODD: dict[type, list[Any]] = {
    int: [2**63, -(2**63) - 1, 10**30, -1, 2**53],
    str: ["\x00", "%", "_%", "../../etc/passwd", "=1+1", "<script>", "长" * 30_000, "0" * 32, "２０２６"],
    float: [1e308, -0.0],
}
"""What goes wrong where nobody thought of it."""


def spoilt(body: Any, data: Any) -> Any:
    """A body with one of its leaves made odd."""
    leaves = list(_leaves(body, ()))
    if not leaves:
        return body
    path, value = data.draw(strategies.sampled_from(leaves))
    return _with(body, path, data.draw(strategies.sampled_from(ODD[type(value)])))


def _leaves(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, key))
    elif type(value) in ODD:
        yield path, value


def _with(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    key, *rest = path
    made = dict(body) if isinstance(body, dict) else list(body)
    made[key] = _with(made[key], tuple(rest), value)
    return made
