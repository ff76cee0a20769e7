"""Modules of the program without a test of the same place: what tests them instead, or why nothing has to.

`tests/test_architecture.py` compares it with what there is. A new module gets a test of its own.
"""

TESTED_BY: dict[str, tuple[str, ...]] = {
    "tests/test_config.py": ("config/engines.py", "config/program.py"),
    "tests/nets/test_phones.py": ("audio/espeak.py",),
    "tests/audio/test_probe.py": ("audio/limits.py", "audio/media.py"),
    "tests/documents/test_docx.py": ("documents/docx_elements.py", "documents/docx_style.py"),
    "tests/pipeline/test_artifacts.py": (
        "documents/minutes.py",
        "documents/transcript.py",
        "pipeline/batch/progress.py",
        "pipeline/cleaned.py",
        "pipeline/fetched_artifact.py",
        "pipeline/recording.py",
        "pipeline/sound_artifact.py",
        "pipeline/stage.py",
    ),
    "tests/engines/chat/test_openai_server.py": ("engines/chat/connections.py", "engines/chat/http_json.py"),
    "tests/engines/pocketsphinx/test_transcriber.py": (
        "engines/pocketsphinx/child.py",
        "engines/pocketsphinx/process.py",
    ),
    "tests/pipeline/stages/test_extract.py": ("pipeline/speech_finder.py",),
    "tests/engines/pocketsphinx/test_live.py": ("engines/pocketsphinx/live_child.py",),
    "tests/engines/choosing/test_separators.py": ("engines/weights/bundled.py",),
    "tests/engines/weights/test_fetch.py": (
        "engines/weights/checksum.py",
        "engines/weights/faster_whisper.py",
        "engines/weights/sources.py",
        "engines/weights/staging.py",
        "engines/weights/take.py",
    ),
    "tests/web/api/test_clean.py": (
        "integrations/clean_requests.py",
        "integrations/record_sync.py",
        "integrations/record_table.py",
        "integrations/submitting.py",
        "integrations/wiring.py",
        "pipeline/stages/store.py",
        "web/api/clean_schema.py",
    ),
    "tests/jobs/test_service.py": ("jobs/admission.py", "jobs/job.py"),
    "tests/jobs/test_worker.py": ("jobs/stage_log.py",),
    "tests/integrations/test_webhooks.py": ("integrations/sender.py", "integrations/tables.py"),
    "tests/jobs/test_threads.py": ("jobs/thread_dispatcher.py",),
    "tests/jobs/test_database.py": ("jobs/tables.py",),
    "tests/web/live/test_endpoint.py": ("live/client.py",),
    "tests/pipeline/stages/test_fetch.py": ("pipeline/fetching.py",),
    "tests/pipeline/stages/test_clean.py": ("pipeline/separating.py",),
    "tests/web/api/test_embeddings.py": (
        "pipeline/embed_file.py",
        "pipeline/stages/download.py",
        "web/api/embeddings_schema.py",
    ),
    "tests/web/api/test_batches.py": (
        "pipeline/stages/vectorize_list.py",
        "web/api/batches_schema.py",
    ),
    "tests/summarization/cues/test_assignments.py": (
        "summarization/cues/assignments_en.py",
        "summarization/cues/assignments_ru.py",
        "summarization/cues/decision_cues.py",
        "summarization/cues/plan.py",
    ),
    "tests/training/corpus/test_generate.py": (
        "training/corpus/speak.py",
        "training/corpus/utterance.py",
        "training/corpus/voices.py",
    ),
    "tests/training/damage/test_damage.py": (
        "training/damage/held_out_noises.py",
        "training/damage/noises.py",
        "training/damage/training_noises.py",
    ),
    "tests/training/report/test_repair_report.py": (
        "training/report/charts.py",
        "training/report/repair_charts.py",
    ),
    "tests/training/report/test_synthesis_report.py": ("training/scores/synthesis_scores.py",),
    "tests/training/test_loop.py": ("training/train_autoencoder.py",),
    "tests/nets/test_synthesis.py": ("training/train_multispeaker.py",),
    "tests/web/api/test_transcriptions.py": ("web/api/transcription_schema.py",),
    "tests/web/api/test_vectors.py": ("web/api/vectors_schema.py",),
}

NOTHING_TO_TEST: dict[str, str] = {
    "engines/base.py": "Protocols and records",
    "engines/whisper/model.py": "a Protocol and records",
    "jobs/hooks.py": "Protocols and records",
    "summarization/chat.py": "a Protocol",
    "training/corpus/__main__.py": "reads options and calls `generate`",
    "training/evaluate.py": "reads options and calls `write_report`",
    "training/evaluate_synthesis.py": "reads options and calls `write_report`",
    "pipeline/limits.py": "settings become a record",
    "web/core/context.py": "a record",
}
