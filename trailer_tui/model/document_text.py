"""Documents as YAML for people: fixed order, nothing that goes without saying, text as it was typed.

Written by hand, because PyYAML puts a text with a tab or a blank at the end of a line into one long quoted line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from trailer_tui.model.document import ImageDocument

_HEADER = """\
# Made by `trailer export`; `trailer apply -f FILE` makes the image, or changes the one of that name.
# Passwords and the values of build secrets are not in it. What is left out here has its usual value:
# `trailer schema` describes every key.
"""
_FIRST = ("mode", "source", "operating_system")
"""Keys that say what the rest of a mapping is about."""
_LAST = ("environments", "services", "user", "startup", "files", "dockerfile")
"""The long ones of a configuration."""
_BASE64_COLUMNS = 76

# Neither of YAML 1.1 nor of 1.2 anything but a string: no number, date, truth value or null, no mark of syntax.
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./+@=<>~^()-]*(?:[ :,][A-Za-z0-9_./+@=<>~^()-]+)*")
_WORDS_WITH_MEANING = re.compile(r"(?:y|n|yes|no|on|off|true|false|null|\.nan|[-+]?\.inf)", re.IGNORECASE | re.ASCII)
# What YAML lets stand in a block as it is; it would turn other line breaks than the line feed into one.
_FITS_BLOCK = re.compile("[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def document_text(documents: Sequence[ImageDocument]) -> str:
    """The documents as one YAML text; reading it gives equal documents."""
    return _HEADER + "---\n".join("\n".join(_mapping(_readable(document))) + "\n" for document in documents)


def _readable(model: BaseModel, dumped: dict[str, Any] | None = None) -> dict[str, Any]:
    """What is written of a model: its values as plain data, without those that are empty by default."""
    data = model.model_dump(mode="json") if dumped is None else dumped
    kept: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        is_usual = not field.is_required() and value == field.get_default()
        shown = _shown(value, data[name])
        if is_usual and (not shown or isinstance(value, bool)):
            continue
        kept[name] = shown
    return {key: kept[key] for key in sorted(kept, key=_rank)}


def _shown(value: object, data: Any) -> Any:
    if isinstance(value, BaseModel) and isinstance(data, dict):
        return _readable(value, data)
    if isinstance(value, list):
        return [_shown(item, part) for item, part in zip(value, data, strict=True)]
    return _Base64(data) if isinstance(value, bytes) else data


def _rank(key: str) -> int:
    """Sorting is stable: all other keys keep the order of their model."""
    if key in _FIRST:
        return -1
    return _LAST.index(key) + 1 if key in _LAST else 0


class _Base64(str):
    """Text that may be cut into lines anywhere."""

    __slots__ = ()


def _mapping(data: dict[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        first, *rest = _value(value)
        yield f"{key}:{first}"
        yield from rest


def _value(value: Any) -> Iterator[str]:
    """The lines of a value behind `key:` or `-`; the first goes on that line."""
    match value:
        case dict() if value:
            yield ""
            yield from _indented(_mapping(value))
        case list() if value:
            yield ""
            yield from (f"  {line}" for item in value for line in _item(item))
        case _Base64() if value:
            yield " >-"
            yield from (f"  {value[at : at + _BASE64_COLUMNS]}" for at in range(0, len(value), _BASE64_COLUMNS))
        case str() if "\n" in value and value.strip() and _FITS_BLOCK.fullmatch(value):
            yield f" |{_block_header(value)}"
            yield from _indented(iter(value.removesuffix("\n").split("\n")))
        case str():
            yield f" {_scalar(value)}"
        case _:
            yield f" {json.dumps(value)}"


def _item(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        first, *rest = _mapping(value)
        yield f"- {first}"
        yield from _indented(iter(rest))
        return
    first, *rest = _value(value)
    yield f"-{first}"
    yield from _indented(iter(rest))


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" if line else "" for line in lines)


def _block_header(text: str) -> str:
    """How far a block is indented, where its first line does not tell, and what becomes of its last line breaks."""
    indent = "2" if text[0] in " \t\n" else ""
    if not text.endswith("\n"):
        return f"{indent}-"
    return f"{indent}+" if text.endswith("\n\n") else indent


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _WORDS_WITH_MEANING.fullmatch(text):
        return text
    if not set("'\n\t") & set(text) and set('"\\') & set(text) and _FITS_BLOCK.fullmatch(text):
        return f"'{text}'"
    # JSON is YAML, but for characters that YAML wants escaped.
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text, ensure_ascii=False))
