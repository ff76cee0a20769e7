"""Whether a file is all there: its header and ffmpeg's log against what was decoded. For `decode`."""

import re
from dataclasses import dataclass
from math import inf
from pathlib import Path

from app.audio import ffmpeg
from app.audio.joined import another_begins_at
from app.audio.media import Media, Remark
from app.audio.pcm_headers import samples_beyond_header
from app.errors import N_, BadInput

BREAKS_OFF = N_("The recording breaks off at %(at)s of %(whole)s: the file is not complete.")
DAMAGED = N_("The file is incomplete or damaged: its sound was heard as far as it can be read, to %(at)s.")
ANOTHER = N_(
    "Behind the recording stands another one in the same file. Players do not play it, and it was not heard:"
    " send its parts as files of their own."
)
WRONG_SIZE = N_("The header of the file gives a wrong size: all of its sound was heard, to %(at)s.")
LONGER = N_("The header of the file says %(said)s, but there is more: all of it was heard, to %(at)s.")

_INCOMPLETE = re.compile(
    r"partial file|File ended prematurely|Packet corrupt|corrupt input packet|Error during demuxing"
    r"|Input packet size too small|Corrupt bitstream|incomplete frame|PES packet size mismatch"
)
_NOT_DECODED = "Decoding error"
_ESTIMATED = "Estimating duration from bitrate"
_READ_TIMEOUT_S = 300.0
_SHORTER = 0.02, 1.0  # parts and seconds that decoders and players count differently
_LONGER = 0.1, 1.0
_CHUNK_ID = re.compile(rb"[A-Za-z0-9_ -]{4}")
_UNKNOWN_BYTES = (0, 0xFFFFFFFF)  # sizes that a recorder writes to a pipe
_OGG_PAGE_BYTES, _OGG_LAST = 1 << 16, 4


def remarks_of(source: Path, media: Media, decoded_s: float, log: str) -> tuple[Remark, ...]:
    """Say where a file breaks off, or holds more than its header says.

    media: as the header says; log: of the decoding, with its warnings.
    """
    another = (Remark(ANOTHER),) if another_begins_at(source) is not None else ()
    return (*_as_said(source, media, decoded_s, log), *another)


def _as_said(source: Path, media: Media, decoded_s: float, log: str) -> tuple[Remark, ...]:
    """Compare what was decoded with what the header says."""
    if plain := samples_beyond_header(source):
        return () if plain.unknown else (Remark(WRONG_SIZE, {"at": _clock(decoded_s)}),)
    said_s = media.duration_s if media.duration_s and _ESTIMATED not in log else None
    incomplete = bool(_INCOMPLETE.search(log))
    if media.container == "ogg":  # of joined files ffmpeg hears no other rate or channels than the first's
        incomplete = incomplete or _NOT_DECODED in log or not _ogg_has_end(source)
    if media.container == "wav" and (sound := _wav_sound(source)):
        if sound.goes_on:
            said_s, incomplete = media.duration_s, False
        elif sound.n_bytes in _UNKNOWN_BYTES:
            incomplete = False  # ffmpeg calls the last packet corrupt, as it is smaller than the others
    if said_s and _is_more(said_s, decoded_s, _SHORTER):
        if incomplete or media.video_codec is None or _is_more(said_s, _picture_end_s(source), _SHORTER):
            return (Remark(BREAKS_OFF, {"at": _clock(decoded_s), "whole": _clock(said_s)}),)
    elif incomplete:
        return (Remark(DAMAGED, {"at": _clock(decoded_s)}),)
    if said_s and _is_more(decoded_s, said_s, _LONGER):
        return (Remark(LONGER, {"said": _clock(said_s), "at": _clock(decoded_s)}),)
    return ()


def input_options(path: Path) -> tuple[str, ...]:
    """Return with which options ffmpeg reads all of a file, where its header says less."""
    if wav_goes_on(path):
        return ("-ignore_length", "1")
    plain = samples_beyond_header(path)
    return plain.options if plain else ()


def wav_goes_on(path: Path) -> bool:
    """Tell whether a WAV file has more sound than its header says: a recorder died before it wrote it anew.

    What follows the sound by rights is another chunk: a name of four letters, and a size that fits.
    """
    sound = _wav_sound(path)
    return sound is not None and sound.goes_on


@dataclass(frozen=True, slots=True)
class _WavSound:
    """What a WAV file says of its sound. n_bytes: its size; goes_on: there is more of it."""

    n_bytes: int
    goes_on: bool


def _wav_sound(path: Path) -> _WavSound | None:
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return None
        at, found = 12, b""
        while found != b"data":
            file.seek(at)
            header = file.read(8)
            if len(header) < 8:
                return None
            found, n_bytes = header[:4], int.from_bytes(header[4:], "little")
            at += 8 + n_bytes + n_bytes % 2
        file.seek(at)
        behind = file.read(8)
    if n_bytes in _UNKNOWN_BYTES or len(behind) < 8:
        return _WavSound(n_bytes, goes_on=False)
    fits = at + 8 + int.from_bytes(behind[4:], "little") <= size_bytes
    return _WavSound(n_bytes, goes_on=not (_CHUNK_ID.fullmatch(behind[:4]) and fits))


def _picture_end_s(source: Path) -> float:
    """Return when the picture ends, by reading through the file without decoding it; inf where that fails."""
    ends_s = [0.0]
    output = ["-map", "0:v:0", "-c", "copy", "-f", "null", "-"]
    try:
        ffmpeg.run(
            source, output, timeout_s=_READ_TIMEOUT_S, on_tick=lambda tick: ends_s.append(tick.decoded_s)
        )
    except BadInput:
        return inf
    return max(ends_s)


def _ogg_has_end(path: Path) -> bool:
    """Tell whether the last page is marked as the last."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2 * _OGG_PAGE_BYTES))
        tail = file.read()
    last = tail.rfind(b"OggS")
    return last < 0 or len(tail) < last + 6 or bool(tail[last + 5] & _OGG_LAST)


def _is_more(this_s: float, other_s: float, margin: tuple[float, float]) -> bool:
    return this_s - other_s > max(margin[0] * this_s, margin[1])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
