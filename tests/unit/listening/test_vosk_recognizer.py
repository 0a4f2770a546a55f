"""The recogniser's model: what is checked when it is loaded, and that it never holds up the line."""

import asyncio
import shutil

import pytest

from bot.errors import RecognitionError, SettingsError
from bot.listening.questions import load_questions
from bot.listening.vosk_recognizer import VoskModel
from tests.audio.corpus import espeak, pcm
from tests.conftest import ROOT

GOOD = ROOT / "models" / "zh-12329"


def quiet(voice):
    """Line audio with a moment of silence on both sides."""
    return bytes(4800) + pcm(voice) + bytes(4800)


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(GOOD, tmp_path / "model")


def test_the_good_model_names_itself():
    model = VoskModel(GOOD)
    assert model.rate == 8000
    assert "公积金" in model.words
    assert len(model.digest) == 12


def test_a_changed_file_changes_the_models_name(copy):
    before = VoskModel(copy).digest
    with (copy / "conf" / "model.conf").open("a") as conf:
        conf.write("# changed\n")
    assert VoskModel(copy).digest != before


def test_a_folder_that_lacks_a_part_is_refused_with_its_name(copy):
    (copy / "am" / "final.mdl").unlink()
    with pytest.raises(SettingsError, match="final.mdl"):
        VoskModel(copy)


def test_a_damaged_model_is_refused(copy):
    (copy / "am" / "final.mdl").write_bytes(b"\0Bnonsense")
    with pytest.raises(SettingsError, match="损坏"):
        VoskModel(copy)


def test_a_model_of_another_rate_is_refused(copy):
    conf = copy / "conf" / "mfcc.conf"
    conf.write_text(conf.read_text().replace("8000", "16000"))
    with pytest.raises(SettingsError, match="16000 Hz"):
        VoskModel(copy)


async def test_a_closed_stream_says_so():
    recognizer = VoskModel(GOOD).recognizer()
    await recognizer.begin(())
    recognizer.close()
    with pytest.raises(RecognitionError):
        await recognizer.accept(bytes(320))


async def test_the_loop_goes_on_while_the_recogniser_computes():
    model = VoskModel(GOOD)
    recognizer = model.recognizer()
    await recognizer.begin(())
    work = asyncio.create_task(recognizer.accept(pcm(espeak("公积金贷款利率是多少")) * 4))
    ticks = 0
    while not work.done():
        ticks += 1
        await asyncio.sleep(0.005)
    assert ticks > 3
    assert (await recognizer.finish()).words


async def test_two_calls_do_not_hear_each_other():
    model = VoskModel(GOOD)
    calls = [((), quiet(espeak("公积金贷款利率是多少"))), (("人工", "返回"), quiet(espeak("人工", "m3")))]

    async def heard(*chosen):
        recognizers = [model.recognizer() for _ in chosen]
        for recognizer, (grammar, _) in zip(recognizers, chosen, strict=True):
            await recognizer.begin(grammar)
        for at in range(0, max(len(sound) for _, sound in chosen), 1600):
            for recognizer, (_, sound) in zip(recognizers, chosen, strict=True):
                if sound[at : at + 1600]:
                    await recognizer.accept(sound[at : at + 1600])
        return [(await recognizer.finish()).text for recognizer in recognizers]

    alone = await heard(calls[0]) + await heard(calls[1])
    assert await heard(*calls) == alone
    assert alone[1] == "人工"


async def heard_under(grammar, *sounds):
    """What one call's recogniser makes of turns under the same grammar."""
    recognizer = VoskModel(GOOD).recognizer()
    texts = []
    for sound in sounds:
        await recognizer.begin(grammar)
        for at in range(0, len(sound), 1600):
            await recognizer.accept(sound[at : at + 1600])
        texts.append((await recognizer.finish()).text)
    return texts


async def test_a_grammar_keeps_its_own_answers_and_lets_other_wishes_through():
    digits = load_questions(ROOT / "voices" / "questions.yml")["digits"].grammar
    said = ["三九八二", "人工", "等一下", "我不知道", "慢一点", "五九七九"]
    assert await heard_under(digits, *(quiet(espeak(text)) for text in said)) == said


async def test_a_grammar_is_left_again_for_open_decoding():
    recognizer = VoskModel(GOOD).recognizer()
    sound = quiet(espeak("公积金贷款利率是多少"))
    partials, texts = [], []
    for grammar in (("是的", "不是"), ()):
        await recognizer.begin(grammar)
        partials.append(await recognizer.accept(sound))
        texts.append((await recognizer.finish()).text)
    assert set(partials[0]) <= set("是的不")
    assert all("利率是多少" in text for text in texts)
