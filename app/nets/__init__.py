"""Our own torch networks, each with its config, and their checkpoints."""
