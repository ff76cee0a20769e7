"""wav2vec2, HuBERT, WavLM: the vector of a recording."""
