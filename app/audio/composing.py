"""Compose a clip by MoviePy: stretches of picture behind each other, subtitles in it, and its sound.

MoviePy opens only what `app/audio/cutting.py` wrote. The stretches are opened one after another: each that is
open is a process of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from app.audio.cutting import FPS
from app.config.home import shipped
from app.progress import Progress

if TYPE_CHECKING:
    from moviepy import VideoFileClip

Frame = npt.NDArray[np.uint8]
FONT = shipped("static/vendor/golos-text/GolosText_500Medium.ttf")
CARD_SIZE = (1280, 720)  # of a clip whose recording has no picture
CARD_COLOUR = (20, 26, 23)
CARD_FPS = 5  # nothing moves on it but the subtitles


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines that are in the picture from start to end, in seconds of the clip."""

    start: float
    end: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the clip: its file, or None where there is no picture, and how long it is."""

    file: Path | None
    duration_s: float


def has_frames(file: Path) -> bool:
    """Tell whether there is a picture in a stretch: that of a shared screen may end before the sound."""
    from moviepy import VideoFileClip

    if not file.exists() or not file.stat().st_size:
        return False
    try:
        with VideoFileClip(str(file), audio=False) as clip, clip.reader.proc:
            return bool(clip.n_frames)
    except OSError:  # what MoviePy raises for a file without a frame
        return False


def write_sound(sound: Path, target: Path, progress: Progress) -> None:
    """Write the clip's sound as MP3."""
    from moviepy import AudioFileClip

    # MoviePy leaves the pipes open of a child that has already ended; Popen's own `with` closes them.
    with AudioFileClip(str(sound)) as clip, clip.reader.proc:
        clip.write_audiofile(str(target), codec="libmp3lame", bitrate="96k", logger=_logger(progress))


def write_video(
    stretches: Sequence[Stretch],
    sound: Path,
    captions: Sequence[Caption],
    target: Path,
    progress: Progress,
) -> None:
    """Write the clip as MP4 that every browser and messenger plays (H.264, AAC)."""
    from moviepy import VideoClip

    pictures = _Pictures(stretches)
    try:
        pictured = any(stretch.file for stretch in stretches)
        draw = _captioned(pictures.frame, captions)
        whole = VideoClip(draw, duration=sum(stretch.duration_s for stretch in stretches))
        whole.write_videofile(
            str(target),
            fps=FPS if pictured else CARD_FPS,
            codec="libx264",
            preset="veryfast",
            audio=str(sound),
            audio_codec="aac",
            threads=1,
            pixel_format="yuv420p",
            ffmpeg_params=["-crf", "23", "-movflags", "+faststart", "-f", "mp4"],
            logger=_logger(progress),
        )
    finally:
        pictures.close()


class _Pictures:
    """The frames of all stretches; of their files one is open at a time."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._stretches = stretches
        self._opened: tuple[int, VideoFileClip] | None = None
        self._size = CARD_SIZE
        for number, stretch in enumerate(stretches):
            if stretch.file:
                width, height = self._open(number).size
                self._size = (width, height)
                break

    def frame(self, moment: float) -> Frame:
        begun_s = 0.0
        for number, stretch in enumerate(self._stretches):
            last = number + 1 == len(self._stretches)
            if moment < begun_s + stretch.duration_s or last:
                return self._frame_of(number, moment - begun_s)
            begun_s += stretch.duration_s
        raise AssertionError("a clip has at least one stretch")

    def _frame_of(self, number: int, moment: float) -> Frame:
        if self._stretches[number].file is None:
            return np.full((self._size[1], self._size[0], 3), CARD_COLOUR, np.uint8)
        clip = self._open(number)
        frame: Frame = clip.get_frame(max(0.0, min(moment, clip.duration - 1.5 / FPS)))
        return frame

    def _open(self, number: int) -> "VideoFileClip":
        from moviepy import VideoFileClip

        if self._opened is None or self._opened[0] != number:
            self.close()
            self._opened = number, VideoFileClip(str(self._stretches[number].file), audio=False)
        return self._opened[1]

    def close(self) -> None:
        if self._opened:
            clip = self._opened[1]
            self._opened = None
            with clip, clip.reader.proc:
                pass


def _captioned(frame: Callable[[float], Frame], captions: Sequence[Caption]) -> Callable[[float], Frame]:
    """Return the frames with captions in them."""

    def draw(moment: float) -> Frame:
        picture = frame(moment)
        shown = next((one for one in captions if one.start <= moment < one.end), None)
        return picture if shown is None else _with_text(picture, shown.lines)

    return draw


def _with_text(picture: Frame, lines: tuple[str, ...]) -> Frame:
    height, width = picture.shape[:2]
    text = _drawn(lines, width, height)
    top = height - text.shape[0] - round(0.05 * height)
    left = (width - text.shape[1]) // 2
    place = (slice(max(0, top), top + text.shape[0]), slice(left, left + text.shape[1]))
    opacity = text[..., 3:].astype(np.uint16)
    drawn = picture.copy()
    under = drawn[place].astype(np.uint16)
    drawn[place] = ((text[..., :3] * opacity + under * (255 - opacity)) // 255).astype(np.uint8)
    return drawn


@lru_cache(maxsize=2)
def _drawn(lines: tuple[str, ...], width: int, height: int) -> Frame:
    """Return white text on a dark band: (height, width, 4). It fits into the picture."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(9, min(height // 17, width // 26))
    room = round(0.94 * width)
    while True:
        font = ImageFont.truetype(str(FONT), size)
        widest = max(font.getlength(line) for line in lines)
        if widest + size <= room or size <= 6:
            break
        size -= 1
    step = round(1.3 * size)
    box = (min(round(widest) + size, width), step * len(lines) + round(0.5 * size))
    image = Image.new("RGBA", box, (0, 0, 0, 170))
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        middle = (box[0] / 2, round(0.25 * size) + step * (number + 0.5))
        pen.text(middle, line, font=font, fill=(255, 255, 255, 255), anchor="mm")
    return np.asarray(image)


def _logger(progress: Progress) -> Any:
    """Return what MoviePy tells its progress to."""
    from proglog import ProgressBarLogger

    class Told(ProgressBarLogger):  # type: ignore[misc]
        def bars_callback(self, bar: str, attr: str, value: int, old_value: int | None = None) -> None:
            total = self.bars[bar]["total"]
            if attr == "index" and total:
                progress(min(1.0, value / total))

    return Told()
