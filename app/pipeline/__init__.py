"""One file per stage; file = function = stage name. The pipeline is a plain for loop."""
