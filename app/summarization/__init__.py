"""What the minutes need: sentences, words, cues, ranking, topics; prompts, answers and their sources."""
