"""Konspekt: recorded meetings become their minutes on your own machine."""
