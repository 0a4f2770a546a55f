"""How words are read, and that the engine reads them so."""

import re
import subprocess

import pytest

from bot.errors import ContentError
from bot.speaking.lexicon import Lexicon

READINGS = {
    # Words of the field with characters of several readings; from 现代汉语词典.
    "还款": "huan2 kuan3",
    "提前还款": "ti2 qian2 huan2 kuan3",
    "还贷": "huan2 dai4",
    "冲还贷": "chong1 huan2 dai4",
    "还清": "huan2 qing1",
    "归还": "gui1 huan2",
    "月还款额": "yue4 huan2 kuan3 e2",
    "还有": "hai2 you3",
    "还需要": "hai2 xu1 yao4",
    "银行": "yin2 hang2",
    "行业": "hang2 ye4",
    "重新": "chong2 xin1",
    "重听": "chong2 ting1",
    "重复": "chong2 fu4",
    "长期": "chang2 qi1",
    "增长": "zeng1 zhang3",
    "调整": "tiao2 zheng3",
    "调休": "tiao2 xiu1",
    "缴存": "jiao3 cun2",
    "提取": "ti2 qu3",
    "提供": "ti2 gong1",
    "余额": "yu2 e2",
    "差额": "cha1 e2",
    "数额": "shu4 e2",
    "职工": "zhi2 gong1",
    "联名卡": "lian2 ming2 ka3",
    "网点": "wang3 dian3",
    "处理": "chu3 li3",
    "参与": "can1 yu4",
    "累计": "lei3 ji4",
    "结清": "jie2 qing1",
    "结算": "jie2 suan4",
    "利率": "li4 lv4",
    "率先": "shuai4 xian1",
    "降低": "jiang4 di1",
    "为您": "wei4 nin2",
    "作为": "zuo4 wei2",
    "应当": "ying1 dang1",
    "当地": "dang1 di4",
    "部分": "bu4 fen4",
    "中心": "zhong1 xin1",
    "更正": "geng1 zheng4",
    "几个": "ji3 ge4",
    "不是": "bu2 shi4",
    "不能": "bu4 neng2",
    "一个": "yi2 ge4",
    "一起": "yi4 qi3",
    "第一": "di4 yi1",
    "十一月": "shi2 yi1 yue4",
    "一月一日": "yi1 yue4 yi1 ri4",
    "一万一千": "yi2 wan4 yi4 qian1",
    "星期一上午": "xing1 qi1 yi1 shang4 wu3",
    "百分之一点一": "bai3 fen1 zhi1 yi1 dian3 yi1",
    "幺三八": "yao1 san1 ba1",
}


@pytest.mark.parametrize(("word", "reading"), READINGS.items())
def test_words_of_the_field_are_read_as_the_dictionary_says(lexicon, word, reading):
    assert lexicon.reading(word) == reading


def test_pauses_and_letters_come_through_and_the_rest_is_left_out(lexicon):
    assert lexicon.reading("“您好”，T S 二（三）吗？") == "nin2 hao3; T S er4; san1; ma5?"
    assert lexicon.reading("缴存、提取。好。") == "jiao3 cun2, ti2 qu3; hao3."
    assert lexicon.reading("，。") == ""


def test_a_character_nobody_knows_does_not_shift_its_neighbours(lexicon):
    assert lexicon.reading("您兙还款") == "nin2 huan2 kuan3"


def test_the_engine_says_each_syllable_as_written(lexicon):
    """One phoneme word a syllable, each with the tone it was given; third tones may change before another one."""
    for word, reading in READINGS.items():
        said = subprocess.run(
            ["espeak-ng", "-x", "-q", "-v", "cmn-latn-pinyin", reading], capture_output=True, text=True, check=True
        ).stdout
        tones = {"1": "55", "2": "35", "3": "214 21 35", "4": "51", "5": "11 22 33 44"}
        syllables = re.findall(r"(\d\d+)", said)
        assert len(syllables) == len(word), said
        for tone, syllable in zip(re.findall(r"\d", reading), syllables, strict=True):
            assert syllable in tones[tone].split(), (word, reading, said)
        assert "(" not in said


def test_characters_given_to_the_engine_are_read_wrongly_which_is_why_it_gets_pinyin():
    said = subprocess.run(
        ["espeak-ng", "-x", "-q", "-v", "cmn-latn-pinyin", "贷款 银行"], capture_output=True, text=True, check=True
    ).stdout
    assert said.count("khw'a") == 2 and "S;'i35N" in said  # dài-kuǎn-kuǎn, yín-xíng


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("好: hao3\n还款: huan2\n", "lexicon.yml:2"),
        ("还款: huán kuǎn\n", "lexicon.yml:1"),
        ("还款: huan2 kuan6\n", "lexicon.yml:1"),
        ("好: hao3\n好: hao4\n", "lexicon.yml:2"),
        ("abc: a1 b1 c1\n", "lexicon.yml:1"),
        ("- 好\n", "lexicon.yml:1"),
        ("好: [hao3\n", "lexicon.yml"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path, content, where):
    file = tmp_path / "lexicon.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ContentError, match=re.escape(where)):
        Lexicon.read(file)
