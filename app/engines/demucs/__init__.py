"""Demucs: the voice without what sounds beside it."""
