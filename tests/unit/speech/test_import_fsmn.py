"""An FSMN checkpoint becomes a network that Vosk reads: the same numbers, homophones as parallel arcs."""

import argparse
import struct
from pathlib import Path

import numpy as np
import pytest

from bot.listening.vosk_recognizer import VoskModel
from speech import import_fsmn, mdl, syllables
from speech.fsmn import Teacher
from speech.hcl import UNKNOWN, Tree, phones_in
from speech.settings import SPEECH, load
from tests.audio.corpus import espeak, pcm

TOKENS = ["<blank>", "<unk>", "公", "工", "积", "金", "x"]
SIZES = {"front": 6, "width": 8, "memory": 5}


def array(values: np.ndarray) -> bytes:
    sizes = b"".join(struct.pack("<bi", 4, size) for size in values.shape)
    return (b"FM " if values.ndim == 2 else b"FV ") + sizes + values.astype("<f4").tobytes()


def component(kind: str, *weights: np.ndarray) -> bytes:
    size = struct.pack("<bi", 4, len(weights[0]) if weights else 1)
    return f"<{kind}> ".encode() + size + size + b"".join(array(one) for one in weights)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A small one with all the parts of the published network, invented numbers."""
    rng = np.random.default_rng(3)
    front, width, memory = SIZES.values()

    def made(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.4, shape)

    parts = [component("AffineTransform", made(front, 400), made(front))]
    parts += [component("AffineTransform", made(width, front), made(width)), component("RectifiedLinear")]
    parts += [component("LinearTransform", made(memory, width)), component("Fsmn", made(4, memory), made(2, memory))]
    parts += [component("AffineTransform", made(len(TOKENS), memory), made(len(TOKENS))), component("Softmax")]
    (tmp_path / "fsmn-char-ctc.net").write_bytes(b"\0B" + b"".join(parts))
    shift, scale = (" ".join(map(str, values)) for values in (rng.normal(-12, 1, 400), rng.uniform(0.1, 0.3, 400)))
    (tmp_path / "fsmn-char-ctc.mvn").write_text(f"<Nnet> [ 0 ] <AddShift> [ {shift} ] <Rescale> [ {scale} ]")
    (tmp_path / "tokens.txt").write_text("\n".join(TOKENS) + "\n")
    return tmp_path


def test_the_written_network_computes_what_the_checkpoint_computes(checkpoint: Path):
    teacher = Teacher(checkpoint)
    path = checkpoint / "final.mdl"
    mdl.write(path, import_fsmn.assemble(teacher, 0.0), len(TOKENS) - 1)
    assert import_fsmn.proved(path, teacher) < 1e-4


def test_a_network_that_computes_something_else_is_refused(checkpoint: Path):
    teacher = Teacher(checkpoint)
    path = checkpoint / "final.mdl"
    mdl.write(path, import_fsmn.assemble(teacher, 3.0), len(TOKENS) - 1)
    with pytest.raises(import_fsmn.ImportFailed):
        import_fsmn.proved(path, teacher)


def test_characters_of_one_sound_are_parallel_arcs(tmp_path: Path):
    (tmp_path / "units.txt").write_text("\ngong\ngong\nji\njin\n\n")
    phones, count = phones_in(tmp_path / "units.txt")
    assert phones == {"gong": [2, 3], "ji": [4], "jin": [5]} and count == 6
    tree = Tree({"<eps>": 0, "公": 1, UNKNOWN: 2, "#0": 3}, 3.0, phones, count)
    tree.add("公", {("gong",): 0.0})
    said = {i for a, b, i, _, _ in tree.arcs if a == 0 and b and i}
    assert {6, 11} <= said  # the transition-ids with which phones 2 and 3 begin
    assert tree.disambiguation == 33 > max(i for _, _, i, _, _ in tree.arcs if i != tree.disambiguation)


@pytest.mark.long
async def test_the_published_checkpoint_hears_the_hotlines_words(shared: Path, tmp_path: Path):
    options = argparse.Namespace(
        checkpoint=shared / "speech" / "teacher", model=tmp_path / "model", blank_penalty=3.0, acoustic_scale=0.7
    )
    import_fsmn.run(load(SPEECH / "settings.yml"), options)
    assert len(phones_in(tmp_path / "model" / "units.txt")[0]) > 0.95 * len(syllables.units())
    recognizer = VoskModel(tmp_path / "model").recognizer()
    await recognizer.begin(())
    await recognizer.accept(bytes(4800) + pcm(espeak("公积金贷款利率是多少")) + bytes(8000))
    assert "公积金" in (await recognizer.finish()).text
