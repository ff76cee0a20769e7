"""Sound as numbers: waveforms, decoding, chunks. numpy and ffmpeg only."""
