"""How well a caller's words are understood that are not among the examples: cross-validation over all of nlu/.

`python -m tests.content.test_cross_validation FOLD…` does some folds only and keeps what they gave in var/tests.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from statistics import mean

import pytest
import yaml

from bot.dialogue.rasa_python import printed_by

ROOT = Path(__file__).resolve().parents[2]
FOLDS = 5
"""As many as `rasa test nlu --cross-validation` takes."""


@pytest.mark.rasa
@pytest.mark.long
def test_what_is_said_in_other_words_reaches_its_leaf():
    """Macro F1 over leaves; an example that is not understood (nlu_fallback) is one missed."""
    scores = f1_of_leaves([one for fold in range(FOLDS) for one in read_fold(fold)])
    tell(scores)
    assert len(scores) > 140 and mean(scores.values()) >= 0.9


def read_fold(fold: int) -> list[tuple[str, str]]:
    """(leaf, leaf it was taken for) of every example in this fold; the model has learnt from the others."""
    found = printed_by(Path(__file__).with_name("cross_validate.py"), str(fold), str(FOLDS))
    leaf = leaves()
    return [(leaf.get(said, said), leaf.get(to, to)) for _, said, to in found]


def leaves() -> dict[str, str]:
    """intent → what the caller gets. Intents that are answered with the same sentence are one leaf."""
    rules = [
        rule
        for path in sorted((ROOT / "stories").glob("*.yml"))
        for rule in yaml.safe_load(path.read_text("utf-8")).get("rules", [])
        if "intent" in rule["steps"][0]
    ]
    answers = {rule["steps"][0]["intent"]: rule["steps"][1].get("action", "") for rule in rules}
    return {intent: answer for intent, answer in answers.items() if answer.startswith("utter_")}


def f1_of_leaves(read: list[tuple[str, str]]) -> dict[str, float]:
    """Of each leaf, with what was taken for it, and was not, counted in."""
    due, taken = Counter(said for said, _ in read), Counter(to for _, to in read)
    right = Counter(said for said, to in read if said == to)
    return {leaf: 2 * right[leaf] / (due[leaf] + taken[leaf]) for leaf in due}


def tell(scores: dict[str, float]) -> None:
    """The mean and the weakest."""
    print(f"macro F1 over {len(scores)} leaves: {mean(scores.values()):.3f}")
    for leaf in sorted(scores, key=scores.__getitem__)[:20]:
        print(f"  {scores[leaf]:.2f} {leaf}")


def main(folds: list[str]) -> None:
    """These folds now; the score when all are there."""
    kept = ROOT / "var" / "tests" / "cross-validation"
    kept.mkdir(parents=True, exist_ok=True)
    for fold in folds:
        (kept / f"{fold}.json").write_text(json.dumps(read_fold(int(fold))))
    files = sorted(kept.glob("*.json"))
    print(f"folds there: {[path.stem for path in files]} of {FOLDS}")
    tell(f1_of_leaves([(said, to) for path in files for said, to in json.loads(path.read_text())]))


if __name__ == "__main__":
    main(sys.argv[1:])
