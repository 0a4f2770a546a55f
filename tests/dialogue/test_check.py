"""What an editor may do wrong, planted one at a time in a small right project: found, placed, with a way to mend it."""

import shutil
import wave
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.check import check, findings
from bot.check.finding import Finding
from bot.check.project import Project

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).parent / "tiny_project"

SOON = date.today() + timedelta(days=10)
POLICY = """\
loan_rate:
  question: 贷款利率
  text: |
    首套贷款利率是{facts.rate}。
  short: 利率是{facts.rate}。
  scope: national
  source: 银发〔2025〕1号
  effective_from: 2025-05-08
  checked_on: 2026-11-01
  verified: true
"""
NAMES = """\
names:
  ask_person: 转人工服务
  mumble: 不想说话
"""
HELD_OUT = """\
# 考题
questions:
- {say: "首套房的贷款利率现在是多少", leaf: loan_rate}
"""
LOAN_RATE = """\
nlu:
  - intent: loan_rate
    examples: |
      - 首套利率
      - 买房利率怎么算
"""
LOAN_RULE = "  - {rule: policy, steps: [{intent: loan_rate}, {action: action_answer_policy}]}\n"
REPEATS = """\
  utter_no_input_open: [{text: "没有听到。"}]
  utter_no_match_open: [{text: "没有听清。"}]
  utter_no_input_yes_no: [{text: "没有听到，是不是？", metadata: {question: yes_no}}]
  utter_no_match_yes_no: [{text: "没有听清，是不是？", metadata: {question: yes_no}}]
  utter_greet:"""
ASKS_AGAIN = """
AGAIN = [f"utter_no_{signal}_{question}" for signal in ("input", "match") for question in ("open", "yes_no")]
"""
QUESTIONS = "questions:\n  open: {}\n  yes_no: {}\n"
MENU = """\
everywhere:
  "0": {name: 人工, asks: ask_person}
menus:
  main:
    name: 主菜单
    keys:
      "1": {name: 利率, asks: ask_rate}
      "2": {name: 更多, opens: more}
      "3": {name: 贷款, lists: loan}
  more:
    name: 更多
    above: main
    keys:
      "1": {name: 你好, asks: greet}
      "2": {name: 不说, asks: mumble}
"""

NOTICES = """\
notices:
  upgrade:
    name: 系统升级公告
    short: 系统正在升级。
    text: 系统升级到早上六点，利率是{facts.rate}。
    from: 2026-01-01
    to: 2099-12-31
    source: 演示
    checked_on: 2026-11-28
    verified: false
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The tiny project, with a policy, a menu and its actions where a real project has them."""
    shutil.copytree(TINY, tmp_path / "project", ignore=shutil.ignore_patterns(".rasa", "__pycache__"))
    root = tmp_path / "project"
    (root / "tiny_actions").rename(root / "actions")
    (root / "content" / "policies").mkdir()
    (root / "content" / "policies" / "loan.yml").write_text(POLICY)
    (root / "content" / "menu.yml").write_text(MENU)
    (root / "content" / "notices.yml").write_text(NOTICES)
    (root / "content" / "names.yml").write_text(NAMES)
    for name in ("appointments", "sms"):
        shutil.copy(ROOT / "content" / f"{name}.yml", root / "content")
    (root / "content" / "words").mkdir()
    (root / "content" / "words" / "fund.txt").write_text("公积金 1000\n公基金 1000\n提取 900\n利率 900\n")
    (root / "tests" / "dialogue").mkdir(parents=True)
    (root / "tests" / "dialogue" / "questions_116.yml").write_text(HELD_OUT)
    (root / "voices").mkdir()
    (root / "voices" / "questions.yml").write_text(QUESTIONS)
    plant(root, "domain.yml", "  utter_greet:", REPEATS)
    plant(root, "domain.yml", "[greet,", "[greet, loan_rate,")
    plant(root, "nlu/all.yml", "nlu:\n", LOAN_RATE)
    plant(root, "stories/all.yml", "rules:\n", f"rules:\n{LOAN_RULE}")
    plant(root, "domain.yml", "actions: [", "actions: [action_answer_policy, ")
    (root / "actions" / "again.py").write_text(ASKS_AGAIN)
    return root


