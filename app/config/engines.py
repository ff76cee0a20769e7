"""Settings of engines: which one has a role, which model it takes, and what that may cost."""

from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings


class EngineSettings(BaseSettings):
    """One block a role, with the settings that all share before and after."""

    device: str = Field("auto", description="Where models compute: auto, cpu, cuda, cuda:1, mps.")
    compute_threads: int = Field(0, ge=0, description="CPU threads of a model; 0: one per core.")
    transcriber: Literal["auto", "faster-whisper", "whisper", "pocketsphinx"] = Field(
        "auto", description="Engine that transcribes; whisper is openai-whisper."
    )
    whisper_model: str = Field(
        "auto",
        description="Whisper's size: auto (by measured speed), tiny, base, small, medium, large-v3, turbo, …",
    )
    whisper_quality: Literal["fast", "balanced", "best"] = Field(
        "balanced",
        description="Whisper's search: greedy, a beam of 5, or also six temperatures as the whisper command.",
    )
    whisper_terms: str = Field(
        "", description="Names and terms that recordings are likely to hold, by commas: Whisper's prompt."
    )
    summarizer: Literal["auto", "llama", "llama-cpp", "openai", "extractive"] = Field(
        "auto", description="Engine that writes the minutes."
    )
    llama_model: str = Field(
        "auto",
        description="Folder or GGUF file of the chat model in `models_dir`, or its folder beside `run.py`;"
        " auto: the first, or the largest that is quick enough here.",
    )
    llm_url: str | None = Field(
        None, description="Base URL of an OpenAI-compatible server, as https://host/v1."
    )
    llm_model: str | None = Field(None, description="Model to ask that server for.")
    llm_key: SecretStr | None = Field(None, description="API key of that server.")
    llm_timeout_s: float = Field(600, gt=0, description="Seconds to wait for one answer of that server.")
    separator: Literal["auto", "demucs", "repair"] = Field("auto", description="Engine that cleans speech.")
    demucs_model: str = Field(
        "htdemucs", description="Demucs model: htdemucs, htdemucs_ft, … or a checkpoint in models/demucs/."
    )
    demucs_overlap: float = Field(
        0.1, ge=0, le=0.5, description="Share by which neighbouring segments of Demucs overlap."
    )
    demucs_batch: int = Field(
        0, ge=0, le=64, description="Segments that Demucs computes in one pass; 0: 8 on a GPU, else 1."
    )
    demucs_precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        "fp32", description="Numbers that Demucs computes with; auto: bf16 where the device multiplies in it."
    )
    embedder: Literal["auto", "wav2vec2", "logmel"] = Field(
        "auto", description="Engine that makes vectors of sound."
    )
    wav2vec2_model: str = Field(
        "jonatasgrosman/wav2vec2-large-xlsr-53-russian",
        description="Folder in `models_dir` of a wav2vec2, HuBERT or WavLM model, by its name with or without"
        " the owner's.",
    )
    wav2vec2_batch_s: float = Field(
        16, ge=1, le=1800, description="Seconds of sound that wav2vec2 computes in one pass; more on a GPU."
    )
    wav2vec2_precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        "auto",
        description="Numbers that wav2vec2 computes with; auto: bf16 where the device multiplies in it.",
    )
    pooling: Literal["pca", "mean", "mean+std"] = Field(
        "pca", description="How one vector is made of many: first principal component, mean, mean and spread."
    )
    max_fetch_bytes: int = Field(
        600 * 10**6, ge=0, description="Largest weights fetched without being asked; 0: never fetch."
    )
    fetch_from_page: Literal["nobody", "whisper", "anything"] = Field(
        "whisper",
        description="What visitors may have fetched by pages, without a key: nothing, the Whisper that suits"
        " this machine, or any model of /models. Who sits at it may fetch any, unless it is nobody.",
    )

    voice_memory_days: int = Field(
        365,
        ge=0,
        description="Days after which a remembered voice that was not heard again is forgotten; 0: none are"
        " remembered, and those that were are deleted.",
    )

    @field_validator("fetch_from_page", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        """Take what the setting was before it had three values."""
        said = str(value).strip().lower()
        return {"true": "whisper", "1": "whisper", "false": "nobody", "0": "nobody"}.get(said, value)
