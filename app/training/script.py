"""A script of the lab as a process of its own, for the terminal: what it refuses is told in one sentence."""

import runpy
import sys
from gettext import gettext

from app.errors import AppError
from app.training import parsing

FOLDERS = (FileNotFoundError, NotADirectoryError, IsADirectoryError, FileExistsError, PermissionError)


def main() -> None:
    """Run the module of app.training that the first word names, with the words behind it."""
    name = sys.argv.pop(1)
    parsing.speak()
    try:
        runpy.run_module(f"app.training.{name}", run_name="__main__", alter_sys=True)
    except AppError as error:
        told = gettext(error.message)
        told = told % error.params if error.params else told
        sys.exit(gettext("Error: {message}").format(message=told))
    except FOLDERS as error:
        sys.exit(gettext("Error: {message}").format(message=f"{error.filename}: {error.strerror}."))


if __name__ == "__main__":
    main()
