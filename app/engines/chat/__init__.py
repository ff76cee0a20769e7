"""Chat models that write minutes: folders read by transformers, and OpenAI-compatible servers."""
