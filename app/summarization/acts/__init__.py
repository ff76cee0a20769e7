"""Dialogue acts: which sentences decide something or give work, judged by a trained model; see `items`."""
