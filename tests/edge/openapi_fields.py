"""Every field of every REST request, read from the OpenAPI, for tests that sweep them."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

type Schema = dict[str, Any]
type Step = str | int

JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """One method of one path, with what its body may hold."""

    method: str
    path: str
    definition: Schema
    components: Schema

    @property
    def url(self) -> str:
        """The path with a value for each of its parameters."""
        values = {name: str(self._value(schema)) for name, schema in self.parameters("path")}
        return re.sub(r"\{(\w+)\}", lambda name: values[name[1]], self.path)

    @property
    def body_schema(self) -> Schema | None:
        """The schema of the JSON body; None where there is none."""
        content = self.definition.get("requestBody", {}).get("content", {})
        schema: Schema | None = content.get(JSON, {}).get("schema")
        return None if schema is None else self.resolve(schema)

    def resolve(self, schema: Schema) -> Schema:
        """Return a schema without references and without null as a choice."""
        if "$ref" in schema:
            return self.resolve(self.components[schema["$ref"].rsplit("/", 1)[-1]])
        if "anyOf" in schema:
            choices = [it for it in schema["anyOf"] if it.get("type") != "null"]
            return self.resolve(choices[0])
        return schema

    def body(self) -> Any:
        """Return a body in which every field has a value of its type."""
        assert self.body_schema is not None
        return self._value(self.body_schema)

    def fields(self) -> Iterator[tuple[list[Step], Schema]]:
        """Yield the path and the schema of every single value in `body()`."""
        assert self.body_schema is not None
        yield from self._leaves(self.body_schema, [])

    def parameters(self, place: str) -> Iterator[tuple[str, Schema]]:
        """Yield the name and the schema of every parameter in a place, such as `query`."""
        for parameter in self.definition.get("parameters", ()):
            if parameter["in"] == place:
                yield parameter["name"], self.resolve(parameter["schema"])

    def _leaves(self, schema: Schema, path: list[Step]) -> Iterator[tuple[list[Step], Schema]]:
        schema = self.resolve(schema)
        if schema.get("type") == "object":
            for name, inner in schema.get("properties", {}).items():
                yield from self._leaves(inner, [*path, name])
        elif schema.get("type") == "array":
            yield from self._leaves(schema["items"], [*path, 0])
        else:
            yield path, schema

    def _value(self, schema: Schema) -> Any:
        schema = self.resolve(schema)
        match schema:
            case {"enum": [first, *_]} | {"const": first}:
                return first
            case {"type": "object"}:
                properties = schema.get("properties", {})
                return {name: self._value(inner) for name, inner in properties.items()}
            case {"type": "array"}:
                return [self._value(schema["items"])]
            case {"examples": [first, *_]}:
                return first
            case {"type": "integer" | "number"}:
                return max(schema.get("minimum", 1), 1)
            case {"type": "boolean"}:
                return True
        return "2026-01-09" if schema.get("format") == "date" else "x"


def operations(openapi: Schema) -> list[Operation]:
    """Return every operation of an API."""
    return [
        Operation(method.upper(), path, definition, openapi["components"]["schemas"])
        for path, methods in openapi["paths"].items()
        for method, definition in methods.items()
    ]


def replaced(body: Any, path: list[Step], value: object) -> Any:
    """Return a copy of a body with another value at a path."""
    copy = deepcopy(body)
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy


def shown(path: list[Step]) -> str:
    """Return a path as problems write it: `reminders[0].time`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
