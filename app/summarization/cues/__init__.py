"""Decisions and assignments, found by what people say when they make one, in Russian and English."""
