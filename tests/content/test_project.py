"""The Rasa project and the content fit together: every leaf is reachable, every intent has an answer and examples."""

import re
from pathlib import Path

import yaml

from actions.branches import branches
from actions.content import ROOT as CONTENT
from actions.menu import HOME, everywhere, menu_at
from actions.names import name_of
from actions.policies import CATEGORIES, all_policies, policies_of
from bot.check.held_out import check_held_out
from bot.check.project import Project

PROJECT = Path(__file__).resolve().parents[2]
DOMAIN = yaml.safe_load((PROJECT / "domain.yml").read_text("utf-8"))
INTENTS = {one if isinstance(one, str) else next(iter(one)) for one in DOMAIN["intents"]}
SIGNALS = {next(iter(one)) for one in DOMAIN["intents"] if isinstance(one, dict)} | {"call_back"}
QUESTIONS = yaml.safe_load((PROJECT / "tests/dialogue/questions_116.yml").read_text("utf-8"))["questions"]


def examples():
    """(intent, example) of all files."""
    for path in sorted((PROJECT / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in entry["examples"].splitlines() if "intent" in entry else ():
                yield entry["intent"], line.removeprefix("- ")


def rules():
    """intent → first action."""
    found = {}
    for path in sorted((PROJECT / "stories").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text("utf-8")).get("rules", []):
            first, then = rule["steps"][:2]
            if "intent" not in first and "or" not in first:
                continue  # what follows a form
            for one in first.get("or", [first]):
                assert one["intent"] not in found, f"{one['intent']} has two rules"
                found[one["intent"]] = then["action"]
    return found


def in_stories():
    """Intents that are understood by what went before."""
    files = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((PROJECT / "stories").glob("*.yml"))]
    steps = [step for file in files for story in file.get("stories", []) for step in story["steps"]]
    return {step["intent"] for step in steps if "intent" in step}


def test_every_intent_has_a_rule_or_story_and_every_rule_an_intent():
    assert set(rules()) - {"nlu_fallback"} | in_stories() == INTENTS


def test_policies_intents_and_examples_have_the_same_names():
    answered = {intent for intent, action in rules().items() if action == "action_answer_policy"}
    assert answered == set(all_policies())


def test_every_intent_that_callers_say_has_at_least_six_examples():
    counted = {}
    for intent, _ in examples():
        counted[intent] = counted.get(intent, 0) + 1
    assert set(counted) == INTENTS - SIGNALS
    assert {intent: number for intent, number in counted.items() if number < 6} == {}


def test_examples_are_what_the_recogniser_can_hear_and_stand_once():
    seen = {}
    for intent, example in examples():
        assert re.fullmatch(r"[一-鿿XAP]+", example), example
        assert example not in seen, f"{example}: {seen.get(example)} and {intent}"
        seen[example] = intent


def test_no_example_is_nearly_one_of_the_held_out_questions():
    assert list(check_held_out(Project(PROJECT))) == []


def test_the_held_out_questions_lead_to_intents_that_exist():
    assert len(QUESTIONS) == 116
    assert {one["leaf"] for one in QUESTIONS} <= INTENTS


# The ministry's guide 1.2, written down here by hand: a leaf lost from the menu file is lost from this test's sight too
# if it were read from there.
GUIDE = {
    "11": "deposit", "12": "withdrawal", "13": "loan", "14": "repayment", "15": "transfer", "16": "account",
    "17": "rates", "18": "branches", "21": "account_overview", "22": "loan_query_overview", "23": "progress_loan",
    "24": "progress_withdrawal", "25": "unit_account", "26": "change_password", "31": "appointment_loan",
    "32": "appointment_repayment", "33": "appointment_withdrawal", "34": "sms_subscribe", "35": "appointment_change",
    "41": "complaint", "42": "suggestion", "43": "leave_question", "44": "order_progress",
}  # fmt: skip


def test_two_keys_lead_to_every_business_of_the_guide():
    for keys, leaf in GUIDE.items():
        first, second = keys
        choice = menu_at(menu_at(HOME).keys[first].opens).keys[second]
        assert leaf in (choice.asks, choice.opens), keys
        if choice.asks:
            assert choice.asks in rules()
    assert {key: one.asks for key, one in everywhere().items()} == {
        "0": "human_agent",
        "9": "repeat",
        "*": "go_back",
        "#": "main_menu",
    }


def test_keys_alone_reach_every_policy_and_every_branch():
    reached = set()
    for place in (*CATEGORIES[:-1], "branches"):
        menu, page = menu_at(place), 1
        while True:
            assert len(menu.keys) <= 8
            reached |= {choice.branch or choice.asks for choice in menu.keys.values()}
            if "8" not in menu.keys:
                break
            page += 1
            menu = menu_at(menu.keys["8"].opens)
            assert menu.keys["7"].opens == f"{place}:{page - 1}"
    assert set(all_policies()) <= reached
    assert {one.key for one in branches()} <= reached
    assert "opening_hours" in reached


def test_the_menu_is_told_from_the_menu_file():
    assert menu_at("query").spoken().startswith("业务查询：个人账户请按1，个人贷款请按2")
    assert menu_at("nowhere").place == HOME


def test_every_business_has_a_name_for_guesses_and_for_the_agents_screen():
    smalltalk = set(_smalltalk())
    steering = {"greet", "goodbye", "repeat", "go_back", "main_menu", "use_keypad", "no_keypad", "affirm", "deny"}
    steering |= {"sms_answer"}
    assert {one for one in INTENTS - SIGNALS - smalltalk - steering if not name_of(one)} == set()
    assert {one for one in steering | SIGNALS if name_of(one)} == set()


def _smalltalk():
    files = [PROJECT / "stories" / f"{topic}.yml" for topic in ("smalltalk", "outside")]
    return [rule["steps"][0]["intent"] for file in files for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]]


def test_the_tokenizer_knows_the_districts_and_the_branches():
    words = {
        line.split()[0] for path in (CONTENT / "words").glob("*.txt") for line in path.read_text("utf-8").splitlines()
    }
    assert {one.district for one in branches()} <= words
    assert {one.name for one in branches()} <= words


def test_categories_are_complete():
    assert sum(len(policies_of(category)) for category in CATEGORIES) == len(all_policies()) >= 90
    assert {path.stem for path in (CONTENT / "policies").glob("*.yml")} == set(CATEGORIES)
