"""The bill of materials has everything that is installed, by the locks' hashes, with licences."""

import json
import re

import pytest

from bot.commands import sbom
from bot.dialogue.processes import ROOT


@pytest.fixture(scope="module")
def bill(tmp_path_factory):
    """As the command writes it."""
    file = tmp_path_factory.mktemp("sbom") / "sbom.cdx.json"
    assert sbom.main([str(file)]) == 0
    return json.loads(file.read_text("utf-8"))


def test_it_is_cyclonedx_and_the_same_every_time(bill):
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(set(references)) == len(references)
    assert bill == sbom.bill_of_materials()


@pytest.mark.parametrize(("lock", "environment"), [("bot.txt", ".venv"), ("rasa.txt", ".venv-rasa")])
def test_every_locked_package_is_there_with_version_and_hashes(bill, lock, environment):
    text = (ROOT / "deploy" / "locks" / lock).read_text("utf-8")
    locked = re.findall(r"^([\w.-]+)(?:\[.*?\])?==(\S+)", text, re.M)
    mine = [one for one in bill["components"] if one["bom-ref"].startswith(f"{environment}/")]
    assert {(one["name"], one["version"]) for one in mine} == {
        (re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in locked
    }
    assert sum(len(one["hashes"]) for one in mine) == text.count("--hash=sha256:") and all(
        one["hashes"] for one in mine
    )


def test_licences_of_what_is_installed_are_told(bill):
    packages = [one for one in bill["components"] if one.get("purl", "").startswith("pkg:pypi/")]
    without = [one["name"] for one in packages if "licenses" not in one]
    assert len(without) <= len(packages) * 0.1, without
    assert {"vosk", "rasa", "pyttsx3"} <= {one["name"] for one in packages if "licenses" in one}


def test_debians_packages_and_the_recognisers_model_are_there(bill):
    debian = {one["name"] for one in bill["components"] if one.get("purl", "").startswith("pkg:deb/")}
    assert "espeak-ng" in debian
    [model] = [one for one in bill["components"] if one["type"] == "machine-learning-model"]
    assert model["name"] == "zh-12329" and len(model["hashes"][0]["content"]) == 64
