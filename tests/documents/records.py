"""Records as a broken engine, server or file could give them: any text, any number, any order."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from app.audio.media import Remark
from app.documents.diarization import Diarization, Turn
from app.documents.document import Document
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript, Word
from app.documents.well_formed import well_formed_diarization, well_formed_minutes, well_formed_transcript
from tests.documents.texts import ANY

TIMES = st.one_of(st.floats(), st.floats(-10, 7200), st.sampled_from((0.0, -0.0, 1e300, 5e-324)))
LANGUAGES = st.one_of(
    st.none(), ANY, st.sampled_from(("ru", "en", "he", "ar", "zh", "ja", "th", "tr", "jw", "x"))
)
NAMES = st.one_of(st.none(), ANY, st.sampled_from(("Speaker 1", "Speaker 2", "Анна")))
WORDS = st.lists(st.builds(Word, TIMES, TIMES, ANY, st.one_of(st.none(), TIMES)), max_size=3).map(tuple)
SEGMENTS = st.lists(
    st.builds(Segment, TIMES, TIMES, ANY, NAMES, WORDS, st.booleans(), st.booleans()), max_size=4
)
TRANSCRIPTS = st.builds(Transcript, SEGMENTS.map(tuple), LANGUAGES, ANY, TIMES)
TURNS = st.lists(st.builds(Turn, TIMES, TIMES, ANY), max_size=4).map(tuple)
DIARIZATIONS = st.builds(Diarization, TURNS, ANY)
POINTS = st.lists(st.builds(Point, ANY, TIMES), max_size=3).map(tuple)
REMARKS = st.lists(
    st.builds(
        Remark,
        st.one_of(ANY, st.sampled_from(("%(n)d parts", "%s", "100 %"))),
        st.dictionaries(st.sampled_from(("n", "name")), st.one_of(ANY, TIMES, st.just(10**4000)), max_size=2),
    ),
    max_size=2,
).map(tuple)
MINUTES = st.builds(
    Minutes,
    LANGUAGES,
    ANY,
    st.lists(st.builds(Topic, ANY, TIMES, POINTS), max_size=2).map(tuple),
    POINTS,
    st.lists(st.builds(ActionItem, ANY, TIMES, NAMES, NAMES, st.booleans()), max_size=2).map(tuple),
    st.one_of(st.integers(-3, 9), st.just(10**4000)),
    REMARKS,
    POINTS,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[Document, Transcript, Minutes | None]:
    """Draw a document of what has come over the border, with what was given there."""
    given = draw(TRANSCRIPTS)
    minutes = draw(st.one_of(st.none(), MINUTES))
    heard = well_formed_transcript(given)
    document = Document.of(
        draw(ANY),
        datetime(2026, 11, 30, 12, 0, tzinfo=UTC),
        heard,
        well_formed_minutes(minutes, heard.duration_s) if minutes else None,
        diarization=draw(st.one_of(st.none(), DIARIZATIONS.map(well_formed_diarization))),
    )
    return document, given, minutes
