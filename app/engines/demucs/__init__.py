"""Demucs: cleans speech by separating the voice from everything else."""
