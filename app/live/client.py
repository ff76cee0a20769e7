"""Send a recording to live transcription: `python -m app.live.client FILE --realtime --streams 3`.

With `--mode file` its bytes go as they are, and it is transcribed as a whole.
"""

import argparse
import gettext
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import soundfile
from simple_websocket import Client, ConnectionClosed
from simple_websocket.errors import SimpleWebsocketError

from app.audio.decode import decode_speech
from app.audio.limits import Limits
from app.audio.waveform import SPEECH_RATE_HZ
from app.documents.catalogues import compile_catalogues
from app.documents.terminal_locale import terminal_locale
from app.errors import N_, AppError

URL = "ws://127.0.0.1:5000/ws/transcribe"
PACKET_FRAMES = 1000
FILE_PACKET_BYTES = 2**16
DESCRIPTION = N_("Send a recording to live transcription, and print what is heard.")
REFUSED = N_("The server closed the stream at once (%(code)s). If it asks for a key, give one by --key.")
TARGET = N_("write the text here; of several streams, each into NAME-1, …")
STAGES = {"extract": N_("Sound"), "transcribe": N_("Transcript")}
AWAY = N_("%(url)s cannot be reached: %(error)s")
WAITING = N_("place %(place)s in the line, about %(seconds)s s")
BEHIND = N_("the text is %(seconds)s s behind the sound")


@dataclass(frozen=True, slots=True)
class AudioSource:
    """A 16 kHz mono wav, read in packets of 16-bit samples.

    realtime: packets come as fast as they were spoken, not as fast as they are taken.
    """

    path: Path
    packet_frames: int = PACKET_FRAMES
    realtime: bool = False

    @property
    def hello(self) -> dict[str, Any]:
        return {"sample_rate": SPEECH_RATE_HZ, "channels": 1, "format": "s16le", "mode": "live"}

    def packets(self) -> Iterator[bytes]:
        began = time.monotonic()
        with soundfile.SoundFile(self.path) as file:
            while len(samples := file.read(self.packet_frames, dtype="int16")):
                if self.realtime:
                    time.sleep(max(0.0, began + file.tell() / file.samplerate - time.monotonic()))
                yield samples.astype("<i2").tobytes()


@dataclass(frozen=True, slots=True)
class FileSource:
    """The bytes of any audio or video file."""

    path: Path

    @property
    def hello(self) -> dict[str, Any]:
        return {"mode": "file"}

    def packets(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while data := file.read(FILE_PACKET_BYTES):
                yield data


Source = AudioSource | FileSource


@dataclass(slots=True)
class StreamClient:
    """One stream: sends a source, hands on what the server says.

    keep: have it saved on the server, under the name that `ready` tells; key: of the API.
    messages: all of them, in their order; texts: of the finals.
    """

    url: str
    language: str = "auto"
    keep: bool = False
    key: str | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    close_code: int | None = None

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages if message["type"] == "final"]

    def run(self, source: Source) -> Iterator[dict[str, Any]]:
        """Yield the server's messages until it closes; go to another process where this one is full."""
        yield from self._run(source, self.url, moved=False)
        refused = self.messages[-1] if self.messages else {}
        if others := refused.get("elsewhere"):
            yield from self._run(source, others[0], moved=True)

    def _run(self, source: Source, url: str, moved: bool) -> Iterator[dict[str, Any]]:
        headers = {"Accept-Language": terminal_locale(os.environ)}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        socket = Client.connect(url, headers=headers)
        sender = threading.Thread(
            target=self._send, args=(socket, source), name="konspekt-live-sender", daemon=True
        )
        try:
            wish = {"language": self.language, "keep": self.keep, "moved": moved}
            socket.send(json.dumps({**source.hello, **wish}))
            while True:
                message = json.loads(socket.receive())
                if message["type"] == "ready":
                    sender.start()
                self.messages.append(message)
                yield message
        except ConnectionClosed as closed:
            self.close_code = int(closed.reason)
        finally:
            if socket.connected:
                socket.close()
            if sender.ident is not None:
                sender.join()

    def _send(self, socket: Client, source: Source) -> None:
        try:
            for packet in source.packets():
                socket.send(packet)
            socket.send(json.dumps({"type": "end"}))
        except (ConnectionClosed, OSError):
            return  # the reading side says why


def _words(text: str, **params: object) -> str:
    """Say one of our own texts in the language of the terminal."""
    said = gettext.gettext(text)
    return said % params if params else said


