"""The API's own description, with what the framework does not see in the handlers.

Every refusal is a problem document of the catalogue, whatever its status. Some bodies are read raw: they are signed, or
files. An answer that is written as bytes may be JSON all the same.
"""

from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from daiban_schemas.problem import PROBLEMS
from daiban_server.http.problems import MEDIA_TYPE

Document = dict[str, Any]

SYNC = "application/vnd.daiban.sync"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RAW_BODIES = {
    ("post", "/v1/sync"): SYNC,
    ("post", "/v1/bundles"): "application/vnd.daiban.bundle",
    ("post", "/v1/spools"): "application/vnd.daiban.spool",
    ("post", "/v1/spools/{centre}/photos/{record}"): "application/octet-stream",
    ("post", "/v1/enrolments"): "application/json",
    ("post", "/v1/enrolment/key"): "application/json",
    ("post", "/v1/catalogue/import"): WORKBOOK,
    ("post", "/v1/catalogue/items/{code}/form"): WORKBOOK,
    ("patch", "/v1/photos/uploads/{ticket}"): "application/offset+octet-stream",
}
"""Operations whose handler reads bytes, and of what media type they are meant to be; none of them looks at it but the
upload of a photo."""

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "enum": sorted(PROBLEMS)},
        "advice": {"type": "string"},
        "detail": {"type": "string"},
    },
}
_REFUSED = {
    "description": "Nothing was changed; the code says why (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_BUSY = {**_REFUSED, "description": "The database could not take it now; Retry-After says when to come again"}


class Described(JsonRenderPlugin):
    """``/schema/openapi.json``."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: Document) -> bytes:
        """The document as JSON."""
        return super().render(request, described(openapi_schema))


def described(document: Document) -> Document:
    """The framework's document, made whole; the one that is given stays as it is."""
    paths = {
        path: {method: _operation(method, path, said) for method, said in item.items()}
        for path, item in document["paths"].items()
    }
    components = document["components"]
    schemas = {**components["schemas"], "Problem": _PROBLEM}
    return {**document, "paths": paths, "components": {**components, "schemas": schemas}}


def _operation(method: str, path: str, said: Document) -> Document:
    answers = {status: _answer(method, status, one) for status, one in said["responses"].items() if status < "400"}
    made = {**said, "responses": {**answers, "4XX": _REFUSED, "503": _BUSY}}
    if media_type := RAW_BODIES.get((method, path)):
        schema = {} if media_type == "application/json" else {"type": "string", "format": "binary"}
        made["requestBody"] = {"required": True, "content": {media_type: {"schema": schema}}}
    return made


def _answer(method: str, status: str, said: Document) -> Document:
    content = said.get("content", {})
    if method == "head" or status == "204" or any(one["schema"] == {"type": "null"} for one in content.values()):
        return {name: value for name, value in said.items() if name != "content"}
    return {**said, "content": {kind: _written(kind, one) for kind, one in content.items()}} if content else said


def _written(media_type: str, said: Document) -> Document:
    """JSON that the handler wrote itself is an object; anything else that is bytes is not text to be encoded."""
    if said["schema"] != {"type": "string"} or media_type.startswith("text/"):
        return said
    if media_type.endswith("json"):
        return {**said, "schema": {"type": "object"}}
    return {**said, "schema": {"type": "string", "format": "binary"}}
