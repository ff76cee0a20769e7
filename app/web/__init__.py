"""The web server: pages, API, live socket, and what they share. The only package that imports Flask."""