def found(root: Path, *, notes: bool = False) -> list[Finding]:
    """All findings but Rasa's own, which needs half a minute."""
    return sorted(one for one in findings(Project(root)) if one.note == notes)


def plant(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text()
    assert old in text, f"{file} has no {old!r} to replace"
    (root / file).write_text(text.replace(old, new, 1))


def line_in(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text().split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_right_project_has_nothing_to_mend(project: Path) -> None:
    assert found(project) == []


PLANTED: list[tuple[str, str, str, str, str, str]] = [
    # file, what stands there, what is planted, where it must be found, what must be said, how to mend it
    ("domain.yml", "  utter_greet:", "  utter_greet：", "utter_greet：", "全角冒号", "半角"),
    ("domain.yml", '"您按了{key}。"', '"您按了{kei}。"', "{kei}", "没有这个名称", "花括号"),
    ("domain.yml", "{facts.rate}", "{facts.rat}", "{facts.rat}", "rat", "花括号"),
    ("domain.yml", '"你好。"', '"你好😀。"', "😀", "念不出来", "汉字"),
    ("domain.yml", '"您好呀。"', f'"{"很长的话，" * 50}"', "很长的话", "超过45秒", "删减"),
    (
        "domain.yml",
        "  utter_greet:",
        "  utter_lonely: [{text: 没人说我。}]\n  utter_greet:",
        "lonely",
        "不会说到",
        "删去",
    ),
    ("domain.yml", "  utter_again:", "  utter_rate:", '  utter_rate: [{text: "没听清', "写了两次", "留下一处"),
    ("domain.yml", "mumble,", "mumble, whistle,", "intents:", "whistle 没有例句", "来电人的说法"),
    ("domain.yml", "version:", "\tversion:", "\tversion", "制表符", "空格"),
    ("stories/all.yml", "action: utter_rate", "action: utter_price", "utter_price", "没有写说什么", "responses"),
    (
        "stories/all.yml",
        "action_silent",
        "action_quiet",
        "action_quiet",
        "action_quiet 在 domain.yml 里没有",
        "actions",
    ),
    ("nlu/all.yml", "      - 早上好\n", "      - 早上好\n      - 你好\n", "intent: ask_rate", "重复", "删去"),
    ("nlu/all.yml", "      - 早上好\n", "      - 转人工\n", "我要找人工", "两个意图", "一个意图"),
    ("nlu/all.yml", "早上好", "早上 好", "早上 好", "空格", "去掉空格"),
    ("nlu/all.yml", "早上好", "/早上好", "/早上好", "命令", "去掉"),
    ("nlu/all.yml", "intent: mumble", "intent: mutter", "什么也别说", "mutter 在 domain.yml 里没有", "intents"),
    ("content/centre.yml", '演示中心"', "演示中心", "name", "引号没有配对", "引号"),
    ("content/facts.yml", "2025-05-08", "2099-05-08", "rate", "不在有效期", "effective_from"),
    ("content/menu.yml", '"1": {name: 利率', "1: {name: 利率", "1: {name: 利率", "没有加引号", '"1"'),
    ("content/menu.yml", '"1": {name: 利率', '"12": {name: 利率', '"12"', "没有“12”这个按键", "按键只能是"),
    ("content/menu.yml", "asks: ask_rate", "asks: ask_price", "ask_price", "ask_price 不存在", "domain.yml"),
    ("content/menu.yml", "opens: more", "opens: less", "opens: less", "less 不存在", "菜单"),
    ("content/menu.yml", "{name: 更多, opens: more}", "{name: 更多, asks: greet}", "  more:", "没有按键能打开", "按键"),
    ("content/policies/loan.yml", "  source: 银发〔2025〕1号\n", "", "loan_rate", "source", "补上"),
    ("content/policies/loan.yml", "银发〔2025〕1号", '""', "loan_rate", "没有出处", "source"),
    (
        "content/policies/loan.yml",
        "  checked_on",
        "  effective_to: 2026-01-01\n  checked_on",
        "loan_rate",
        "失效",
        "现行",
    ),
    (
        "content/policies/loan.yml",
        "。\n  short",
        "。" + "这很重要。" * 50 + "\n  short",
        "loan_rate",
        "超过45秒",
        "删减",
    ),
    ("content/notices.yml", "    to: 2099-12-31", "    to: 2025-12-31", "    to:", "结束早于开始", "from 和 to"),
    ("content/notices.yml", "    source: 演示\n", "", "upgrade:", "source", "补上"),
    ("content/notices.yml", "source: 演示", 'source: ""', "upgrade:", "没有出处", "source"),
    ("content/notices.yml", "{facts.rate}", "{facts.rat}", "upgrade:", "rat", "花括号"),
    ("content/notices.yml", "正在升级。", "正在升级。" + "请您稍后再拨。" * 15, "upgrade:", "接通后说太长", "缩短"),
    ("content/policies/loan.yml", "{facts.rate}。\n  short", "2.6%☎。\n  short", "loan_rate", "☎", "汉字"),
    ("content/policies/loan.yml", "verified: true", "verified: yes", "verified", "“是”", "yes"),
    (
        "content/policies/loan.yml",
        "利率是{facts.rate}。\n  scope",
        "利率。" * 30 + "\n  scope",
        "loan_rate",
        "超过15秒",
        "删减",
    ),
    (
        "content/policies/loan.yml",
        "首套贷款利率是{facts.rate}",
        "首套贷款利率是百分之三",
        "百分之三",
        "百分之三",
        "facts.yml",
    ),
    (
        "content/policies/loan.yml",
        "首套贷款利率是{facts.rate}",
        "首套贷款利率是百分之二点六",
        "百分之二点六",
        "文字里",
        "{facts.rate}",
    ),
    (
        "content/policies/loan.yml",
        "利率是{facts.rate}。\n  scope",
        "满3个月，利率看当地。\n  scope",
        "满3个月",
        "3个月",
        "facts.yml",
    ),
    ("content/policies/loan.yml", "首套贷款利率", "首套贷款力率", "力率", "“力率”与专业词“利率”同音", "改成“利率”"),
    ("content/policies/loan.yml", "2025-05-08", "2099-05-08", "loan_rate", "不在有效期", "effective_from"),
    ("content/facts.yml", 'source: "测试"', 'source: ""', "rate", "没有出处", "source"),
    ("domain.yml", '"你好。"', '"你好，可以贷30万元。"', "30万元", "30万元", "facts.yml"),
    ("domain.yml", '"你好。"', '"你好，三天以后再来。"', "三天", "三天", "facts.yml"),
    ("domain.yml", '"你好。"', '"你好𠮷。"', "𠮷", "念不出来", "汉字"),
    ("domain.yml", '"你好。"', '"你好龦。"', "龦", "念不出来", "生僻字"),
    (
        "domain.yml",
        "utter_no_input_yes_no: [{",
        "utter_no_input_yes_or_no: [{",
        "question: yes_no",
        "没有人回答",
        "utter_no_input_yes_no",
    ),
    (
        "domain.yml",
        "utter_no_match_open: [{",
        "utter_no_match_opened: [{",
        "question: open",
        "没有听清",
        "utter_no_match_open",
    ),
    (
        "domain.yml",
        "metadata: {question: open}",
        "metadata: {question: opne}",
        "opne",
        "没有“opne”这种提问",
        "open、yes_no",
    ),
    ("content/appointments.yml", "  morning: 6", "  morning: 很多", "morning", "整数", "提示"),
    ("content/appointments.yml", "    bring: 请带上身份证和还款的银行卡。\n", "", "name: 提前还款", "bring", "补上"),
    ("content/sms.yml", "  policy: 政策通知\n", "", "topics:", "policy", "补上"),
    ("content/sms.yml", "  message: 抱歉", "  massage: 抱歉", "unclear", "message", "补上"),
    ("content/policies/loan.yml", "首套贷款", "请带身份证和银行卡。首套贷款", "loan_rate", "没有写短信", "sms"),
    (
        "content/policies/loan.yml",
        "  scope",
        f"  sms: {'请带身份证。' * 24}\n  scope",
        "loan_rate",
        "超过140个字",
        "删减",
    ),
    ("voices/questions.yml", "  yes_no: {}", "  yes_no： {}", "yes_no：", "全角冒号", "半角"),
    ("nlu/all.yml", "      - 早上好\n", "      - 首套房贷款利率现在是多少\n", "首套房贷款利率现在", "考题", "换一种"),
    (
        "content/menu.yml",
        '      "2": {name: 不说, asks: mumble}\n',
        "",
        "domain.yml:mumble",
        "mumble 只能说",
        "menu.yml",
    ),
    (
        "content/menu.yml",
        '      "3": {name: 贷款, lists: loan}\n',
        "",
        "domain.yml:loan_rate",
        "loan_rate 只能说",
        "菜单",
    ),
    ("stories/all.yml", LOAN_RULE, "", "domain.yml:loan_rate", "loan_rate 没有规则", "stories/"),
    ("config.yml", "LogisticRegressionClassifier", "DIETClassifier", "DIETClassifier", "TensorFlow", "已有的"),
    ("nlu/all.yml", "intent: ask_person", "intent: crash", "content/menu.yml:ask_person", "只能按键", "nlu/"),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "said", "mend"), PLANTED, ids=lambda one: one[:20])
def test_a_planted_mistake_is_found_where_it_is(
    project: Path, file: str, old: str, new: str, place: str, said: str, mend: str
) -> None:
    plant(project, file, old, new)
    if ":" in place and place.split(":")[0].endswith(".yml"):  # told where it is to be mended
        file, _, place = place.partition(":")
    line = line_in(project, file, place)
    fitting = [one for one in found(project) if one.file == file and said in one.message and mend in one.mend]
    assert fitting, "\n".join(map(str, found(project)))
    assert any(abs(one.line - line) <= 1 for one in fitting), f"expected near line {line}: {fitting}"


NOTED: list[tuple[str, str, str, str, str, str]] = [
    (
        "content/policies/loan.yml",
        "  checked_on",
        f"  effective_to: {SOON}\n  checked_on",
        "loan_rate",
        "将在",
        "新的说法",
    ),
    ("content/policies/loan.yml", "2026-11-01", "2025-11-01", "loan_rate", "上次核对", "checked_on"),
    ("content/facts.yml", "effective_from", f"effective_to: {SOON}, effective_from", "rate", "将在", "新的说法"),
    (
        "nlu/all.yml",
        "      - 早上好\n",
        "      - 攻击金贷款\n",
        "攻击金",
        "“攻击金”与专业词“公积金”同音",
        "content/words",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "said", "mend"), NOTED, ids=lambda one: one[:20])
def test_what_is_worth_knowing_is_a_note_and_no_mistake(
    project: Path, file: str, old: str, new: str, place: str, said: str, mend: str
) -> None:
    plant(project, file, old, new)
    line = line_in(project, file, place)
    notes = found(project, notes=True)
    assert any(
        one.file == file and said in one.message and mend in one.mend and abs(one.line - line) <= 1 for one in notes
    ), "\n".join(map(str, notes))
    assert found(project) == []


def test_a_slower_voice_makes_texts_too_long(project: Path) -> None:
    plant(project, "content/policies/loan.yml", "。\n  short", "。" + "这很重要。" * 35 + "\n  short")
    assert found(project) == []
    (project / "voices" / "voices.yml").write_text("default: {engine_voice: x, words_per_minute: 150}\n")
    assert ["超过45秒" in one.message for one in found(project)] == [True]


def saved_as(encoding: str) -> Callable[[bytes], bytes]:
    return lambda content: content.decode().encode(encoding)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(saved_as("gbk"), "GBK"), (saved_as("utf-8-sig"), "BOM"), (saved_as("utf-16"), "UTF-16")],
    ids=["GBK", "BOM", "UTF-16"],
)
def test_a_file_from_a_windows_editor_is_recognised(project: Path, spoil: Callable[[bytes], bytes], said: str) -> None:
    file = project / "content" / "menu.yml"
    file.write_bytes(spoil(file.read_bytes()))
    fitting = [one for one in found(project) if one.file == "content/menu.yml" and said in one.message]
    assert fitting and "UTF-8" in fitting[0].mend


