"""The server, for `run.py`: the settings are read, the port is taken, and one process serves."""

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from app.config import HOME, Config
from app.config.setting_files import Unusable
from app.web.core import logs
from app.web.core.listening import listen, url
from app.web.core.wsgi import Factory, serve_with_gunicorn, serve_with_werkzeug

SWITCH_S = 0.001  # a thread that computes has Python's lock for so long: a page asks for it some thirty times


def main(create_app: Factory) -> None:
    """Read the settings, take the port and serve until SIGTERM or Ctrl-C."""
    say_what_is_not_read()
    config = own_folders(read_config())
    logs.configure(config)
    use_own_temporary_folder(config)
    sys.setswitchinterval(SWITCH_S)
    listener = listen(config)
    address = url(config, listener.getsockname()[1])
    if sys.platform == "win32":
        serve_with_werkzeug(create_app(config), listener, address)
    else:
        serve_with_gunicorn(create_app, config, listener, address)


def read_config() -> Config:
    """Return the settings of a process, or name every wrong one and end with status 2."""
    try:
        return Config()
    except ValidationError as error:
        print("These settings are wrong:", file=sys.stderr)
        for problem in error.errors():
            name = str(problem["loc"][0])
            secret = "Secret" in str(Config.model_fields[name].annotation)
            value = (
                "" if secret or isinstance(problem["input"], Unusable) else f" (it is {problem['input']!r})"
            )
            print(f"  KONSPEKT_{name.upper()}: {problem['msg']}{value}", file=sys.stderr)
        raise SystemExit(2) from None


def own_folders(config: Config) -> Config:
    """Give each process folders of its own where files stand in a bucket: they are its scratch."""
    if config.storage != "s3-shared":
        return config
    from app.storage.scratch import with_own_folders

    return with_own_folders(config)


def say_what_is_not_read() -> None:
    """Name settings and data of the directory where the program was started, if they are not its own."""
    here = Path.cwd()
    found = [name for name in (".env", "data/konspekt.db") if here != HOME and (here / name).is_file()]
    if found:
        print(
            f"{' and '.join(found)} of {here} not read: settings and folders are those of {HOME}. "
            "KONSPEKT_HOME=. takes those that are here.",
            file=sys.stderr,
        )


def use_own_temporary_folder(config: Config) -> None:
    """Keep what is temporary where uploads are: the system's own folder may be small, full or read-only."""
    with suppress(
        OSError
    ):  # a folder of ours that cannot be made is told of when the program is put together
        for folder in (config.uploads_dir, config.incoming_dir):  # of parents it makes, mkdir sets no mode
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.tempdir = str(config.incoming_dir.resolve())
