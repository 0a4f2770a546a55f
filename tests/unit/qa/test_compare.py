"""Did it get worse? Planted losses are found, unchanged runs pass, and too few calls are said to be too few."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from bot.commands.qa_compare import WATCHED, main
from bot.errors import ContentError
from bot.qa import results
from bot.qa.compare import Question, Verdict, compare
from bot.qa.results import CallResult, TurnResult

CER, COMPLETED = Question("cer", True, 0.02), Question("completed", False, 0.03)
RECORDINGS = 200


def call(item: str, errors: int, characters: int, passed: bool = True, condition: str = "clean") -> CallResult:
    turns = [TurnResult(1, "（来电）"), TurnResult(2, "放录音", characters=characters, errors=errors)]
    failures = [] if passed else ["a.yml:2：预期 intent"]
    return CallResult(
        item, item, condition, "干净", 1, item.endswith(".wav"), {}, passed, failures, turns, "", "caller", {}, 9.0, 1.0
    )


class Corpus:
    """Recordings of people who are heard with 8 % of errors on average, some much worse than others."""

    def __init__(self, seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        self._lengths = self._chance.integers(6, 20, RECORDINGS)
        self._difficulty = self._chance.beta(0.8, 9.2, RECORDINGS)
        self._first = self._chance.binomial(self._lengths, self._difficulty)

    def run(self, worse_by: float = 0.0, decoded_anew: float = 0.15) -> list[CallResult]:
        """The same recordings again: some come out otherwise by chance, and `worse_by` of what was right is lost."""
        anew = self._chance.random(RECORDINGS) < decoded_anew
        errors = np.where(anew, self._chance.binomial(self._lengths, self._difficulty), self._first)
        errors += self._chance.binomial(self._lengths - np.minimum(errors, self._lengths), worse_by)
        return [call(f"{n}.wav", int(e), int(c)) for n, (e, c) in enumerate(zip(errors, self._lengths, strict=True))]


def verdict(before: list[CallResult], after: list[CallResult]) -> Verdict:
    return compare(before, after, [CER]).verdict


def test_three_points_more_errors_are_found_at_least_four_times_of_five():
    corpora = [Corpus(seed) for seed in range(40)]
    found = [verdict(corpus.run(), corpus.run(worse_by=0.033)) is Verdict.WORSE for corpus in corpora]
    assert np.mean(found) >= 0.8, np.mean(found)


def test_an_unchanged_run_passes_ten_times_in_ten():
    corpora = [Corpus(100 + seed) for seed in range(10)]
    assert [verdict(corpus.run(), corpus.run()) for corpus in corpora] == [Verdict.NO_WORSE] * 10


def test_a_loss_within_the_margin_passes_though_it_is_certain():
    corpus = Corpus(7)
    assert verdict(corpus.run(decoded_anew=0), corpus.run(worse_by=0.005, decoded_anew=0)) is Verdict.NO_WORSE


def test_the_smallest_difference_told_is_the_one_found_four_times_of_five():
    strict = [Question("cer", True, 0.0001)]
    told = [compare(c.run(), c.run(worse_by=0.01), strict).answers[0].smallest for c in map(Corpus, range(200, 220))]
    planted = float(np.median(told)) / 0.92  # of the characters heard rightly so far
    corpora = [Corpus(300 + seed) for seed in range(40)]
    found = [compare(c.run(), c.run(worse_by=planted), strict).verdict is Verdict.WORSE for c in corpora]
    assert 0.65 <= np.mean(found) <= 0.95, (planted, np.mean(found))


def test_six_calls_cannot_tell_and_say_so():
    before = [call(f"{n}.wav", n % 2, 10) for n in range(6)]
    after = [call(f"{n}.wav", (n + 1) % 3, 10) for n in range(6)]
    (answer,) = compare(before, after, [CER]).answers
    assert answer.verdict is Verdict.UNDECIDED and answer.smallest > 0.05


def test_completion_is_compared_by_item_over_all_its_conditions():
    before = [call(f"{n}.yml", 0, 5, condition=line) for n in range(60) for line in ("clean", "gsm")]
    after = [call(f"{n}.yml", 0, 5, n % 6 > 0 or line == "clean", line) for n in range(60) for line in ("clean", "gsm")]
    found = compare(before, after, [COMPLETED])
    assert found.verdict is Verdict.WORSE and found.answers[0].items == 60
    assert len(found.newly_failing) == 10 and all("gsm" in name for name in found.newly_failing)


def conversations(seed: int, cut_off: float = 0.05, phantoms: float = 0.05) -> list[CallResult]:
    """Sixty calls of one sentence each: nobody is misheard, but some are cut off, misunderstood, not stopped for."""
    chance = np.random.default_rng(seed)
    calls = [call(f"{n}.wav", 0, 10) for n in range(60)]
    for one in calls:
        turn = one.turns[1]
        turn.cut_off, turn.phantoms = bool(chance.random() < cut_off), int(chance.poisson(phantoms))
        turn.wanted_intent, turn.intent = "x", "x" if chance.random() < 0.9 else "y"
        turn.slots = {"day": bool(chance.random() < 0.9)}
        turn.digits_right, turn.missed_interruption = bool(chance.random() < 0.9), bool(chance.random() < 0.1)
        turn.no_match, turn.false_interruptions = int(chance.poisson(0.1)), int(chance.poisson(0.05))
    return calls


def watched(before: list[CallResult], after: list[CallResult]) -> tuple[Verdict, set[str]]:
    """The verdict, and which of the watched figures speak."""
    found = compare(before, after, (CER, COMPLETED, *WATCHED))
    worse = {each.question.name for each in found.answers if each.question.watched and each.verdict is Verdict.WORSE}
    return found.verdict, worse


def test_callers_that_are_cut_off_are_found_though_every_character_is_heard_and_every_call_passes():
    assert watched(conversations(1), conversations(2, cut_off=0.3)) == (Verdict.WORSE, {"cut_off"})
    assert watched(conversations(1), conversations(2, phantoms=0.6)) == (Verdict.WORSE, {"phantom"})


def test_nine_watched_figures_together_give_a_false_alarm_in_less_than_a_tenth_of_comparisons():
    alarms = [watched(conversations(2 * seed), conversations(2 * seed + 1))[1] for seed in range(24)]
    assert sum(bool(alarm) for alarm in alarms) <= 2, alarms


def test_a_watched_figure_of_four_scripts_says_nothing():
    before, after = ([call(f"{n}.yml", 0, 10) for n in range(4)] for _ in range(2))
    for one in after:
        one.turns[1].cut_off = True
    assert watched(before, after) == (Verdict.NO_WORSE, set())


def test_runs_without_a_common_call_cannot_be_compared():
    with pytest.raises(ContentError, match="没有相同"):
        compare([call("a", 0, 1)], [call("b", 0, 1)], [CER])


def test_the_command_tells_the_outcome_in_its_exit_code(tmp_path, capsys):
    corpus = Corpus(1)
    for name, run in (("旧", corpus.run()), ("同", corpus.run()), ("坏", corpus.run(worse_by=0.08))):
        (tmp_path / name).mkdir()
        results.write(tmp_path / name / results.FILE, run)
    few = [call(f"{n}.wav", n % 2, 10) for n in range(6)], [call(f"{n}.wav", (n + 1) % 3, 10) for n in range(6)]
    for name, run in zip(("少1", "少2"), few, strict=True):
        (tmp_path / name).mkdir()
        results.write(tmp_path / name / results.FILE, run)
    assert main([str(tmp_path / "旧"), str(tmp_path / "同")]) == 0
    assert main([str(tmp_path / "旧"), str(tmp_path / "坏")]) == 1
    assert "变差了" in capsys.readouterr().out
    assert main([str(tmp_path / "少1"), str(tmp_path / "少2")]) == 3
    assert "电话太少" in capsys.readouterr().out


def test_the_command_names_a_watched_figure_that_got_worse(tmp_path, capsys):
    for name, run in (("旧", conversations(1)), ("新", conversations(2, cut_off=0.3, phantoms=0.6))):
        (tmp_path / name).mkdir()
        results.write(tmp_path / name / results.FILE, run)
    assert main([str(tmp_path / "旧"), str(tmp_path / "新")]) == 1
    told = capsys.readouterr().out
    assert "话没说完被截断：" in told and "%：变差了，不像偶然。60 个" in told and "意图对" not in told
    assert "凭空听到（每通）：0.0" in told


def test_two_lines_are_compared_only_when_asked_for(tmp_path, capsys):
    for name, run in (("座机", Corpus(1).run()), ("手机", Corpus(1).run(worse_by=0.1))):
        (tmp_path / name).mkdir()
        results.write(tmp_path / name / results.FILE, [replace(call, condition=name) for call in run])
    with pytest.raises(ContentError, match="没有相同"):
        main([str(tmp_path / "座机"), str(tmp_path / "手机")])
    assert main([str(tmp_path / "座机"), str(tmp_path / "手机"), "--across"]) == 1


def test_a_pass_of_a_few_calls_says_how_many_it_would_take(tmp_path, capsys):
    for name in ("旧", "新"):
        (tmp_path / name).mkdir()
        results.write(tmp_path / name / results.FILE, [call(f"{n}.yml", 0, 10) for n in range(5)])
    assert main([str(tmp_path / "旧"), str(tmp_path / "新")]) == 0
    assert "约需 149 个" in capsys.readouterr().out


def test_results_are_read_back_as_they_were_written(tmp_path):
    run = Corpus(2).run()
    results.write(tmp_path / results.FILE, run)
    assert [asdict(one) for one in results.read(tmp_path)] == [asdict(one) for one in run]
