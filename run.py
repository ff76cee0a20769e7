"""Start the server and its threads."""

from app import create_app
from app.web.core.server import main

if __name__ == "__main__":
    main(create_app)
