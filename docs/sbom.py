"""Add what no package manager lists to a bill of materials: vendored scripts, weights that can be fetched.

`make sbom` runs it on what cyclonedx-py has written of requirements.lock.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[1]
sys.path.insert(0, str(TOP))
ROW = re.compile(r"^\| (\S+) \| (\S+) (\S+) \| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)


def vendored() -> list[dict[str, Any]]:
    """Return the files of static/vendor, as the README there lists them; a test compares its sums."""
    rows = ROW.findall((TOP / "static" / "vendor" / "README.md").read_text("utf-8"))
    return [
        {
            "type": "library",
            "bom-ref": f"static/vendor/{file}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{version}",
            "licenses": [{"license": {"id": licence}}],
            "hashes": [{"alg": "SHA-256", "content": sha256}],
        }
        for file, name, version, licence, sha256 in rows
    ]


def weights() -> list[dict[str, Any]]:
    """Return every file of the catalogue of weights whose checksum is known in full."""
    from app.engines.weights.catalogue import CATALOGUE

    return [
        {
            "type": "machine-learning-model",
            "bom-ref": f"models/{file.path}",
            "name": weights.name,
            "description": f"{file.path}, fetched when it is asked for",
            "hashes": [{"alg": "SHA-256", "content": file.sha256}],
        }
        for weights in CATALOGUE.values()
        for file in weights.files
        if len(file.sha256) == 64
    ]


def main(path: Path) -> None:
    bill = json.loads(path.read_text("utf-8"))
    known = {component.get("bom-ref") for component in bill.setdefault("components", [])}
    bill["components"] += [one for one in (*vendored(), *weights()) if one["bom-ref"] not in known]
    path.write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{path}: {len(bill['components'])} components")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
