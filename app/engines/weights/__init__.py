"""Where weights come from: the catalogue, fetching, what hubs say, what lies with the program."""
