"""How good nets are: measures, listeners from outside, the test set, and what was asked of them."""