YEAR = """\
{
  "year": 2027,
  "source": "通知",
  "days": [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
    {"name": "春节", "date": "2027-02-06", "isOffDay": true},
    {"name": "春节", "date": "2027-02-14", "isOffDay": false},
    {"name": "清明节", "date": "2027-04-05", "isOffDay": true},
    {"name": "劳动节", "date": "2027-05-01", "isOffDay": true},
    {"name": "端午节", "date": "2027-06-09", "isOffDay": true},
    {"name": "国庆节、中秋节", "date": "2027-10-01", "isOffDay": true}
  ]
}
"""


def year_of_holidays(project: Path, text: bytes, name: str = "2027.json") -> list[tuple[int, str]]:
    folder = project / "content" / "holidays"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(text)
    return [(one.line, f"{one.message} {one.mend}") for one in found(project) if one.file == f"content/holidays/{name}"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("true},", "true}，", 5, "全角标点“，”"),
        ("true},", "true}", 6, "上一行"),
        ("true}\n", "true},\n", 12, "逗号"),
        ('"year": 2027', '"year": 2026', 2, "与文件名不同"),
        ("通知", "", 3, "没有出处"),
        ("2027-04-05", "2026-04-05", 8, "不在2027年"),
        ("2027-04-05", "2027-04-31", 8, "不是正确的日期"),
        ("2027-04-05", "2027-01-01", 8, "前一处在第5行"),
        ("2027-02-14", "2027-02-15", 7, "本来就是工作日"),
        ("false", '"false"', 7, "isOffDay"),
        ("端午节", "端阳", 0, "没有写端午"),
        ("days", "day", 0, "没有 days"),
    ],
)
def test_the_coming_years_holidays_are_looked_at_line_by_line(
    project: Path, old: str, new: str, line: int, said: str
) -> None:
    assert year_of_holidays(project, YEAR.encode()) == []
    told = year_of_holidays(project, YEAR.replace(old, new, 1).encode())
    assert any(at == line and said in text for at, text in told), told


