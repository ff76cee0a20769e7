"""Turn whatever was recorded into a form that engines take: 16-bit wav, for speech 16 kHz mono."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.audio import ffmpeg
from app.audio.atomic import atomic_write
from app.audio.completeness import input_options, remarks_of
from app.audio.limits import Limits
from app.audio.media import Media, Remark, Track
from app.audio.mixing import leveling_gain_db, mix
from app.audio.probe import broken, probe, too_long
from app.audio.timestamps import (
    BEGUN_ANEW,
    FILL_GAPS,
    filled_afterwards,
    has_times,
    needs_picture_for_times,
)
from app.audio.wav import WavFile
from app.audio.waveform import SPEECH_RATE_HZ, Sound, Span
from app.errors import N_, BadInput, StorageFull
from app.progress import Progress

MAX_TRACKS = 16  # decoded at once, each with threads and memory of its own
FindSpeech = Callable[[Sound], Sequence[Span]]
MIXED = N_("Sound tracks that were mixed, as people speak on each of them: %(n)d.")


def decode_speech(
    source: Path, target: Path, *, limits: Limits, progress: Progress, find_speech: FindSpeech | None = None
) -> Media:
    """Decode to 16 kHz mono; see `decode`.

    find_speech: of several tracks those in which it finds none are left out, the others brought to one level.
    """
    return decode(
        source, target, SPEECH_RATE_HZ, 1, limits=limits, progress=progress, find_speech=find_speech
    )


def decode(
    source: Path,
    target: Path,
    sample_rate_hz: int,
    channels: int,
    *,
    limits: Limits,
    progress: Progress,
    tracks: Sequence[Track] = (),
    find_speech: FindSpeech | None = None,
) -> Media:
    """Decode the sound of `source` to `target`, which appears whole or not at all.

    channels: 1 or 2.
    progress: 0..1 by decoded time, or by bytes read where the container does not know its duration.
    tracks: those to hear, with their gain in the mix; by default all that can be decoded.
    Returns what is in the source, with its duration as decoded.

    Raises:
        BadInput: there is nothing in the file that can be decoded.
        TooLarge: it is longer than the limit, whatever its header says.
        StorageFull: the disk reserve would be touched.
    """
    media = probe(source, limits=limits, on_tick=lambda _: progress(0.0))
    media = replace(media, tracks=tuple(tracks or media.tracks[:MAX_TRACKS]))
    run = _Run(source, media, sample_rate_hz, limits, progress)
    with atomic_write(target) as part, ExitStack() as kept:
        if len(media.tracks) == 1 and (channels == 2 or media.tracks[0].channels == 1):
            log = run.decode(media.tracks, [part], channels)
            heard: Sequence[Track] = media.tracks
        else:
            files = [kept.enter_context(_temporary(target, track)) for track in media.tracks]
            found, log = run.decode_what_can_be(media.tracks, files, 2)
            heard = _mix(found, part, channels, find_speech, lambda: progress(1.0))
        duration_s = WavFile(part).duration_s
    progress(1.0)
    mixed = (Remark(MIXED, {"n": len(heard)}),) if len(heard) > 1 else ()
    remarks = remarks_of(source, media, duration_s, log) + mixed
    return replace(media, duration_s=duration_s, tracks=tuple(heard), remarks=remarks)


@contextmanager
def _temporary(target: Path, track: Track) -> Iterator[Path]:
    path = target.with_name(f"{target.name}.{track.index}.part")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _mix(
    found: Sequence[tuple[Track, Path]],
    part: Path,
    channels: int,
    find_speech: FindSpeech | None,
    check: Callable[[], None],
) -> Sequence[Track]:
    """Mix tracks into `part`; return those that are in it, with their gain."""
    if find_speech and len(found) > 1:
        levelled = []
        for track, path in found:
            alone = path.with_name(path.name + ".mono")
            try:
                mix([WavFile(path)], [0.0], alone, 1, check)
                sound = WavFile(alone)
                if spans := find_speech(sound):
                    levelled.append((replace(track, gain_db=leveling_gain_db(sound, spans)), path))
            finally:
                alone.unlink(missing_ok=True)
        if len(levelled) == 1:  # nothing to level it with
            levelled = [(replace(levelled[0][0], gain_db=0.0), levelled[0][1])]
        found = levelled or found
    heard = [track for track, _ in found]
    mix([WavFile(path) for _, path in found], [track.gain_db for track in heard], part, channels, check)
    return heard


@dataclass(frozen=True, slots=True)
class _Run:
    """Runs of ffmpeg on one file."""

    source: Path
    media: Media
    sample_rate_hz: int
    limits: Limits
    progress: Progress

    def decode_what_can_be(
        self, tracks: Sequence[Track], files: Sequence[Path], channels: int
    ) -> tuple[list[tuple[Track, Path]], str]:
        """Decode tracks together, or those that can be, where one is broken; return ffmpeg's log too."""
        try:
            log = self.decode(tracks, files, channels)
            return list(zip(tracks, files, strict=True)), log
        except BadInput:
            if len(tracks) == 1:
                raise
        found, log = [], ""
        for track, file in zip(tracks, files, strict=True):
            with suppress(BadInput):
                log += self.decode([track], [file], channels)
                found.append((track, file))
        if not found:
            raise broken()
        return found, log

    def decode(self, tracks: Sequence[Track], files: Sequence[Path], channels: int) -> str:
        """Decode each track to its file, all in one run; return ffmpeg's log."""
        outputs = self._outputs(tracks, files, channels)
        log = self._run(outputs, files, channels, stop_at=BEGUN_ANEW if has_times(self.media) else "")
        if has_times(self.media) and BEGUN_ANEW in log:
            log = self._run(self._outputs(tracks, files, channels, fill_afterwards=True), files, channels)
        return log

    def _run(self, outputs: list[list[str]], files: Sequence[Path], channels: int, stop_at: str = "") -> str:
        """Let ffmpeg write the files; return its log, of a run that was stopped what there is of it."""
        limits, media = self.limits, self.media
        bytes_per_s = 2 * self.sample_rate_hz * channels
        folder = files[0].parent
        keep_reserve(folder, limits, more_bytes=round((media.duration_s or 0) * bytes_per_s * len(files)))

        def on_tick(tick: ffmpeg.Tick) -> None:
            if tick.decoded_s > limits.max_duration_s:
                raise too_long(limits)
            keep_reserve(folder, limits)
            self.progress(min(1.0, tick.decoded_s / media.duration_s if media.duration_s else tick.read))

        if needs_picture_for_times(media):
            outputs.append(["-map", "0:v:0", "-c:v", "copy", "-f", "null", "-"])
        outcome = ffmpeg.run(
            self.source,
            [option for output in outputs for option in output],
            timeout_s=max(60.0, 2 * (media.duration_s or limits.max_duration_s)),
            before=input_options(self.source),
            on_tick=on_tick,
            log_level="warning",
            max_output_bytes=round((limits.max_duration_s + 2) * bytes_per_s),
            stop_at=stop_at,
        )
        if outcome.code == ffmpeg.STOPPED:
            return outcome.log
        if "No space left on device" in outcome.log:
            raise _disk_full()
        durations_s = [
            WavFile(file).duration_s if file.exists() and file.stat().st_size else 0.0 for file in files
        ]
        if max(durations_s) > limits.max_duration_s:
            raise too_long(limits)
        if min(durations_s) == 0 or outcome.code != 0:
            raise broken()
        return outcome.log

    def _outputs(
        self, tracks: Sequence[Track], files: Sequence[Path], channels: int, *, fill_afterwards: bool = False
    ) -> list[list[str]]:
        """Return ffmpeg's options for each track.

        fill_afterwards: gaps are filled in a second step, which costs some seven tenths more time.
        """
        rate, longest_s = str(self.sample_rate_hz), str(self.limits.max_duration_s + 1)
        # The channel of the low tones (LFE) is a microphone where a recorder only counts its channels.
        # No filter gathers samples (a second at once would take a quarter less time): where the rate or the
        # channels change in the middle of a file, ffmpeg begins its filters anew, and what they hold is lost.
        resample = f"aresample={rate}:lfe_mix_level=0.7"
        at_once = has_times(self.media) and not fill_afterwards
        filters = f"{resample}:{FILL_GAPS}" if at_once else resample
        form = ["-ac", str(channels), "-ar", rate, "-c:a", "pcm_s16le", "-t", longest_s]
        form += ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
        outputs = []
        for number, (track, file) in enumerate(zip(tracks, files, strict=True)):
            sound = ["-map", f"0:a:{track.index}", "-af", filters, *form]
            if fill_afterwards:
                sound = [*filled_afterwards(sound, self.sample_rate_hz, 2 * number), *form]
            outputs.append([*sound, "-rf64", "auto", "-f", "wav", "-y", f"file:{file.resolve()}"])
        return outputs


def keep_reserve(folder: Path, limits: Limits, more_bytes: int = 0) -> None:
    """Raise StorageFull where less than the reserve would stay free."""
    if shutil.disk_usage(folder).free - more_bytes < limits.disk_reserve_bytes:
        raise _disk_full()


def _disk_full() -> StorageFull:
    return StorageFull(N_("The disk of this server is almost full. Delete old recordings and try again."))
