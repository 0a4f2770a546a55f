"""Which business a sentence is about: Rasa's linear classifier, to which a long story is no more than a short question.

A part of Rasa's pipeline (config.yml), loaded by Rasa's process. Rasa gives its classifier the counts of words and
pieces as they are: what a caller says at length weighs more than what others say in few words, and each time that a
word is said again it weighs more. Here a piece counts once, and all sentences are of one length (as vectors).
"""

from itertools import pairwise
from typing import Any

import numpy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, diags, hstack, vstack


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceClassifier(LogisticRegressionClassifier):  # type: ignore[misc]
    """Logistic regression over whole sentences."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`length`: of a sentence as a vector; the longer, the surer the classifier becomes."""
        return {**LogisticRegressionClassifier.get_default_config(), "length": 9.0}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Raises ValueError for a length that is none."""
        if float(config["length"]) <= 0:
            raise ValueError("SentenceClassifier: length must be above 0")

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> "SentenceClassifier":
        """From a trained model. For each sentence scikit-learn turns the weights of all businesses by a quarter, and
        SciPy then copies them all (12 of 17 ms); stored by columns they are turned already, and nothing is copied."""
        component: SentenceClassifier = super().load(*args, **kwargs)
        if hasattr(component.clf, "coef_"):
            component.clf.coef_ = numpy.asfortranarray(component.clf.coef_)
        return component

    def _create_X(self, messages: list[Message]) -> csr_matrix:  # noqa: N802
        """One row a sentence. Only whole sentences are looked at: Rasa's own way also puts the features of every word
        together, and copies all (2.5 ms of processor a sentence, half a minute in a training)."""
        rows = [[part.features for part in message.features if _of_sentence(part)] for message in messages]
        widths = {tuple(part.shape[1] for part in row) for row in rows}
        if len(widths) != 1 or not all(rows):  # a text without a word
            return super()._create_X(messages)
        sentences = hstack([_once(vstack(column)) for column in zip(*rows, strict=True)], format="csr", dtype=float)
        pieces = numpy.array([_pieces(message.get(TEXT)) for message in messages])
        return diags(float(self.config["length"]) / numpy.sqrt(pieces)) @ sentences


def _pieces(text: str) -> int:
    """Different characters and pairs of them, also such as no example has: of words unknown to it the classifier must
    not become as sure by one known character as by a whole sentence."""
    said = "".join(filter(str.isalnum, text))
    return max(1, len(set(said)) + len(set(pairwise(said))))


def _once(counts: Any) -> Any:
    """Counts are whole numbers; the weights of near words are not, and stay."""
    return counts.minimum(1) if numpy.issubdtype(counts.dtype, numpy.integer) else counts


def _of_sentence(part: Any) -> bool:
    return bool(part.attribute == TEXT and part.type == FEATURE_TYPE_SENTENCE and part.is_sparse())
