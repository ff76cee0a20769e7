"""What programs call: one file per group of addresses, each schema beside its view."""

from apiflask import APIFlask

from app.web.core.security import csrf


def init_app(app: APIFlask) -> None:
    from app.web.api import (
        batches,
        clean,
        clips,
        embeddings,
        job_results,
        jobs,
        live_streams,
        openapi,
        prerecorded,
        repair,
        run,
        server_state,
        speakers,
        speech,
        transcriptions,
        uploads,
        vectors,
    )

    speaking = (transcriptions, prerecorded, speech, clips, repair, live_streams, server_state)
    for group in (*speaking, clean, run, jobs, uploads, job_results, speakers, embeddings, batches, vectors):
        csrf.exempt(group.bp)  # no cookie changes anything here
        app.register_blueprint(group.bp)
    app.config.update(
        VALIDATION_ERROR_STATUS_CODE=400, AUTO_OPERATION_ID=True, AUTO_SERVERS=False, SYNC_LOCAL_SPEC=False
    )
    app.spec_processor(openapi.described)
