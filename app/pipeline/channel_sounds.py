"""The channels or tracks of a recording as sounds of their own, for the stage `diarize`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from app.audio.decode import decode
from app.audio.wav import WavFile
from app.audio.waveform import SPEECH_RATE_HZ, Sound
from app.engines.speakers.channels import Channel
from app.errors import BadInput
from app.pipeline.recording import Recording
from app.progress import Progress


def has_channels(recording: Recording) -> bool:
    """Tell whether the source has several tracks, or two channels in its one track."""
    tracks = recording.media.tracks if recording.media else ()
    return len(tracks) > 1 or (len(tracks) == 1 and tracks[0].channels == 2)


@contextmanager
def channel_sounds(recording: Recording, progress: Progress) -> Iterator[Sequence[Sound]]:
    """Decode the tracks of the source, or the two channels of its one track; nothing where there is one.

    The files are gone afterwards. Raises StorageFull; what cannot be decoded so has no channels.
    """
    tracks = recording.media.tracks if recording.media else ()
    if not has_channels(recording):
        yield ()
        return
    several = len(tracks) > 1
    files = [recording.folder / f"channels-{track.index}.wav.part" for track in tracks]
    sounds: list[Sound] = []
    try:
        with suppress(BadInput):
            for track, file in zip(tracks, files, strict=True):
                channels = 1 if several else 2
                decode(
                    recording.source,
                    file,
                    SPEECH_RATE_HZ,
                    channels,
                    limits=recording.limits,
                    progress=progress,
                    tracks=(track,),
                )
                sound = WavFile(file)
                sounds += [sound] if several else [Channel(sound, 0), Channel(sound, 1)]
        yield sounds
    finally:
        for file in files:
            file.unlink(missing_ok=True)
