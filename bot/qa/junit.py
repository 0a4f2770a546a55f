"""Results as JUnit XML, which every build server reads."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as xml

from bot.qa.results import CallResult


def write_junit(path: Path, calls: Sequence[CallResult]) -> None:
    """One suite a condition, one case a call."""
    root = xml.Element("testsuites", _counts(calls))
    for condition in dict.fromkeys(call.condition for call in calls):
        some = [call for call in calls if call.condition == condition]
        suite = xml.SubElement(root, "testsuite", {"name": condition, **_counts(some)})
        for call in some:
            name = call.item if call.repetition == 1 else f"{call.item} #{call.repetition}"
            case = xml.SubElement(
                suite, "testcase", {"classname": condition, "name": name, "time": f"{call.took_seconds:.2f}"}
            )
            if not call.passed:
                first = _clean(call.failures[0])
                xml.SubElement(case, "failure", {"message": first}).text = _clean("\n".join(call.failures))
    xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _counts(calls: Sequence[CallResult]) -> dict[str, str]:
    failed = sum(not call.passed for call in calls)
    seconds = sum(call.took_seconds for call in calls)
    return {"tests": str(len(calls)), "failures": str(failed), "errors": "0", "time": f"{seconds:.2f}"}


def _clean(text: str) -> str:
    """Without control characters, which XML cannot hold."""
    return "".join(char for char in text if char >= " " or char in "\n\t")
