"""The OpenAPI 3.1 document, made from the same rows as the routes."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from registry.web.api.endpoint import Endpoint, Parameters
from registry.web.problems import MEDIA_TYPE

_TOKEN = "token"  # noqa: S105  # the name of the scheme
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what was found and what would be right"},
        "parameter": {"type": "string", "description": "the parameter that was wrong"},
    },
}


def openapi_document(endpoints: tuple[Endpoint, ...], *, base_url: str, version: str) -> dict[str, Any]:
    """The document; every endpoint answers JSON or a problem."""
    answers = sorted({each.answer for each in endpoints if each.answer is not None}, key=lambda model: model.__name__)
    bodies = sorted({each.body for each in endpoints if each.body is not None}, key=lambda model: model.__name__)
    shapes: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = []
    shapes += [(model, "serialization") for model in answers]
    shapes += [(model, "validation") for model in bodies]
    _, definitions = models_json_schema(shapes, ref_template="#/components/schemas/{model}")
    schemas = {**definitions.get("$defs", {}), "Problem": _PROBLEM}
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        paths.setdefault(_template(endpoint.path), {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Module Registry",
            "version": version,
            "description": "Machine-learning modules, harvested from their repositories, with each value's origin.",
            "license": {"name": "CC0-1.0", "identifier": "CC0-1.0"},
        },
        "servers": [{"url": f"{base_url}/api/v1"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {_TOKEN: {"type": "http", "scheme": "bearer"}}},
    }


def _template(path: str) -> str:
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", path)


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if endpoint.answer is not None:
        schema = {"$ref": f"#/components/schemas/{endpoint.answer.__name__}"}
    responses: dict[str, Any] = {
        "200": {"description": endpoint.summary, "content": {"application/json": {"schema": schema}}},
        "400": _problem("a parameter is wrong"),
        "503": _problem("a part of the registry does not answer now"),
    }
    if endpoint.path_parameters:
        responses["404"] = _problem("there is none")
    if endpoint.changes:
        return _operation_of_change(endpoint, responses)
    if endpoint.path_parameters:
        responses["301"] = {"description": "known under another address; see `Location`"}
    return _described(endpoint, responses)


def _operation_of_change(endpoint: Endpoint, responses: dict[str, Any]) -> dict[str, Any]:
    """What is different where something is changed: a token, a body, and more that may be wrong."""
    responses["401"] = _problem("no token, or none that is good")
    responses["403"] = _problem("the token is no administrator's")
    responses["409"] = _problem("it cannot be done now")
    responses["422"] = _problem("what was sent is not right, or the source cannot be harvested")
    described = _described(endpoint, responses) | {"security": [{_TOKEN: []}]}
    if endpoint.body is None:
        return described
    responses["413"] = _problem("the body is too large")
    responses["415"] = _problem("the body is no JSON")
    schema = {"$ref": f"#/components/schemas/{endpoint.body.__name__}"}
    return described | {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _described(endpoint: Endpoint, responses: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": endpoint.operation_id,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint.parameters)],
        "responses": responses,
    }


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, description in endpoint.path_parameters.items():
        number = f"<int:{name}>" in endpoint.path
        schema: dict[str, Any] = {"type": "integer", "minimum": 0} if number else {"type": "string"}
        choices = re.search(rf"<any\(([^)]*)\):{name}>", endpoint.path)
        if choices:
            schema["enum"] = [each.strip() for each in choices[1].split(",")]
        found.append({"name": name, "in": "path", "required": True, "description": description, "schema": schema})
    return found


def _query_parameters(model: type[Parameters]) -> list[dict[str, Any]]:
    schema = model.model_json_schema()
    found: list[dict[str, Any]] = []
    for name, each in schema.get("properties", {}).items():
        row = {"name": name, "in": "query", "required": False, "schema": each}
        if "description" in each:
            row["description"] = each["description"]
        found.append(row)
    return found
