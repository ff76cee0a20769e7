"""The corpora: a generator of multi-speaker speech, and loaders for folders like LJSpeech's and VCTK's."""
