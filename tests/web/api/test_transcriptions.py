"""The official `openai` client against the running program."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import pytest
import requests
from flask import Flask
from openai import OpenAI
from openai.types.audio import TranscriptionDiarized

from tests.engines.tiny_diarizer import save_diarizer
from tests.making import make_media
from tests.running import RunningServer
from tests.waiting import until

pytestmark = pytest.mark.slow

KEY = "the-right-key"
TEXT = "We will open the new office on Monday."


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("speech") / "встреча.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", TEXT, "-o", str(path)], check=True, timeout=60)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("program")
    save_diarizer(folder / "models")
    settings = {"transcriber": "pocketsphinx", "api_key": KEY, "max_sync_calls": 1, "max_upload_bytes": 2**21}
    with RunningServer(folder, **settings) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0, timeout=60) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_left(server: RunningServer) -> Iterator[None]:
    yield
    assert list((server.folder / "uploads" / "incoming").iterdir()) == []


def has_the_words(text: str) -> bool:
    return len({"open", "new", "office", "monday"} & set(text.lower().replace(".", " ").split())) >= 3


def test_the_answer_is_json_by_default(client: OpenAI, speech: Path) -> None:
    answer = client.audio.transcriptions.create(model="whisper-1", file=speech)
    assert has_the_words(answer.text)
    assert answer.usage is not None
    assert answer.usage.type == "duration"


def test_diarized_json_has_segments_with_speakers(
    client: OpenAI, server: RunningServer, speech: Path
) -> None:
    answer = client.audio.transcriptions.create(
        model="whisper-1", file=speech, response_format="diarized_json"
    )
    assert isinstance(answer, TranscriptionDiarized)
    assert has_the_words(answer.text)
    assert has_the_words(" ".join(segment.text for segment in answer.segments))
    assert {segment.speaker for segment in answer.segments} <= {"A", "B", "C"}
    refused = send(server, speech, response_format="diarized_json", speakers="many")
    assert refused.status_code == 400
    assert "no number of speakers" in refused.text


def test_verbose_json_has_segments_and_word_times(client: OpenAI, speech: Path) -> None:
    answer = client.audio.transcriptions.create(
        model="whisper-1",
        file=speech,
        language="en",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert answer.language == "english"
    assert answer.words is not None
    assert answer.segments is not None
    assert has_the_words(" ".join(word.word for word in answer.words))
    assert [word.start for word in answer.words] == sorted(word.start for word in answer.words)
    assert 0 < answer.words[-1].end <= answer.duration
    assert answer.segments[0].text


@pytest.mark.filterwarnings("ignore:deprecated")  # by OpenAI, for models of its own
def test_a_translation_is_in_the_same_forms_and_in_english(client: OpenAI, speech: Path) -> None:
    assert has_the_words(client.audio.translations.create(model="whisper-1", file=speech).text)
    answer = client.audio.translations.create(model="whisper-1", file=speech, response_format="verbose_json")
    assert (answer.language, has_the_words(answer.text)) == ("english", True)
    assert answer.model_dump()["task"] == "translate"
    srt = client.audio.translations.create(model="whisper-1", file=speech, response_format="srt")
    assert "-->" in str(srt)


@pytest.mark.parametrize(("form", "mark"), [("text", ""), ("srt", "-->"), ("vtt", "WEBVTT")])
def test_the_text_forms_are_plain_text(client: OpenAI, speech: Path, form: str, mark: str) -> None:
    answer = client.audio.transcriptions.create(model="whisper-1", file=speech, response_format=form)
    assert isinstance(answer, str)
    assert mark in answer
    assert has_the_words(answer)


def test_a_stream_ends_with_the_whole_text(client: OpenAI, speech: Path) -> None:
    events = list(client.audio.transcriptions.create(model="whisper-1", file=speech, stream=True))
    assert events[-1].type == "transcript.text.done"
    assert has_the_words(events[-1].text)
    assert "".join(e.delta for e in events if e.type == "transcript.text.delta") == events[-1].text


def test_models_are_listed(client: OpenAI) -> None:
    listed = [model.id for model in client.models.list()]
    assert listed[:2] == ["whisper-1", "gpt-4o-transcribe"]
    assert "base" not in listed, "it is not here"
    assert client.models.retrieve("whisper-1").object == "model"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-7")


def test_what_is_no_recording_is_a_bad_request(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="not audio or video") as caught:
        client.audio.transcriptions.create(model="whisper-1", file=("a.mp3", b"Dear colleagues,"))
    assert caught.value.type == "invalid_request_error"


def test_a_model_that_is_not_here_is_refused_and_not_retried(client: OpenAI, speech: Path) -> None:
    with pytest.raises(openai.BadRequestError, match=r"model large-v3 is not here\. There are: whisper-1"):
        client.audio.transcriptions.create(model="large-v3", file=speech)


def test_a_wrong_field_is_named(client: OpenAI, speech: Path) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.transcriptions.create(model="whisper-1", file=speech, temperature=3)
    assert caught.value.param == "temperature"
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.transcriptions.create(model="whisper-1", file=speech, timestamp_granularities=["word"])
    assert caught.value.param == "timestamp_granularities[]"


FOREIGN = {
    "chunking_strategy": "auto",
    "include[]": "logprobs",
    "known_speaker_names[]": "Anna",
    "vad_filter": "true",
    "hotwords": "Monday",
    "user": "me",
    "task": "transcribe",
    "diarize": "false",
    **dict.fromkeys(("temperature", "response_format", "stream", "model", "prompt", "language"), ""),
}


@pytest.mark.parametrize("name", ["english", "English", "eng", "en-US", "en_GB", "английский"])
def test_the_language_may_be_named_in_any_usual_way(server: RunningServer, speech: Path, name: str) -> None:
    answer = send(server, speech, language=name, response_format="verbose_json")
    assert answer.status_code == 200, answer.text
    assert answer.json()["language"] == "english"


def test_fields_of_other_servers_and_empty_ones_are_taken(server: RunningServer, speech: Path) -> None:
    answer = send(server, speech, **FOREIGN)
    assert answer.status_code == 200, answer.text
    assert has_the_words(answer.json()["text"])


@pytest.mark.parametrize(
    "field", ["timestamp_granularities", "timestamp_granularities[]", "timestamp_granularities[0]"]
)
def test_granularities_may_be_spelled_in_three_ways(server: RunningServer, speech: Path, field: str) -> None:
    answer = send(server, speech, response_format="verbose_json", **{field: "word"})
    assert answer.status_code == 200, answer.text
    assert "words" in answer.json()
    assert "segments" not in answer.json()


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"response_format": "exe"}, {"temperature": "hot"}])
def test_a_wrong_value_is_told_clearly(server: RunningServer, speech: Path, wrong: dict[str, str]) -> None:
    answer = send(server, speech, **wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == next(iter(wrong))


def send(server: RunningServer, speech: Path, **fields: str) -> requests.Response:
    with speech.open("rb") as file:
        return requests.post(
            f"{server.url}/v1/audio/transcriptions",
            data=fields,
            files={"file": ("a.wav", file)},
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=60,
        )


def test_a_language_that_nobody_hears_is_a_bad_request(client: OpenAI, speech: Path) -> None:
    with pytest.raises(openai.BadRequestError, match="flask models fetch"):
        client.audio.transcriptions.create(model="whisper-1", file=speech, language="ru")


def test_a_wrong_key_is_refused(server: RunningServer, speech: Path) -> None:
    with (
        OpenAI(base_url=f"{server.url}/v1", api_key="wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.audio.transcriptions.create(model="whisper-1", file=speech)
    assert caught.value.code == "invalid_api_key"


def test_any_key_is_taken_where_none_is_set(app: Flask) -> None:
    client = app.test_client()
    for headers in ({}, {"Authorization": "Bearer sk-anything"}):
        assert client.get("/v1/models", headers=headers).status_code == 200


def test_a_file_over_the_limit_is_refused(client: OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.audio.transcriptions.create(model="whisper-1", file=("a.wav", bytes(4 * 2**20)))
    assert caught.value.status_code == 413


def test_calls_beyond_the_cap_are_told_to_come_back(client: OpenAI, speech: Path) -> None:
    def call(_number: int) -> str | None:
        try:
            client.audio.transcriptions.create(model="whisper-1", file=speech)
        except openai.RateLimitError as error:
            return error.response.headers["Retry-After"]
        return None

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(call, range(4)))
    assert None in answers, "one is served"
    assert "30" in answers, "another is sent away"


def test_a_client_that_hangs_up_frees_its_place(
    server: RunningServer, client: OpenAI, speech: Path, tmp_path: Path
) -> None:
    minute = make_media(
        tmp_path / "long.wav", "-stream_loop", "-1", "-i", str(speech), "-t", "60", "-ar", "16000"
    )
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    request = requests.Request(
        "POST",
        f"{server.url}/v1/audio/transcriptions",
        headers={"Authorization": f"Bearer {KEY}"},
        files={"file": ("a.wav", minute.read_bytes())},
    ).prepare()
    headers = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection(address) as connection:
        connection.sendall(f"POST {request.path_url} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        assert isinstance(request.body, bytes)
        connection.sendall(request.body)
        until(lambda: any((server.folder / "uploads/incoming").glob("call-*")))  # it is taken
    deadline = time.monotonic() + 10  # to hear that minute takes longer
    while True:
        try:
            client.audio.transcriptions.create(model="whisper-1", file=("a.mp3", b"Dear colleagues,"))
        except openai.BadRequestError:
            break
        except openai.RateLimitError:
            assert time.monotonic() < deadline, "the call goes on for nobody"
            time.sleep(0.1)


def test_no_cookie_is_set_or_needed(server: RunningServer) -> None:
    answer = server.get("/v1/models", headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200
    assert not answer.cookies


def test_the_description_for_programs_names_every_field(server: RunningServer) -> None:
    document = json.loads(server.get("/openapi.json").text)
    operation = document["paths"]["/v1/audio/transcriptions"]["post"]
    reference = operation["requestBody"]["content"]["multipart/form-data"]["schema"]["$ref"]
    fields = document["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
    assert {"file", "model", "language", "prompt", "response_format", "temperature", "stream"} <= set(fields)