def test_a_year_of_holidays_from_a_windows_editor(project: Path) -> None:
    assert "BOM" in str(year_of_holidays(project, YEAR.encode("utf-8-sig")))
    assert "GBK" in str(year_of_holidays(project, YEAR.encode("gbk")))
    assert "不是年份" in str(year_of_holidays(project, YEAR.encode(), "2027.json.txt"))


def test_a_name_written_twice_is_told_alone(project: Path) -> None:
    plant(project, "content/policies/loan.yml", POLICY, POLICY + POLICY)
    assert {one.message for one in found(project)} == {"“loan_rate”写了两次"}


@pytest.mark.parametrize(
    ("words", "line", "said"),
    [
        ("公积金 1000\n北湖区　500\n".encode(), 2, "半角空格"),
        ("公积金 1000\n北湖区\n".encode(), 2, "一个词加一个数"),
        ("公积金 1000\n公积金 500\n".encode(), 2, "前一处在第1行"),
        ("ok 1\n公积金 1000\n".encode("gbk"), 2, "GBK"),
    ],
)
def test_a_word_that_would_be_read_otherwise_is_refused(project: Path, words: bytes, line: int, said: str) -> None:
    (project / "content" / "words" / "fund.txt").write_bytes(words)
    told = [one for one in found(project) if one.file == "content/words/fund.txt"]
    assert [(one.line, said in f"{one.message} {one.mend}") for one in told] == [(line, True)]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("greet", "great", 5, "great 在 domain.yml 里没有"),
        ("utter_greet", "utter_great", 6, "responses"),
        ("utter_greet", "action_great", 6, "actions"),
        ("story: ", "story：", 2, "全角冒号"),
        ("utter_greet\n", "utter_greet\n  stories:\n  - story: 再见\n", 7, "顶格写"),
    ],
)
def test_a_test_dialogue_is_looked_at_before_training(project: Path, old: str, new: str, line: int, said: str) -> None:
    dialogue = project / "tests" / "dialogue" / "test_greet.yml"
    right = "stories:\n- story: 问好\n  steps:\n  - user: 你好\n    intent: greet\n  - action: utter_greet\n"
    dialogue.write_text(right)
    assert found(project) == []
    dialogue.write_text(right.replace(old, new, 1))
    told = [one for one in found(project) if one.file == "tests/dialogue/test_greet.yml"]
    assert any(one.line == line and said in f"{one.message} {one.mend}" for one in told), told


