"""JSON Schema (2020-12) of facts and of report lines, for `veinledger facts --schema`.

pydantic writes it from the classes. What is added is what pydantic cannot know: that a number is
never written in quotation marks, and how envelope and fact share one object.
"""

from __future__ import annotations

from typing import Any, Final, cast

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from veinledger.adapters.codec.envelope import FACTS_OF_EITHER, Envelope
from veinledger.adapters.codec.fields import adapter_of
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.catalogue import CENTRE_FACTS, FACTS, may_name_nobody

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ROOT: Final = "urn:veinledger:schema"

Schema = dict[str, Any]


class _Plain(GenerateJsonSchema):
    """Decimals are numbers, days are texts, and titles that repeat a field's name are left out."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        said = cast("dict[str, Any]", schema)
        limits = {word: float(said[name]) for name, word in _LIMITS.items() if name in said}
        places = said["decimal_places"]
        if "maximum" not in limits:
            limits["exclusiveMaximum"] = float(10 ** (said["max_digits"] - places))
        words = f"a number with at most {places} places, without exponent or quotation marks"
        return {"type": "number", "description": words, **limits}

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's hook
        return False


_LIMITS: Final = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}


def fact_schema(name: str) -> Schema:
    """The schema of one fact's fields; raises KeyError for a name that is not in the catalogue."""
    return {"$schema": DIALECT, "$id": f"{ROOT}:{name}", **_schema(FACTS[name])}


def line_schema(name: str | None = None) -> Schema:
    """The schema of one NDJSON line: of one fact, or of the whole catalogue."""
    names = sorted(FACTS) if name is None else [name]
    definitions: Schema = {}
    lines = [_line(FACTS[one], definitions) for one in names]
    for line in lines:
        definitions[line["title"]] = line
    refs = [{"$ref": f"#/$defs/{line['title']}"} for line in lines]
    whole = refs[0] if name is not None else {"oneOf": refs}
    return {"$schema": DIALECT, "$id": f"{ROOT}:line", **whole, "$defs": definitions}


def _schema(cls: type[Any]) -> Schema:
    return adapter_of(cls).json_schema(schema_generator=_Plain, by_alias=True)


def _line(cls: type[Fact], definitions: Schema) -> Schema:
    """One object: the envelope's fields beside the fact's."""
    envelope, fact = _schema(Envelope), _schema(cls)
    definitions |= envelope.pop("$defs", {})
    definitions |= fact.pop("$defs", {})
    properties: Schema = {**_subjects(cls, envelope["properties"]), **fact["properties"]}
    properties["type"] = {"const": cls.type}
    required = [*envelope["required"], *fact.get("required", ())]
    return {
        "title": cls.type,
        "description": fact["description"],
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **_one_subject(cls),
    }


def _either(cls: type[Fact]) -> bool:
    """Whether it may be about an encounter and about a centre."""
    return cls.type in FACTS_OF_EITHER


def _subjects(cls: type[Fact], properties: Schema) -> Schema:
    left_out = set[str]()
    if not _either(cls):
        left_out = {"encounter"} if cls.type in CENTRE_FACTS else {"centre"}
    return {name: one for name, one in properties.items() if name not in left_out}


def _one_subject(cls: type[Fact]) -> Schema:
    if may_name_nobody(cls.type):
        return {"not": {"required": ["encounter", "centre"]}} if _either(cls) else {}
    if _either(cls):
        return {"oneOf": [{"required": ["encounter"]}, {"required": ["centre"]}]}
    subject = "centre" if cls.type in CENTRE_FACTS else "encounter"
    return {"allOf": [{"required": [subject]}]}
