"""Minutes without a model, as an engine: needs no weights; Russian and English."""

from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.engines.base import SummarizeOptions
from app.progress import Progress
from app.summarization.extraction import NAME, extract_minutes


class Extractive:
    """Writes minutes in the speakers' own words."""

    name = NAME

    def summarize(self, transcript: Transcript, options: SummarizeOptions, progress: Progress) -> Minutes:
        return extract_minutes(transcript, progress)
