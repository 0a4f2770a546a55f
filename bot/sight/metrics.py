"""Counts and times for Prometheus. No caller, number or digit is ever a label."""

from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

LATENCY_BUCKETS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.45, 0.6, 0.75, 0.9, 1.2, 1.6, 2.0, 3.0, 5.0)
"""Seconds; the edges include the bounds that the service promises (0.25, 0.45, 0.6, 0.9, 1.2)."""

CALL_BUCKETS = (10.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 1800.0)


class Sight:
    """What the calls of this process tell the operators."""

    content_type = CONTENT_TYPE_LATEST
    """Of the text that `exposition` returns."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        gauge = partial(Gauge, namespace="hotline", registry=self.registry)
        counter = partial(Counter, namespace="hotline", registry=self.registry)
        histogram = partial(Histogram, namespace="hotline", registry=self.registry)
        self._current = gauge("current_calls", "Calls going on", ["channel"])
        self._calls = counter("calls", "Calls ended, by channel and who or what ended them", ["channel", "ended_by"])
        self._call_seconds = histogram("call_seconds", "Length of a call", ["channel"], buckets=CALL_BUCKETS)
        self._refused = counter("refused_calls", "Calls beyond the admission limit", ["channel"])
        self._turns = counter("turns", "Caller turns understood or not", ["by"])
        self._no_input = counter("no_input", "Questions to which nobody said anything")
        self._no_match = counter("no_match", "Turns that were not understood")
        self._keys = counter("keys", "Keys pressed; never which")
        self._barge_ins = counter("barge_ins", "Interruptions of a prompt", ["real"])
        self._hand_offs = counter("hand_offs", "Callers given to a person, by reason", ["reason"])
        self._logins = counter("logins", "Logins, by outcome", ["outcome"])
        self._failures = counter("failures", "Failures of ours, by part and code", ["part", "code"])
        self._latency = histogram(
            "answer_seconds",
            "From the end of the caller's speech to the first sound of the answer, in parts and in total",
            ["part"],
            buckets=LATENCY_BUCKETS,
        )

    def call_began(self, channel: str) -> None:
        """A call was accepted."""
        self._current.labels(channel).inc()

    def call_ended(self, channel: str, by: str, seconds: float) -> None:
        """It ended; `by`: caller, bot, exchange, failure."""
        self._current.labels(channel).dec()
        self._calls.labels(channel, by).inc()
        self._call_seconds.labels(channel).observe(seconds)

    def call_refused(self, channel: str) -> None:
        """Too many calls at once: this one went to a person."""
        self._refused.labels(channel).inc()

    def turn(self, by: str) -> None:
        """The caller said ("speech") or wrote ("text") something."""
        self._turns.labels(by).inc()

    def no_input(self) -> None:
        """Nobody answered a question."""
        self._no_input.inc()

    def no_match(self) -> None:
        """What was said was not understood."""
        self._no_match.inc()

    def key_pressed(self) -> None:
        """A key; which one is not asked."""
        self._keys.inc()

    def barge_in(self, *, real: bool) -> None:
        """A prompt was interrupted; not real: it was resumed afterwards."""
        self._barge_ins.labels("true" if real else "false").inc()

    def handed_off(self, reason: str) -> None:
        """A caller was given to a person, or a call-back was arranged."""
        self._hand_offs.labels(reason).inc()

    def login_ended(self, outcome: str) -> None:
        """A login came to its end: ok, wrong, locked, …"""
        self._logins.labels(outcome).inc()

    def failed(self, part: str, code: str) -> None:
        """A BotError was caught; `part`: dialogue, speech, recogniser, store, backend, channel."""
        self._failures.labels(part, code).inc()

    def answered(self, *, wait: float, recogniser: float, dialogue: float, speech: float, total: float) -> None:
        """An answer began to sound. Seconds: end-of-turn wait, last recognition, dialogue, first speech; and all."""
        parts = {"wait": wait, "recogniser": recogniser, "dialogue": dialogue, "speech": speech, "total": total}
        for part, seconds in parts.items():
            self._latency.labels(part).observe(seconds)

    def exposition(self) -> bytes:
        """The text for /metrics."""
        return generate_latest(self.registry)