def show(number: int, message: dict[str, Any]) -> None:
    """Print text as it settles: partials over one another, finals to stay."""
    prefix = f"[{number}] "
    if message["type"] == "ready" and message["recording"]:
        saved = _words(N_("saved as %(address)s"), address=f"/api/live/{message['recording']}")
        print(f"\r\x1b[K{prefix}{saved}", flush=True)
    elif message["type"] == "final":
        print(f"\r\x1b[K{prefix}{message['start']:7.2f}  {message['text']}", flush=True)
    elif message["type"] == "partial":
        print(f"\r\x1b[K{prefix}… {message['text'][-90:]}", end="", flush=True)
    elif message["type"] == "progress":
        stage = _words(STAGES.get(message["stage"], message["stage"]))
        print(f"\r\x1b[K{prefix}{stage} {message['fraction']:.0%}", end="", flush=True)
    elif message["type"] == "waiting":
        told = _words(WAITING, place=message["place"], seconds=message["expected_s"])
        print(f"\r\x1b[K{prefix}{told}", end="", flush=True)
    elif message["type"] == "lag":
        told = _words(BEHIND, seconds=message["seconds"])
        print(f"\r\x1b[K{prefix}{told}", file=sys.stderr, flush=True)
    elif message["type"] in ("error", "warning"):
        told = f"{message['message']} ({message['code']})"
        print(f"\r\x1b[K{prefix}{told}", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Send the file; return 0 if every stream came to its end."""
    with tempfile.TemporaryDirectory(prefix="konspekt-") as folder:
        if terminal_locale(os.environ) != "en":
            gettext.bindtextdomain(gettext.textdomain(), str(compile_catalogues(Path(folder))))
        return _main(arguments)


def _main(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="python -m app.live.client", description=_words(DESCRIPTION))
    parser.add_argument("file", type=Path, help=_words(N_("any audio or video file")))
    parser.add_argument("--url", default=URL)
    parser.add_argument("--language", default="auto")
    parser.add_argument("--mode", choices=("live", "file"), default="live")
    parser.add_argument("--packet-frames", type=int, default=PACKET_FRAMES)
    parser.add_argument("--realtime", action="store_true", help=_words(N_("as fast as it was spoken")))
    parser.add_argument(
        "--streams", type=int, default=1, help=_words(N_("the same file several times at once"))
    )
    parser.add_argument("--keep", action="store_true", help=_words(N_("have it saved on the server as well")))
    parser.add_argument("--key", help=_words(N_("of the API, where there are keys")))
    parser.add_argument("-o", "--output", type=Path, help=_words(TARGET))
    wish = parser.parse_args(arguments)
    if not wish.file.is_file():
        parser.error(_words(N_("there is no file %(name)s"), name=wish.file))
    clients = [StreamClient(wish.url, wish.language, wish.keep, wish.key) for _ in range(wish.streams)]
    with tempfile.TemporaryDirectory() as folder:
        source: Source = FileSource(wish.file)
        if wish.mode == "live":
            wav = Path(folder) / "speech.wav"
            try:
                decode_speech(wish.file, wav, limits=Limits(), progress=lambda _: None)
            except AppError as error:
                print(f"{wish.file}: {_words(error.message, **error.params)}", file=sys.stderr)
                return 1
            source = AudioSource(wav, wish.packet_frames, wish.realtime)

        def follow(number: int) -> None:
            try:
                for message in clients[number].run(source):
                    show(number, message)
                if not clients[number].messages:
                    told = _words(REFUSED, code=clients[number].close_code)
                    print(f"[{number}] {told}", file=sys.stderr)
            except (SimpleWebsocketError, OSError) as error:
                print(f"[{number}] {_words(AWAY, url=wish.url, error=error)}", file=sys.stderr)

        threads = [
            threading.Thread(target=follow, args=(i,), name=f"konspekt-live-{i}") for i in range(wish.streams)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for number, client in enumerate(clients, 1):
        if wish.output:
            numbered = wish.output.with_stem(f"{wish.output.stem}-{number}")
            target = wish.output if len(clients) == 1 else numbered
            target.write_text("\n".join(client.texts) + "\n", encoding="utf-8")
    ended = [any(message["type"] == "end" for message in client.messages) for client in clients]
    return 0 if all(ended) else 1


if __name__ == "__main__":
    raise SystemExit(main())
