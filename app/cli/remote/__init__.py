"""Jobs of a server elsewhere, by its API: konspekt jobs send, list, show, wait, get and more."""
