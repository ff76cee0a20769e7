"""Whisper, by CTranslate2 or torch: transcribes recordings and live streams, with the times of words."""
