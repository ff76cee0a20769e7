"""Vectors of a thousand videos: a list of addresses becomes files that a killed run goes on with."""
