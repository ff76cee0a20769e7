"""The only package that imports Flask."""
