"""Pack what stands beside `app` into it, for `pip install .`; all else stands in pyproject.toml."""

from pathlib import Path

from setuptools import find_packages, setup

SHIPPED = ("templates", "static", "models/repair", "models/synthesis", "docs/lab")  # see app/config/home.py

packages = {f"app.shipped.{folder.replace('/', '.')}": folder for folder in SHIPPED}
setup(
    packages=[*find_packages(include=["app", "app.*"]), *packages],
    package_dir=packages,
    package_data={
        "app": ["**/*.txt", "**/*.po", "**/*.flac", "**/*.typ", "**/*.json", "jobs/migrations/**/*.py"],
        **{
            package: [
                str(path.relative_to(folder))
                for path in Path(folder).rglob("*")
                if path.is_file()
                and (folder != "docs/lab" or path.name.startswith(("report.html", "experiment")))
            ]
            for package, folder in packages.items()
        },
    },
)
