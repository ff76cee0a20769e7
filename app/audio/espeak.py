"""espeak-ng by its C library: speech, and the phones it says with their times.

The library is Debian's `libespeak-ng1`; it keeps one voice for the whole process, hence the lock.
"""

import ctypes
import threading
from dataclasses import dataclass
from functools import cache

import numpy as np

from app.audio.waveform import Samples
from app.errors import N_, EngineUnavailable

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the callback runs within espeak_Synth
_IPA_EVENTS = 3  # espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA
_UTF8 = 1
_RATE, _PITCH = 1, 3
_END_OF_LIST, _WORD, _PHONEME = 0, 1, 7
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Phone:
    """One sound of speech in IPA; "" is a pause. start, end: seconds."""

    symbol: str
    start: float
    end: float
    begins_word: bool = False


class _Name(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    ]


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    """Load the library once; return it with its sample rate in Hz."""
    try:
        library = ctypes.CDLL("libespeak-ng.so.1")
    except OSError as error:
        raise EngineUnavailable(
            N_("The phones of this voice come from espeak-ng. Install it: apt install espeak-ng")
        ) from error
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, _IPA_EVENTS)
    if rate <= 0:
        raise EngineUnavailable(
            N_("espeak-ng has no voice data. Install it: apt install espeak-ng espeak-ng-data")
        )
    return library, rate


def require() -> None:
    """Raise EngineUnavailable, with the command that helps, where espeak-ng cannot speak."""
    _library()


def available() -> bool:
    """Say whether espeak-ng can speak on this machine."""
    try:
        _library()
    except EngineUnavailable:
        return False
    return True


def speak(
    text: str, voice: str, *, words_per_minute: int = 175, pitch: int = 50
) -> tuple[Samples, int, tuple[Phone, ...]]:
    """Say `text` with `voice` ("ru", "en-us+f2"): (n,) samples, their rate in Hz, and the phones."""
    with _lock:
        library, rate = _library()
        pieces: list[Samples] = []
        starts: list[tuple[str, float, bool]] = []
        word = False

        def receive(
            wave: "ctypes._Pointer[ctypes.c_short]", n: int, events: "ctypes._Pointer[_Event]"
        ) -> int:
            if wave and n:
                pcm = np.ctypeslib.as_array(wave, (n,)).astype(np.float32)
                pieces.append(np.asarray(pcm / 32768, np.float32))
            nonlocal word
            i = 0
            while events[i].type != _END_OF_LIST:
                if events[i].type == _WORD:
                    word = True
                if events[i].type == _PHONEME:
                    name = ctypes.string_at(ctypes.addressof(events[i].id), 8).split(b"\0")[0]
                    symbol = name.decode("utf-8", "replace")
                    starts.append((symbol, events[i].sample / rate, word and symbol != ""))
                    word = word and symbol == ""
                i += 1
            return 0

        callback = _CALLBACK(receive)
        library.espeak_SetSynthCallback(callback)
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise EngineUnavailable(N_("espeak-ng has no voice %(voice)s."), voice=voice)
        library.espeak_SetParameter(_RATE, words_per_minute, 0)
        library.espeak_SetParameter(_PITCH, pitch, 0)
        encoded = text.encode() + b"\0"
        library.espeak_Synth(encoded, len(encoded), 0, 1, 0, _UTF8, None, None)
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    ends = [start for _, start, _ in starts[1:]] + [len(samples) / rate]
    phones = (
        Phone(symbol, start, end, begins)
        for (symbol, start, begins), end in zip(starts, ends, strict=True)
        if end > start
    )
    return samples, rate, tuple(phones)
