"""wav2vec2: the vector of a recording."""
