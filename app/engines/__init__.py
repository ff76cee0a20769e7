"""One file per wrapped model, behind a Protocol per role; and the device's turn-taking."""
