"""Damage to clean speech, made from a seed: noises, rooms, hum, clicks, clipping, lost packets."""
