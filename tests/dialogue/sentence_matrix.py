"""Run by Rasa's own Python: what the classifier is given of sentences that two featurizers looked at. Prints JSON."""

import json

import numpy
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import coo_matrix

from bot.dialogue.sentence_classifier import SentenceClassifier

TEXT_OF_FIVE_PIECES = "查余额，"
COUNTS = [[1, 0, 2, 0, 1], [0, 1, 0, 0, 0], [3, 1, 1, 1, 1]]
NEAR_WORDS = [[0.0, 1.5], [0.0, 0.0], [1.5, 1.5]]


def sentence(counts: list[int], near: list[float]) -> Message:
    """One featurizer looked at its words, too."""
    message = Message(data={TEXT: TEXT_OF_FIVE_PIECES})
    for seen, kind in (
        ([counts] * 3, FEATURE_TYPE_SEQUENCE),
        ([counts], FEATURE_TYPE_SENTENCE),
        ([near], FEATURE_TYPE_SENTENCE),
    ):
        message.add_features(Features(coo_matrix(seen), kind, TEXT, f"of{len(seen[0])}"))
    return message


def matrix(kind: type[LogisticRegressionClassifier]) -> numpy.ndarray:
    classifier = kind.__new__(kind)
    classifier.config = {"length": 7.0}
    rows: numpy.ndarray = classifier._create_X(
        [sentence(*each) for each in zip(COUNTS, NEAR_WORDS, strict=True)]
    ).toarray()
    return rows


ours, of_rasa = matrix(SentenceClassifier), matrix(LogisticRegressionClassifier)
of_rasa[:, :5] = numpy.minimum(of_rasa[:, :5], 1)
print(json.dumps({"shape": ours.shape, "same": bool(numpy.allclose(ours, 7.0 * of_rasa / 5**0.5))}))
