"""Checks a value against the part of JSON Schema that the models use: an editor's eyes for the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
    "null": type(None),
}
_UNDERSTOOD = frozenset(
    {
        "$ref", "$defs", "$schema", "title", "description", "default", "discriminator", "examples", "format",
        "contentEncoding", "type", "const", "enum", "anyOf", "oneOf", "properties", "required", "additionalProperties",
        "propertyNames", "writeOnly",
        "items", "maxItems", "minItems", "minLength", "maxLength", "minimum", "maximum", "pattern", "uniqueItems",
    }
)  # fmt: skip


def complaints(schema: dict[str, Any], value: object, root: dict[str, Any] | None = None, at: str = "") -> list[str]:
    """What a value has that the schema does not allow. Fails on a keyword that this reader does not know."""
    return list(_complaints(schema, value, root if root is not None else schema, at))


def referred(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """The definition that a schema's `$ref` names: of a schema, or of an OpenAPI document."""
    found: Any = root
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    assert isinstance(found, dict)
    return found


def _complaints(schema: dict[str, Any], value: object, root: dict[str, Any], at: str) -> Iterator[str]:
    assert set(schema) <= _UNDERSTOOD, set(schema) - _UNDERSTOOD
    if "$ref" in schema:
        yield from _complaints(referred(schema, root), value, root, at)
    if "type" in schema and not _is_of(value, schema["type"]):
        yield f"{at}: {value!r} is no {schema['type']}"
        return
    if ("const" in schema and value != schema["const"]) or ("enum" in schema and value not in schema["enum"]):
        yield f"{at}: {value!r} is not among {schema.get('enum', schema.get('const'))}"
    for word in ("anyOf", "oneOf"):
        if word in schema:
            found = [list(_complaints(one, value, root, at)) for one in schema[word]]
            fitting = sum(not one for one in found)
            if fitting == 0 or (fitting > 1 and word == "oneOf"):
                yield f"{at}: fits not as {word} asks: {found}"
    yield from _limits(schema, value, at)
    if isinstance(value, dict):
        yield from _properties(schema, value, root, at)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from _complaints(schema["items"], item, root, f"{at}.{number}")


def _properties(schema: dict[str, Any], value: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, inner in value.items():
        if name in known:
            yield from _complaints(known[name], inner, root, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}: {name} is not known"
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from _complaints(schema["additionalProperties"], inner, root, f"{at}.{name}")


def _limits(schema: dict[str, Any], value: object, at: str) -> Iterator[str]:
    if isinstance(value, str | list):
        kind = "Length" if isinstance(value, str) else "Items"
        if not schema.get(f"min{kind}", 0) <= len(value) <= schema.get(f"max{kind}", len(value)):
            yield f"{at}: has the length {len(value)}"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: does not fit {schema['pattern']}"
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of its limits"


def _is_of(value: object, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
