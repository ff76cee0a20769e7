"""Speaker diarization: segmentation → embedding → clustering → reconstruction; `diarizer.py` joins them."""
