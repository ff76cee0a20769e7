"""The poster frame of a video, which the stage `extract` makes for its row on the page."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.audio import ffmpeg
from app.audio.atomic import atomic_write
from app.audio.media import Media

MAX_SIDE_PIXELS = 640
_LOOK_AT_S = 60
_MAX_FRAMES = 12
_TIMEOUT_S = 60.0
_CLIP_BYTES = 32 * 2**20

Frame = npt.NDArray[np.uint8]


def poster(
    source: Path, media: Media, target: Path, on_tick: Callable[[ffmpeg.Tick], None] | None = None
) -> bool:
    """Write a JPEG of the video's most telling key frame within its first minute.

    moviepy never opens the source: it would follow an ffconcat file to a neighbour's recording, and it
    fails on browser recordings. It picks the frame from a small clip that the hardened ffmpeg wrote.

    False: there is no picture to show.
    """
    if media.video_codec is None:
        return False
    clip = target.with_name(target.name + ".clip.part")
    try:
        ffmpeg.run(
            source,
            _key_frames(clip),
            before=["-threads", "1", "-skip_frame", "nokey", "-t", str(_LOOK_AT_S)],
            timeout_s=_TIMEOUT_S,
            on_tick=on_tick,
            max_output_bytes=_CLIP_BYTES,
        )
        frame = _most_telling(clip) if clip.exists() and clip.stat().st_size else None
    finally:
        clip.unlink(missing_ok=True)
    if frame is None:
        return False
    from PIL import Image

    with atomic_write(target) as part:
        Image.fromarray(frame).save(part, "JPEG", quality=82, optimize=True)
    return True


def _key_frames(clip: Path) -> list[str]:
    box = f"w='min({MAX_SIDE_PIXELS},iw)':h='min({MAX_SIDE_PIXELS},ih)'"
    shrink = f"scale={box}:force_original_aspect_ratio=decrease:force_divisible_by=2"
    square_pixels = "scale=w='max(2,trunc(iw*sar))':h=ih,setsar=1"
    return [
        *("-map", "0:v:0", "-an", "-sn", "-dn", "-map_metadata", "-1", "-frames:v", str(_MAX_FRAMES)),
        *(
            "-vf",
            f"{square_pixels},{shrink},setpts=N/TB",
            "-r",
            "1",
            "-c:v",
            "mjpeg",
            "-q:v",
            "2",
            "-threads",
            "1",
        ),
        *("-pix_fmt", "yuvj420p", "-f", "avi", "-y", f"file:{clip.resolve()}"),
    ]


def _most_telling(clip: Path) -> Frame | None:
    """Return the frame with the most contrast: (height, width, 3), neither black nor a blank slide."""
    from moviepy import VideoFileClip

    try:
        # moviepy leaves the pipes open of a child that has already ended; Popen's own `with` closes them.
        with VideoFileClip(str(clip), audio=False) as video, video.reader.proc:
            frames: list[Frame] = list(video.iter_frames())
    except OSError:  # what moviepy raises for a clip without a frame
        return None
    return max(frames, key=lambda frame: float(frame.std()), default=None)
