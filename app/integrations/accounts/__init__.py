"""Accounts: who they are, their passwords, the browsers in which they are signed in, and what is theirs."""
