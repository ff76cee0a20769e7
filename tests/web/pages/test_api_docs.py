"""The API as a page."""

from flask import Flask

from app.web.pages.api_docs import groups


def test_the_page_shows_every_operation_with_its_fields_and_answers(app: Flask) -> None:
    client = app.test_client()
    text = client.get("/docs", headers={"Accept-Language": "ru"}).text
    spec = client.get("/openapi.json").json
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            assert f'<details id="{operation["operationId"]}">' in text
            assert f"<code>{method.upper()} {path}</code>" in text
    assert 'lang="ru"' in text


def test_fields_within_others_and_choices_are_written_as_a_reader_writes_them(app: Flask) -> None:
    spec = app.test_client().get("/openapi.json").json
    found = {operation.id: operation for group in groups(spec) for operation in group.operations}
    cleaned = {field.name: field for field in found["clean_item"].fields}
    assert cleaned["input.item_id"].required
    assert not cleaned["input.do_clean"].required
    sent = {field.name: field.kind for field in found["create_job"].fields}
    assert (sent["Idempotency-Key"], sent["file"], sent["diarize"]) == ("string", "file", "boolean")
    listed = {field.name: field.kind for field in found["list_jobs"].fields}
    assert listed["status"].startswith("list of queued | running")
    assert "409" in found["create_job"].answers
