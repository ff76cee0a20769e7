"""Start the server and its threads."""
