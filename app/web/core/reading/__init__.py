"""Answers about long recordings come from a process of their own, one for all who wait for the same."""
