"""JSON Schema of documents, for editors that complete and check while one types."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from trailer_tui.model.document import ImageDocument
from trailer_tui.model.document_fields import models_below

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT_ALONE = {"type": "string", "description": "The command alone, in no environment.", "minLength": 1}


def document_schema() -> dict[str, Any]:
    """What a document may hold. Descriptions are the words that stand below each field in its model."""
    schema = ImageDocument.model_json_schema()
    definitions = schema["$defs"]
    for model in models_below(ImageDocument):
        described = schema if model is ImageDocument else definitions.get(model.__name__)
        if described is not None and "properties" in described:
            _describe(described["properties"], _field_words(model))
            _require_kinds(described)
    definitions["StartupCommand"] = {"anyOf": [definitions["StartupCommand"], _TEXT_ALONE]}
    return {"$schema": _DIALECT, **schema, "title": "An image of Trailer"}


def _describe(properties: dict[str, Any], words: dict[str, str]) -> None:
    for name, told in words.items():
        if name in properties:
            properties[name].setdefault("description", told)


def _require_kinds(described: dict[str, Any]) -> None:
    """What tells the models of a union apart cannot be left out, although a model alone would have it by default."""
    kinds = [name for name, found in described["properties"].items() if "const" in found]
    described["required"] = list(dict.fromkeys([*kinds, *described.get("required", [])]))


def _field_words(model: type[BaseModel]) -> dict[str, str]:
    """What is written below the fields of a model and of those that it extends."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if not issubclass(kind, BaseModel) or kind is BaseModel:
            continue
        try:
            source = textwrap.dedent(inspect.getsource(kind))
        except OSError:
            continue  # installed without its source: the schema then has the fields alone
        [body] = [node.body for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
        for before, after in pairwise(body):
            words = _text(after)
            if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and words:
                found[before.target.id] = " ".join(words.split())
    return found


def _text(node: ast.stmt) -> str:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return ast.literal_eval(node.value) if is_text else ""  # type: ignore[attr-defined]
