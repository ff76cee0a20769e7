"""What programs call: one file per group of addresses, each schema beside its view."""

from apiflask import APIFlask


def init_app(app: APIFlask) -> None:
    from app.web.api import batches, clean, embeddings, speech, transcriptions

    for group in (transcriptions, speech, clean, embeddings, batches):
        group.init_app(app)
