"""One file per stage: file = function = stage name."""