@pytest.mark.parametrize(
    ("written", "read_as"), [("press: 012", "10"), ("after: 12:30", "750"), ("say: no", "否"), ("press: 123", "引号")]
)
def test_digits_and_words_that_yaml_reads_otherwise_are_refused(project: Path, written: str, read_as: str) -> None:
    script = project / "tests" / "calls" / "balance.yml"
    script.parent.mkdir(parents=True)
    script.write_text(f"name: 查余额\nsteps:\n- {written}\n")
    fitting = [one for one in found(project) if one.file == "tests/calls/balance.yml" and one.line == 3]
    assert any(read_as in one.message for one in fitting), fitting
    name, _, value = written.partition(": ")
    script.write_text(f'name: 查余额\nsteps:\n- {name}: "{value}"\n')
    assert found(project) == []


def test_a_recording_that_no_longer_fits_its_text_is_named(project: Path) -> None:
    recorded = project / "voices" / "recorded"
    recorded.mkdir(parents=True)
    with wave.open(str(recorded / "utter_greet.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    (recorded / "utter_greet.txt").write_text("你好。")
    assert found(project) == []
    (recorded / "utter_greet.txt").write_text("早上好。")
    assert [one.file for one in found(project)] == ["voices/recorded/utter_greet.wav"]


def test_words_that_the_recogniser_lacks_are_notes(project: Path) -> None:
    graph = project / "models" / "zh-test" / "graph"
    graph.mkdir(parents=True)
    graph.joinpath("words.txt").write_text("<eps> 0\n利率 1\n多少 2\n是 3\n提 4\n取 5\n")
    notes = [one for one in found(project, notes=True) if "识别" in one.message]
    words = [one for one in notes if one.file == "content/words/fund.txt"]
    assert [(one.line, one.message[:8]) for one in words] == [
        (1, "专业词“公积金”"),
        (2, "专业词“公基金”"),
        (3, "专业词“提取”语"),
    ]
    assert all("make words" in one.mend for one in notes)
    notes = [one for one in notes if one not in words]
    assert notes and "公积金" in notes[0].message and "利率" not in notes[0].message.split("：")[1].split("、")
    assert found(project) == []


@pytest.mark.rasa
def test_rasa_has_its_say_and_every_warning_counts(project: Path) -> None:
    assert [one for one in check(project) if not one.note] == []
    plant(project, "stories/all.yml", "  - {rule: greeting, steps: [{intent: greet}, {action: utter_greet}]}\n", "")
    contradiction = (
        "stories:\n"
        "- {story: a, steps: [{intent: greet}, {action: utter_greet}]}\n"
        "- {story: b, steps: [{intent: greet}, {action: utter_again}]}\n"
        "rules:"
    )
    plant(project, "stories/all.yml", "rules:", contradiction)
    said = [str(one) for one in check(project) if not one.note]
    assert any("故事互相矛盾" in one for one in said), said
    (project / "nlu" / "all.yml").write_text('version: "3.1"\nnlu: []\n')
    assert any("没有读到" in str(one) for one in check(project))
