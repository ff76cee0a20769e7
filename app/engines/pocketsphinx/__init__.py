"""PocketSphinx, in processes of its own, since it holds the interpreter's lock."""
