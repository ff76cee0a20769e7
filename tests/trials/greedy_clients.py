"""Asks a server for one address from many connections, until its input ends; prints the statuses as JSON.

python -m tests.trials.greedy_clients ADDRESS COOKIE, in a process of its own: whoever measures meanwhile
shall wait for the server, not for these.
"""

import contextlib
import json
import sys
import threading

import requests

CLIENTS = 100
PATIENCE_S = 15.0  # then a client goes away and asks again


def main(address: str, cookie: str) -> None:
    ended, statuses = threading.Event(), list[int]()

    def ask() -> None:
        with requests.Session() as browser:
            while not ended.is_set():
                with contextlib.suppress(requests.RequestException):
                    answer = browser.get(address, headers={"Cookie": cookie}, timeout=PATIENCE_S)
                    statuses.append(answer.status_code)
                    if answer.status_code == 503:
                        ended.wait(1)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    print(json.dumps(statuses))


if __name__ == "__main__":
    main(*sys.argv[1:])
