"""Whisper: recordings, live streams, word times."""
