"""What a caller's wish is called: in 您是想…对吗, and on the agent's screen."""

from actions.content import ROOT, read
from actions.policies import all_policies


def name_of(intent: str) -> str:
    """The name of a business, '' for what is none (yes, hello, silence)."""
    if policy := all_policies().get(intent):
        return policy.question
    names = read(ROOT / "names.yml").entry("names")
    return names.text(intent) if intent in names else ""
