"""What a player needs of a recording: a small file that every browser plays, and its waveform."""

import json
from pathlib import Path

from app.audio import ffmpeg
from app.audio.atomic import atomic_write
from app.audio.encode import encode
from app.audio.levels import survey
from app.audio.media import Media
from app.audio.timestamps import filled_afterwards
from app.audio.wav import WavFile
from app.errors import N_, EngineFailed
from app.progress import Progress

SOUND = "listen.mp3"
PICTURE = "watch.mp4"  # of a video that browsers do not play as it was sent
WAVEFORM = "waveform.json"
MAX_SIDE = 854  # of the picture: slides can be read, and an hour is about 100 MB
MOST_BYTES_S = 400_000
NO_PICTURE = N_("The picture of this video cannot be read; its sound can be heard.")
SOUND_HZ = 48_000  # of a picture
KBIT_S = 48  # of 16 kHz mono: 22 MB an hour, speech as clear as it was decoded

# What Chromium, Firefox and Safari all play (developer.mozilla.org, "Media container formats"), in ffmpeg's
# names: codecs of the picture, of the sound, MIME type
_MP4 = (frozenset({"h264"}), frozenset({"aac", "mp3"}), "video/mp4")
_WEBM = (frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"}), "video/webm")
_PLAYED = {"mov": _MP4, "matroska": _WEBM}
_PIXELS = ("yuv420p", "yuvj420p")  # not of 10 bits, nor with the colours of screens (4:4:4)


def make_sound(speech: Path, folder: Path, progress: Progress) -> None:
    """Leave SOUND in a recording's folder, made of the sound whose times its transcript has."""
    if not (folder / SOUND).exists():  # it appears whole or not at all
        encode(speech, folder / SOUND, "mp3", WavFile(speech).duration_s, progress, KBIT_S)


def make_waveform(speech: Path, folder: Path, progress: Progress) -> None:
    """Leave WAVEFORM of the same sound in the folder; it costs a tenth of what SOUND does."""
    peaks = survey(WavFile(speech), progress).peaks
    with atomic_write(folder / WAVEFORM) as part:
        part.write_text(json.dumps(peaks), encoding="ascii")


def waveform(folder: Path) -> tuple[float, ...]:
    """Return the loudest sample of each of many equal stretches, 0..1; nothing where there is no waveform."""
    try:
        return tuple(float(peak) for peak in json.loads((folder / WAVEFORM).read_bytes()))
    except (OSError, ValueError, TypeError):
        return ()


def needs_picture(media: Media | None) -> bool:
    """Tell whether a recording is a video that browsers do not play as it was sent."""
    return media is not None and media.video_codec is not None and video_type(media) is None


def make_picture(source: Path, media: Media, target: Path, progress: Progress) -> None:
    """Write a small video that every browser plays, with the times of the source: H.264 and AAC in MP4.

    Raises EngineFailed where there is no picture that can be read.
    """
    lasts_s = media.duration_s or 0.0
    heard = [track.index for track in media.tracks] or [media.audio_stream]
    inputs = "".join(f"[0:a:{index}]" for index in heard)
    mixed = f"{inputs}amix=inputs={len(heard)}:normalize=0[mixed]"
    form = ("-ac", "1", "-ar", str(SOUND_HZ), "-c:a", "pcm_s16le")
    sound = filled_afterwards(["-filter_complex", mixed, "-map", "[mixed]", *form], SOUND_HZ)
    fit = f"scale=w='min({MAX_SIDE},iw)':h='min({MAX_SIDE},ih)'"
    fit += ":force_original_aspect_ratio=decrease:force_divisible_by=2"
    with atomic_write(target) as part:
        outcome = ffmpeg.run(
            source,
            [
                *sound,
                "-filter_complex",
                f"[0:v:0]scale=w='max(2,trunc(iw*sar))':h=ih,setsar=1,{fit}[seen]",
                *("-map", "[seen]", "-map_metadata", "-1", "-threads", "1"),
                *(
                    "-c:v",
                    "libx264",
                    "-preset",
                    "veryfast",
                    "-crf",
                    "28",
                    "-pix_fmt",
                    "yuv420p",
                    "-fpsmax",
                    "25",
                ),
                *("-c:a", "aac", "-ac", "1", "-b:a", "64k", "-movflags", "+faststart"),
                *("-f", "mp4", "-y", f"file:{part.resolve()}"),
            ],
            before=["-threads", "1"],
            timeout_s=600 + 5 * lasts_s,
            on_tick=lambda tick: progress(min(1.0, tick.decoded_s / lasts_s if lasts_s else 1.0)),
            max_output_bytes=2**24 + round(lasts_s * MOST_BYTES_S),
        )
        if outcome.code != 0:
            raise EngineFailed(NO_PICTURE)
    progress(1.0)


def video_type(media: Media | None) -> str | None:
    """Return the MIME type of a source whose picture and sound browsers play. None: they do not."""
    if media is None or media.video_codec is None or len(media.tracks) > 1:
        return None  # of several tracks a browser would play one; the transcript has them all
    known = _PLAYED.get(media.container.partition(",")[0])
    plays = known is not None and media.video_codec in known[0] and media.audio_codec in known[1]
    plays = plays and media.pixel_format in (None, *_PIXELS)
    return known[2] if known and plays else None
