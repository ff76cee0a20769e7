"""Live transcription, without the socket: streams of sound become text while people speak."""
