"""The description of the API: complete, in both languages, and made from the registers' own fields."""

from typing import Any

import pytest
from flask import Flask

from outreach import i18n
from outreach.services.registers.catalogue import REGISTERS
from outreach.web.api.described import RESOURCES
from outreach.web.api.shapes import called, is_reference, name_of
from outreach.web.bearer import API
from outreach.web.errors import PAGES
from tests.house.files import PROJECT
from tests.house.test_pages import Missed
from tests.web.api.conftest import Program
from tests.web.conftest import Province

PARTS = "#/components/schemas/"
# what only people meet, or only with a status that programs get for another reason
NEVER_FOR_PROGRAMS = {"sign-in-refused", "broken-plan", "form-expired"}
ANYWHERE = {"401", "403", "422", "429", "500", "503"}


@pytest.fixture
def document(nobody: Program) -> dict[str, Any]:
    answer = nobody.ask("GET", "/openapi.json", Accept_Language="vi")
    assert answer.content_type == "application/json"
    return answer.json


def part(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"][schema["$ref"].removeprefix(PARTS)]


def operations(document: dict[str, Any]):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_register_is_open_to_programs() -> None:
    assert set(RESOURCES) == set(REGISTERS)


def test_every_route_is_described_and_nothing_else(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (method.lower(), rule.rule.replace("<int:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(f"{API}/") and not rule.rule.endswith("/openapi.json")
    }
    assert {(method, path) for method, path, _ in operations(document)} == routes
    assert document["openapi"].startswith("3.1")


def test_every_operation_says_how_it_fails_and_asks_for_a_token(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        statuses = set(operation["responses"])
        assert statuses >= ANYWHERE, path
        assert operation["security"] == [{"token": []}]
        assert ("{" in path) <= ("404" in statuses), path
        if method in ("post", "patch"):
            assert statuses >= {"400", "413", "415"}
        if method in ("patch", "delete"):
            assert statuses >= {"412", "428"}
            (version,) = [one for one in operation["parameters"] if one["name"] == "If-Match"]
            assert version["required"]
        for status, answer in operation["responses"].items():
            assert answer["description"], (path, status)
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("name", RESOURCES)
def test_each_field_of_a_register_is_named_with_type_and_meaning(document: dict[str, Any], name: str) -> None:
    register = REGISTERS[name]
    listed = part(
        document, document["paths"][f"{API}/{name}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    )
    row = part(document, listed["properties"]["items"]["items"])
    posted = document["paths"][f"{API}/{name}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    patched = document["paths"][f"{API}/{name}/{{record_id}}"]["patch"]["requestBody"]["content"]["application/json"]
    new, change = part(document, posted), part(document, patched["schema"])
    kept = {name_of(one) for one in register.kept} | {called(one) for one in register.kept if is_reference(one)}
    assert set(row["properties"]) == {"id", "version", "updated_at", *kept}
    assert set(row["required"]) == set(row["properties"])
    taken = kept | {one.name for one in register.fields if one.entry_only}
    assert set(new["properties"]) == taken
    assert set(change["properties"]) == taken - {register.spreads}
    assert set(new.get("required", ())) == {
        name_of(one) for one in register.fields if one.required and not is_reference(one)
    }
    assert "required" not in change
    for model in (row, new, change):
        assert model["additionalProperties"] is False
        for field, schema in model["properties"].items():
            assert schema["description"], field
            assert {"type", "anyOf", "enum", "$ref"} & schema.keys(), field
            assert "title" not in schema
            assert schema.get("default", 0) is not None


def test_limits_of_a_field_are_those_of_the_register(document: dict[str, Any]) -> None:
    new = document["components"]["schemas"]["SiteNew"]["properties"]
    assert (new["code"]["minLength"], new["code"]["maxLength"]) == (1, 40)
    assert (new["people"]["minimum"], new["people"]["maximum"]) == (0, 100_000)
    assert new["kind"]["enum"][0] == "school_primary"
    assert new["blocked"]["examples"][0][0]["first"] == "2027-11-20" or new["blocked"]["examples"]
    assert document["components"]["schemas"]["NeedNew"]["allOf"] == [
        {"anyOf": [{"required": ["site"]}, {"required": ["site_id"]}]}
    ]


def test_every_reference_leads_somewhere_and_every_part_is_used(document: dict[str, Any]) -> None:
    used: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                used.add(node["$ref"].removeprefix(PARTS))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    assert used == set(document["components"]["schemas"])


def test_the_description_is_complete_in_english(app: Flask, nobody: Program, province: Province) -> None:
    missed = Missed()
    english = i18n._catalogue("en")
    english.add_fallback(missed)
    try:
        document = nobody.ask("GET", "/openapi.json", Accept_Language="en").json
    finally:
        english._fallback = None
    assert missed.texts == set()
    assert document["components"]["schemas"]["Site"]["properties"]["name"]["description"] == "Site name"


def test_the_page_of_the_api_names_every_route_field_and_error(nobody: Program, document: dict[str, Any]) -> None:
    page = nobody.client.get("/api").get_data(as_text=True)
    for method, path, _ in operations(document):
        assert f"<strong>{method.upper()}</strong> <code>{path}</code>" in page
    for name in document["components"]["schemas"]["SiteNew"]["properties"]:
        assert f">{name}</code>" in page


def test_the_guide_names_every_resource_and_every_error(document: dict[str, Any]) -> None:
    guide = (PROJECT / "docs/api.md").read_text(encoding="utf-8")
    for path in document["paths"]:
        name = path.removeprefix(f"{API}/").replace("/{record_id}", "").replace("{plan_id}", "{id}")
        assert f"`{name}`" in guide or f"`{name}?" in guide, name
    statuses = {status for _, _, operation in operations(document) for status in operation["responses"]}
    for code, page in PAGES.items():
        status = str(page.api_status or page.status)
        if status in statuses and code not in NEVER_FOR_PROGRAMS:
            assert f"| {status} |" in guide, code
            assert f"`{code}`" in guide, code
