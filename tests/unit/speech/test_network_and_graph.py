"""The workshop's own environment (.venv-speech) at work: export, features, a graph that Vosk decodes."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.long  # PyTorch is a workshop tool of some gigabytes: no part of make test

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-speech" / "bin" / "python"


def in_workshop(script: str) -> str:
    """Run a script there; its output. Skips loudly if the environment is not installed."""
    if not PYTHON.exists():
        pytest.skip(".venv-speech is not here: install deploy/locks/speech.txt (docs/models.md)")
    done = subprocess.run([PYTHON, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_exported_file_computes_what_pytorch_computes_and_can_be_trained_on(tmp_path: Path):
    out = in_workshop(f"""
import numpy as np, torch
from pathlib import Path
from speech.export import export, imported
from speech.network import Network, Shape
from speech.evaluator import Evaluator
torch.manual_seed(1); torch.set_num_threads(1)
network = Network(Shape(8, 16, ((1, 1), (2, 0))))
for module in network.modules():
    if isinstance(module, torch.nn.BatchNorm1d):
        module.running_mean.normal_(0, 0.3); module.running_var.uniform_(0.5, 2); module.weight.data.uniform_(0.5, 1.5)
settings = dict(blank_penalty=3.0, max_active=1, beam=1, lattice_beam=1, acoustic_scale=1)
mean = np.linspace(-3, 3, 40).astype("f4")
folder = Path({str(tmp_path)!r})
print(export(network.eval(), mean, folder, settings))
again, read_mean = imported(folder, 3.0)
x = torch.randn(1, 50, 40) * 5
with torch.no_grad():
    print(float((again(x) - network(x)).abs().max()), float(np.abs(read_mean - mean).max()))
""")
    difference, imported_difference, mean_difference = map(float, out.split()[-3:])
    assert difference < 1e-4
    assert imported_difference < 1e-3
    assert mean_difference < 1e-4


def test_log_mel_times_the_cepstral_matrix_is_kaldis_mfcc():
    out = in_workshop("""
import kaldi_native_fbank as knf, numpy as np
from speech import features
samples = np.random.default_rng(1).normal(0, 3000, 8000).astype("f4")
options = knf.MfccOptions()
options.frame_opts.samp_freq = 8000; options.frame_opts.dither = 0; options.use_energy = False
options.num_ceps = 40; options.mel_opts.num_bins = 40; options.mel_opts.low_freq = 40; options.mel_opts.high_freq = -200
mfcc = knf.OnlineMfcc(options)
mfcc.accept_waveform(8000, samples); mfcc.input_finished()
kaldi = np.array([mfcc.get_frame(i) for i in range(mfcc.num_frames_ready)])
print(np.abs(kaldi - features.log_mel(samples) @ features.cepstral_matrix()).max())
""")
    assert float(out) < 1e-3


def test_the_graph_of_a_tiny_vocabulary_loads_in_vosk_and_hears_a_synthetic_speaker(tmp_path: Path):
    out = in_workshop(f"""
import shutil
from pathlib import Path
import numpy as np
from speech import graph, settings, synthesis
from speech.hearing import Ear
folder = Path({str(tmp_path)!r}) / "model"
for name in ("am", "conf"):
    shutil.copytree(settings.ROOT / "models" / "zh-12329" / name, folder / name)
small = dict(settings.load()["graph"], general_words=0)
graph.build(folder / "graph", [("我要查公积金余额", 1.0), ("转人工", 1.0), ("代际互助怎么办", 1.0)], small)
sound = synthesis.say("代际互助怎么办", "m3", 150, 45, 8000)
sound = np.concatenate([np.zeros(2400), sound, np.zeros(4000)])
sound += np.random.default_rng(0).normal(0, 10, len(sound))
ear = Ear(folder)
print(ear.hear(sound.astype("f4")).text, ear.hear(sound.astype("f4"), ["转人工", "[unk]"]).text or "nothing")
""")
    heard, under_grammar = out.split()
    assert heard == "代际互助怎么办"
    assert under_grammar == "nothing"
