"""python -m bot sbom [FILE]: what this installation is made of, as CycloneDX 1.6 (JSON), for whoever must know.

Python packages and their hashes are those of the locks, Debian's those of its list; versions and licences of what is
installed here. Nothing is asked over a network. The same installation gives the same file.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path
from typing import Any

from bot.settings import ROOT

LOCKS = {"bot.txt": ".venv", "rasa.txt": ".venv-rasa"}
"""Each lock and the environment that is installed from it."""

DEBIAN, COPYRIGHTS = ROOT / "deploy" / "debian-run.txt", Path("/usr/share/doc")
MODELS = ROOT / "models"

_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LONGEST_LICENCE_NAME = 80

Component = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Write it to a file, or to standard output."""
    parser = argparse.ArgumentParser(prog="python -m bot sbom", description="软件物料清单（CycloneDX 1.6，JSON）")
    parser.add_argument("file", nargs="?", type=Path, metavar="文件", help="写到哪里；不写就显示出来")
    asked = parser.parse_args(arguments)
    written = json.dumps(bill_of_materials(), ensure_ascii=False, indent=1) + "\n"
    if asked.file is None:
        sys.stdout.write(written)
    else:
        asked.file.parent.mkdir(parents=True, exist_ok=True)
        asked.file.write_text(written, "utf-8")
        print(f"已写入 {asked.file}")
    return 0


def bill_of_materials() -> dict[str, Any]:
    """The whole document."""
    components = [*_python(), *_debian(), *_models()]
    content = json.dumps(components, sort_keys=True).encode()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=hashlib.sha256(content).digest()[:16], version=4)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "hotline", "bom-ref": "hotline"}},
        "components": components,
    }


def _python() -> Iterator[Component]:
    for lock, environment in LOCKS.items():
        installed = _installed(ROOT / environment)
        for name, version, hashes in _locked(ROOT / "deploy" / "locks" / lock):
            purl = f"pkg:pypi/{name}@{version}"
            found = installed.get(name)
            yield {
                "type": "library",
                "bom-ref": f"{environment}/{purl}",
                "name": name,
                "version": version,
                "purl": purl,
                "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
                **_licences(found.metadata if found else None),
            }


def _locked(lock: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and the hashes of its files, of each package of a lock."""
    for entry in re.split(r"\n(?=[A-Za-z0-9])", lock.read_text("utf-8")):
        if locked := _LOCKED.match(entry):
            yield _normal(locked[1]), locked[2], _HASH.findall(entry)


def _installed(environment: Path) -> dict[str, Distribution]:
    folders = [str(folder) for folder in environment.glob("lib/python3*/site-packages")]
    return {_normal(one.metadata["Name"]): one for one in distributions(path=folders) if one.metadata["Name"]}


def _licences(metadata: PackageMetadata | None) -> dict[str, Any]:
    """As the package itself says: an SPDX expression, else its classifiers, else the first line of its own words."""
    if metadata is None:
        return {}
    if expression := metadata.get_all("License-Expression"):
        return {"licenses": [{"expression": str(expression[0])}]}
    classified = [
        one.rpartition(" :: ")[2] for one in metadata.get_all("Classifier") or [] if one.startswith("License ::")
    ]
    own = str((metadata.get_all("License") or [""])[0]).strip().partition("\n")[0]
    names = classified or ([own[:_LONGEST_LICENCE_NAME]] if own else [])
    return {"licenses": [{"license": {"name": name}} for name in names]} if names else {}


def _debian() -> Iterator[Component]:
    for name in DEBIAN.read_text("utf-8").split():
        asked = ["dpkg-query", "-W", "-f", "${Version} ${Architecture}", name]
        version, _, architecture = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.partition(
            " "
        )
        if version:
            purl = f"pkg:deb/debian/{name}@{version.replace(':', '%3A').replace('+', '%2B')}?arch={architecture}"
            copyright_file = COPYRIGHTS / name / "copyright"
            text = copyright_file.read_text("utf-8", "replace") if copyright_file.is_file() else ""
            licences = dict.fromkeys(re.findall(r"^License: *(\S[^\n]*)", text, re.M))
            component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
            yield component | ({"licenses": [{"license": {"name": one}} for one in licences]} if licences else {})


def _models() -> Iterator[Component]:
    """The recogniser's, each by the hash of its acoustic model."""
    for model in sorted(MODELS.glob("*/am/final.mdl")):
        name = model.parent.parent.name
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model/{name}",
            "name": name,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(model.read_bytes()).hexdigest()}],
        }


def _normal(name: str) -> str:
    """Names as the package index compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()
