"""Recorders that died: the sound is all there, only the sizes in the header are wrong."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.audio.decode import decode_speech
from app.audio.limits import Limits
from app.audio.media import Media
from app.audio.pcm_headers import samples_beyond_header
from app.audio.wav import WavFile
from tests.making import make_media

SECONDS = 4
TONES = ("-f", "lavfi", "-i", f"sine=f=440:r=16000:d={SECONDS}", "-ac", "2")
FIELDS = {  # of the size: after which word, how far, and how it is written
    "aiff": (b"SSND", 4, ">I"),
    "aiff as a whole": (b"FORM", 4, ">I"),
    "au": (b".snd", 8, ">I"),
    "caf": (b"data", 4, ">q"),
    "w64": (b"data\xf3\xac\xd3\x11", 16, "<q"),
    "w64 as a whole": (b"riff", 16, "<q"),
}
Change = Callable[[int], int]


def with_size(folder: Path, field: str, change: Change, *codec: str) -> Path:
    """Write a file and change its size field."""
    word, offset, form = FIELDS[field]
    made = make_media(folder / f"a.{field.split()[0]}", *TONES, *codec)
    data = bytearray(made.read_bytes())
    at = data.index(word) + offset
    struct.pack_into(form, data, at, change(struct.unpack_from(form, data, at)[0]))
    made.write_bytes(bytes(data))
    return made


def decoded(source: Path) -> tuple[Media, np.ndarray]:
    target = source.with_name("speech.wav")
    media = decode_speech(source, target, limits=Limits(disk_reserve_bytes=0), progress=lambda _: None)
    return media, WavFile(target).cut(0, 60).samples


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("left", [0, 4])
def test_all_of_the_sound_is_heard_and_it_is_said(tmp_path: Path, field: str, left: int) -> None:
    if "whole" in field and left:
        pytest.skip("a whole that is said to be shorter changes nothing")
    media, heard = decoded(with_size(tmp_path, field, lambda n: n // left if left else 0))
    _, whole = decoded(with_size(tmp_path, field, lambda n: n))
    np.testing.assert_array_equal(heard[:, : whole.shape[1]], whole)
    assert media.duration_s == pytest.approx(SECONDS, abs=0.01)
    (remark,) = media.remarks
    assert "0:04" in str(remark)


@pytest.mark.parametrize(
    ("field", "codec"),
    [
        ("aiff", "pcm_s24be"),
        ("aiff", "pcm_s16le"),
        ("caf", "pcm_f32le"),
        ("au", "pcm_mulaw"),
        ("w64", "pcm_f32le"),
    ],
)
def test_samples_of_other_kinds_are_read_as_what_they_are(tmp_path: Path, field: str, codec: str) -> None:
    _, heard = decoded(with_size(tmp_path, field, lambda n: 0, "-c:a", codec))
    _, whole = decoded(with_size(tmp_path, field, lambda n: n, "-c:a", codec))
    np.testing.assert_allclose(heard[:, : whole.shape[1]], whole, atol=1e-3)


def test_a_size_that_is_not_known_by_rights_needs_no_remark(tmp_path: Path) -> None:
    media, _ = decoded(with_size(tmp_path, "caf", lambda n: -1))
    assert media.duration_s == pytest.approx(SECONDS, abs=0.01)
    assert media.remarks == ()


@pytest.mark.parametrize("field", FIELDS)
def test_a_whole_file_is_left_to_ffmpeg(tmp_path: Path, field: str) -> None:
    made = with_size(tmp_path, field, lambda n: n)
    assert samples_beyond_header(made) is None
    with made.open("ab") as file:
        file.write(b"ID3 " + struct.pack(">I", 200) + bytes(200))  # a tag, as other programs add
    if field != "au":
        assert samples_beyond_header(made) is None


@pytest.mark.parametrize("field", FIELDS)
def test_a_header_that_is_cut_off_is_no_crash(tmp_path: Path, field: str) -> None:
    made = with_size(tmp_path, field, lambda n: 0)
    data = made.read_bytes()
    for n_bytes in range(0, 200, 3):
        made.write_bytes(data[:n_bytes])
        samples_beyond_header(made)


def test_other_files_are_none_of_its_affair(tmp_path: Path) -> None:
    for suffix in ("wav", "flac", "m4a", "ogg"):
        assert samples_beyond_header(make_media(tmp_path / f"a.{suffix}", *TONES)) is None
