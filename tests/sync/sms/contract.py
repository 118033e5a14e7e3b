"""Holds what our code and a simulator said to each other against the provider's own OpenAPI description."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from inbox_desktop.demo.providers.simulator import Exchange


class Contract:
    """A description, and the faults that an exchange has by it.

    openapi-core checks types, patterns and what is required. It lets through what the description does not
    name at all: parameters, form fields and members of answers are therefore compared by name as well.
    """

    def __init__(self, description: dict[str, Any], server: str, paths: Sequence[str]) -> None:
        self._server = server
        self._description = _only(description, paths)
        self._api = OpenAPI.from_dict(self._description)

    def faults(self, exchange: Exchange) -> list[str]:
        """What is wrong with a request and its answer, each as a sentence."""
        request = self._request(exchange)
        found = []
        try:
            self._api.validate_request(request)
        except OpenAPIError as error:
            return [f"request {_place(exchange)}: {_reason(error)}"]
        try:
            self._api.validate_response(request, self._response(exchange))
        except OpenAPIError as error:
            found.append(f"answer of {_place(exchange)}: {_reason(error)}")
        return found + self._strangers(exchange, request)

    def _request(self, exchange: Exchange) -> MockRequest:
        call = exchange.call
        content_type = call.headers.get("content-type", "")
        return MockRequest(
            self._server,
            call.method.lower(),
            call.path,
            args=dict(call.query),
            headers=dict(call.headers),
            data=call.content,
            content_type=content_type,
        )

    def _response(self, exchange: Exchange) -> MockResponse:
        return MockResponse(
            exchange.answer,
            exchange.status,
            dict(exchange.answer_headers),
            exchange.answer_headers.get("content-type", ""),
        )

    def _strangers(self, exchange: Exchange, request: MockRequest) -> list[str]:
        operation = self._operation(exchange)
        known = {item["name"] for item in map(self._resolved, operation.get("parameters", []))}
        found = [f"unknown parameter {name}" for name, _ in exchange.call.query if name not in known]
        content = operation.get("requestBody", {}).get("content", {})
        form = content.get("application/x-www-form-urlencoded")
        if form is not None:
            fields = self._members(form["schema"])
            found += [f"unknown field {name}" for name, _ in exchange.call.form if name not in fields]
        body = content.get("application/json")
        if body is not None:
            found += self._unknown(body["schema"], json.loads(exchange.call.content), "request")
        answer = self._resolved(operation["responses"].get(str(exchange.status), {})).get("content", {})
        if "application/json" in answer:
            found += self._unknown(
                answer["application/json"]["schema"], json.loads(exchange.answer), "answer"
            )
        return [f"{_place(exchange)}: {fault}" for fault in found]

    def _operation(self, exchange: Exchange) -> dict[str, Any]:
        path = exchange.call.path.removeprefix(urlsplit(self._server).path)
        method, parts = exchange.call.method.lower(), path.split("/")
        for pattern, operations in self._description["paths"].items():
            wanted = pattern.split("/")
            if len(wanted) == len(parts) and method in operations and all(map(_fits, wanted, parts)):
                found: dict[str, Any] = operations[method]
                return found
        raise LookupError(f"{method} {path} is not described")

    def _unknown(self, schema: Mapping[str, Any], value: Any, where: str) -> list[str]:
        """The members of a value that its schema does not name, at any depth."""
        if isinstance(value, list):
            items = self._resolved(schema).get("items", {})
            return [fault for item in value for fault in self._unknown(items, item, where)]
        if not isinstance(value, dict):
            return []
        members = self._members(schema)
        if not members:
            return []
        found = [f"{where}: unknown member {name}" for name in value if name not in members]
        for name, inner in value.items():
            found += self._unknown(members.get(name, {}), inner, f"{where}.{name}")
        return found

    def _members(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        schema = self._resolved(schema)
        members = dict(schema.get("properties", {}))
        for group in ("allOf", "oneOf", "anyOf"):
            for part in schema.get(group, []):
                members = _merged(members, self._members(part))
        return members

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            found: Any = self._description
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        return schema


def _only(description: dict[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """The description with these paths and the components that they need; the rest takes seconds to check."""
    kept: dict[str, Any] = {path: description["paths"][path] for path in paths}
    components: dict[str, dict[str, Any]] = {}
    if "securitySchemes" in description.get("components", {}):
        components["securitySchemes"] = description["components"]["securitySchemes"]
    waiting: list[Any] = list(kept.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            reference = value.get("$ref")
            if isinstance(reference, str):
                _, _, kind, name = reference.split("/", 3)
                if name not in components.setdefault(kind, {}):
                    components[kind][name] = description["components"][kind][name]
                    waiting.append(components[kind][name])
    return {**description, "paths": kept, "components": components}


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Members of either; where both have one of the same name, its alternatives."""
    both = {name: {"anyOf": [one[name], other[name]]} for name in one.keys() & other.keys()}
    return {**one, **other, **both}


def _fits(wanted: str, part: str) -> bool:
    return wanted == part or (wanted.startswith("{") and wanted.endswith((part[part.rfind(".") :], "}")))


def _place(exchange: Exchange) -> str:
    call = exchange.call
    return f"{call.method} {call.path}?{urlencode(call.query)} -> {exchange.status}"


def _reason(error: BaseException) -> str:
    """The error with what caused it; openapi-core's own texts say little."""
    said = []
    cause: BaseException | None = error
    while cause is not None:
        problems = getattr(cause, "schema_errors", None)
        said.append(
            "; ".join(str(problem).splitlines()[0] for problem in problems) if problems else str(cause)
        )
        cause = cause.__cause__
    return " < ".join(said)
