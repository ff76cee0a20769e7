"""One file per role: which engine `auto` takes, and how it gets its weights."""
