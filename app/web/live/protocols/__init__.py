"""How clients of live transcription speak: our own messages, and those of other programs' clients."""
