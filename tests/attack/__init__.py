"""Somebody who has the API's description and bad intentions, as every role and as nobody.

`schemathesis` reads ``/schema/openapi.json`` of the running app and makes requests that fit it and requests that do
not. Whatever comes: no 5xx, an answer that the description names, and tables as they were wherever it refuses. A share
of it runs with the tests, the rest in `make fuzz`.
"""
