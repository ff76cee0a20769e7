"""The speech lab: corpora, damage, training, evaluation, charts."""
