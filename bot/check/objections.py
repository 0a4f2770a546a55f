"""What Rasa itself objects to, told in Chinese with the place."""

import json
import os
import re
import subprocess
from collections.abc import Iterator

from bot.check.examples import examples
from bot.check.finding import Finding
from bot.check.project import Project
from bot.dialogue.processes import ROOT, rasa_command, rasa_environment

NAME = r"'(?P<name>[^']+)'"
TOLD_BY_OTHERS = (
    rf"The example {NAME} was found labeled with multiple",
    rf"The intent {NAME} is listed in the domain file, but is not found in the NLU",
    rf"There is a message in the training data labeled with intent {NAME}",
    rf"The action {NAME} is used in the",
    rf"The utterance {NAME} is not used in any story or rule",
    r"Found duplicate example",
    r"Item .*? contains an example that is repeated",
)
"""Objections that checks of our own make, with file and line."""

OF_RASAS_OWN_MAKING = (
    r"Slot auto-fill has been removed",
    r"The following duplicated intents have been found across multiple domain files",
)
"""The first is said to every project with slots; the second by Rasa of the domain it made itself from nlu/."""

IN_CHINESE = (
    (
        rf"The intent {NAME} is not used in any story or rule",
        "意图 {name} 没有规则或故事用到，说了也没有回答",
        "domain.yml",
    ),
    (
        rf"The intent {NAME} is used in your stories, but it is not listed",
        "故事里的意图 {name} 在 domain.yml 里没有",
        "stories",
    ),
    (rf"The form slot {NAME}", "表单的槽位 {name} 在 domain.yml 里没有", "domain.yml"),
    (rf"Slot {NAME} has a mapping condition", "槽位 {name} 的条件指向不存在的表单", "domain.yml"),
    (r"(?P<name>Story structure conflict.*)", "故事互相矛盾，同样的经过后面动作不同：{name}", "stories"),
    (r"nothing was read from (?P<name>.*)", "{name} 里没有读到任何训练内容", "nlu"),
)


class RasaObjections:
    """Started first and read last: Rasa takes as long to start as all other checks together."""

    def __init__(self, project: Project) -> None:
        self._project = project
        read = [str(project.root / name) for name in ("domain.yml", "config.yml", "nlu", "stories")]
        self._running = subprocess.Popen(
            rasa_command("bot/check/inside_rasa.py", *read),
            cwd=ROOT,
            env={**os.environ, **rasa_environment()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def findings(self) -> Iterator[Finding]:
        """Every warning of Rasa's that is not about something meant to be so."""
        printed, complaint = self._running.communicate()
        if self._running.returncode != 0:
            reason = complaint.strip().splitlines()[-1] if complaint.strip() else "没有说明原因"
            yield Finding("domain.yml", 0, f"Rasa 读不了这个项目：{reason}", "先改正上面的其他问题")
            return
        for warning in json.loads(printed.strip().splitlines()[-1]):
            yield from self._told(" ".join(warning.split()))

    def _told(self, warning: str) -> Iterator[Finding]:
        if any(re.search(pattern, warning) for pattern in (*TOLD_BY_OTHERS, *OF_RASAS_OWN_MAKING)):
            return
        unwritten = re.search(rf"Action {NAME} is listed as a response action", warning)
        if unwritten and unwritten["name"].removeprefix("utter_") in self._with_keys():
            return  # Rasa makes this action up for every intent with keys (policy/…); ours are answered by actions
        for pattern, message, place in IN_CHINESE:
            found = re.search(pattern, warning)
            if found:
                name = found["name"]
                file, line = self._place(name, place)
                yield Finding(file, line, message.format(name=name), "补上缺的一处，或删去多的一处")
                return
        yield Finding("domain.yml", 0, f"Rasa 提出：{warning}", "按提示修改，看不懂请交给开发人员")

    def _with_keys(self) -> set[str]:
        """Intents whose examples are sorted by a key."""
        return {one.intent.partition("/")[0] for one in examples(self._project) if "/" in one.intent}

    def _place(self, name: str, folder: str) -> tuple[str, int]:
        """The first line that names it."""
        whole = re.compile(rf"(?<![\w/]){re.escape(name)}(?![\w/])")
        for document in self._project.documents:
            if not document.name.startswith(folder):
                continue
            for line, text in enumerate(document.text.split("\n"), 1):
                if whole.search(text):
                    return document.name, line
        return folder, 0
