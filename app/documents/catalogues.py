"""The words of the program in its other languages, compiled for gettext: for pages and for the terminal."""

from hashlib import sha256
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.audio.atomic import atomic_write

CATALOGUES = Path(__file__).parents[1] / "web" / "translations"


def compile_catalogues(target: Path) -> Path:
    """Compile the catalogues, where that is not done, into a folder named by what they say; return it.

    Their times say nothing: a newer image may hold older files than the volume has compiled.
    """
    sources = sorted(CATALOGUES.rglob("*.po"))
    folder = target / sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    for source in sources:
        compiled = folder / source.relative_to(CATALOGUES).with_suffix(".mo")
        if compiled.is_file():
            continue
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with (
            atomic_write(compiled, shared=True) as part,
            part.open("wb") as file,
            source.open("rb") as catalogue,
        ):
            write_mo(file, read_po(catalogue))
    return folder
