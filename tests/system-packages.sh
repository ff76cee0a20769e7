#!/bin/sh
# What the tests need from Debian: curl, a browser, voices to make speech with, a reader of PDF, a PostgreSQL for the
# store, a Redis for Celery.
# As root it installs what is missing; otherwise it says what to install.
set -eu

missing=""
need() { [ -n "$2" ] || missing="$missing $1"; }
need curl "$(command -v curl || true)"
need chromium "$(command -v chromium || true)"
need flite "$(command -v flite || true)"
need espeak-ng "$(command -v espeak-ng || true)"
need postgresql "$(find /usr/lib/postgresql -name postgres -path '*/bin/*' 2>/dev/null | head -n 1)"
need redis-server "$(command -v redis-server || true)"
need poppler-utils "$(command -v pdftotext || true)"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need:$missing. Install with: sudo apt-get install$missing" >&2
    exit 1
fi

for attempt in 1 2 3 4 5; do
    # shellcheck disable=SC2086  # one word a package
    if apt-get update -q &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; then
        exit 0
    fi
    echo "attempt $attempt failed; trying again" >&2
    sleep $((attempt * 5))
done
exit 1
