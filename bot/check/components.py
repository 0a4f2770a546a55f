"""What config.yml builds the understanding of: parts of Rasa that need TensorFlow are not to be had here."""

from collections.abc import Iterator

from bot.check.document import every_node, scalar
from bot.check.finding import Finding
from bot.check.project import Project
from bot.dialogue.rasa_start import NEURAL
from bot.yaml_file import line_of

FILE = "config.yml"
LEFT_OUT = {name for names in NEURAL.values() for name in names}


def check_components(project: Project) -> Iterator[Finding]:
    """A component that is not installed would end the training with an error of Rasa's."""
    document = project.document(FILE)
    for node in every_node(document.node if document else None):
        if (name := scalar(node)) in LEFT_OUT:
            mend = "用这里已有的分类器和策略；一定要试，请开发人员看 docs/understanding.md"
            yield Finding(FILE, line_of(node), f"{name}需要 TensorFlow，这里没有安装", mend)
