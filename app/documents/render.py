"""A transcript in each text format, by name. The documents that go to the user stand in `downloads`."""

from collections.abc import Callable

from app.documents.json_files import render_json
from app.documents.markdown import render_md
from app.documents.subtitles import render_srt, render_vtt
from app.documents.transcript import Transcript
from app.documents.txt import render_text, render_txt

RENDERERS: dict[str, Callable[[Transcript], str]] = {
    "text": render_text,
    "txt": render_txt,
    "srt": render_srt,
    "vtt": render_vtt,
    "json": render_json,
    "md": render_md,
}
