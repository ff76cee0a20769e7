"""The experiment: voices trained in four ways under one budget, and what cleaning and augmentation do."""
