"""The speech lab: corpora, damage, trainings, scores, reports; each command is a file of this folder."""
