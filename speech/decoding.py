"""conf/model.conf of a Vosk folder: how the decoder searches, whichever network the folder holds."""

MODEL_CONF = """--min-active=50
--max-active={max_active}
--beam={beam}
--lattice-beam={lattice_beam}
--acoustic-scale={acoustic_scale}
--frame-subsampling-factor=3
--frames-per-chunk=9
--endpoint.silence-phones={silence}
--endpoint.rule2.min-trailing-silence=5.0
--endpoint.rule3.min-trailing-silence=5.0
--endpoint.rule4.min-trailing-silence=5.0
"""
"""Nine frames a chunk: the network answers every 90 ms, so a word shows soon (docs/listening.md, "Decoding").
The end-of-turn rules wait longer than any of our turns: the line decides when a caller has finished."""


def model_conf(silence: int, settings: dict[str, float]) -> str:
    """The file's text. `silence`: the phone of blank; `settings`: max_active, beam, lattice_beam, acoustic_scale."""
    return MODEL_CONF.format(silence=silence, **settings)
