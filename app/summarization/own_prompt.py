"""Minutes by a reader's own prompt: a chat model writes what he asks for, and each point has its source."""

from app.audio.media import Remark
from app.documents.minutes import Minutes, Topic
from app.documents.transcript import Transcript
from app.errors import N_, EngineUnavailable
from app.progress import Progress
from app.summarization.chat import Chat, End
from app.summarization.chunks import chunks, lines
from app.summarization.prompt import harmless, own_prompt
from app.summarization.sources import Sources
from app.summarization.verification import verified
from app.summarization.words import script_language

MAX_CHARS = 1000  # of a prompt
WANTED = N_("Written to this request: %(wanted)s")
NOTHING = N_("The recording says nothing of what was asked for, as far as the language model can see.")
LOST = N_(
    "Parts of the recording for which the language model gave no usable or no whole answer: %(n)s of %(all)s."
)
UNUSABLE = N_("The language model %(name)s gave no usable answer. Ask for less, or in other words.")


def write_own(chat: Chat, transcript: Transcript, wanted: str, progress: Progress) -> Minutes:
    """Write what is asked for, as topics of points that the transcript says.

    Raises:
        EngineUnavailable: the model gave no usable answer for any part of the recording.
    """
    language = script_language((one.text for one in transcript.segments), transcript.language)
    wanted = harmless(wanted, chat.special)[:MAX_CHARS]
    parts = chunks(chat, transcript)
    prompts = [own_prompt(lines(chat, transcript, part), wanted, language) for part in parts]
    sources = Sources(transcript.segments, language)
    topics: list[Topic] = []
    dropped = lost = unusable = 0
    for part, reply in zip(parts, chat.ask(prompts, progress) if prompts else (), strict=True):
        found = verified(reply.text, sources, part, transcript.language)
        unusable += found is None and not _empty(reply.text)
        if found is not None:
            topics += found.minutes.topics
            dropped += found.minutes.dropped
            lost += found.cut or reply.end is End.CUT
    if parts and unusable == len(parts):
        raise EngineUnavailable(UNUSABLE, name=chat.name)
    remarks = [Remark(WANTED, {"wanted": wanted})]
    if not topics:
        remarks.append(Remark(NOTHING))
    if lost + unusable:
        remarks.append(Remark(LOST, {"n": lost + unusable, "all": len(parts)}))
    progress(1.0)
    return Minutes(transcript.language, chat.name, tuple(topics), dropped=dropped, remarks=tuple(remarks))


def _empty(text: str) -> bool:
    """Tell an answer that finds nothing in its part, which is one too."""
    return "".join(text.split()).startswith('{"topics":[]')
