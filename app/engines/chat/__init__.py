"""Chat models that write minutes: by transformers, by llama.cpp, and on OpenAI-compatible servers."""
