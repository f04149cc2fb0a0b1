"""Requests that an OpenAPI document describes, and some that it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.support.json_schema import referred

_WORDS = ["a", "tools", "tools:1", "debian:12", "/opt/x", "C:\\x", "https://example.test/x.git", "unix:///x.sock", "1"]
_ODD_TEXT = ["", " ", "\x00", "\n", "../..", "%2e%2e", "é😀", "\u202e", "$(x)", "'", '"', "x" * 300, "null", "-1"]
_text = st.sampled_from([*_WORDS, *_ODD_TEXT]) | st.text(max_size=12)
_number = st.integers(-2, 5) | st.sampled_from([2**31, 2**32, 2**53, 2**63, 2**64, -(2**63)])
_wild = st.recursive(
    st.none() | st.booleans() | _number | st.floats(allow_nan=False, allow_infinity=False) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=5,
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    described: dict[str, Any] = field(repr=False)

    def request(self, document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        """What httpx is to send."""
        parameters = self.described.get("parameters", ())
        paths, queries = (
            {one["name"]: _parameter(one, document) for one in parameters if one["in"] == where}
            for where in ("path", "query")
        )
        body = next(iter(self.described.get("requestBody", {}).get("content", {}).items()), None)
        parts: dict[str, st.SearchStrategy[Any]] = {
            "path": st.fixed_dictionaries(paths),
            "params": st.fixed_dictionaries({}, optional=queries),
        }
        if body is not None and body[0] == "application/json":
            parts["json"] = st.one_of(*[values(body[1]["schema"], document)] * 4, _wild)
        elif body is not None:
            parts["content"] = st.binary(max_size=100)
        return st.fixed_dictionaries(parts)


def operations(document: dict[str, Any]) -> list[Operation]:
    """Everything that can be asked, by path."""
    return [
        Operation(method.upper(), path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


def _parameter(described: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.one_of(*[values(described["schema"], document)] * 4, _text)


def values(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly what a schema allows; text and numbers are often beyond what it can say."""
    if "$ref" in schema:
        return st.deferred(lambda: values(referred(schema, document), document))
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return st.one_of(*(values(one, document) for one in schema[word]))
    match schema.get("type"):
        case "object":
            return _object(schema, document)
        case "array":
            return st.lists(values(schema.get("items", {}), document), max_size=3)
        case "string":
            return _text
        case "integer" | "number":
            return _number
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return _wild


def _object(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    known = {name: values(one, document) for name, one in schema.get("properties", {}).items()}
    needed = {name: known[name] for name in schema.get("required", ()) if name in known}
    return st.fixed_dictionaries(needed, optional={name: one for name, one in known.items() if name not in needed})
