#!/bin/sh
# Makes the keys and passwords of the profile `scale`, once, in deploy/secrets/. What is there already stays.
set -eu
umask 077
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
cd "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# Containers read them under users of their own, so the files are open; the folder around them is not
keep() { [ -s "$1" ] || { printf '%s\n' "$2" >"$1.part" && chmod 644 "$1.part" && mv "$1.part" "$1"; }; }

keep database_password "$(random)"
keep queue_password "$(random)"
keep secret_key "$(random)"
keep webhook_secret "$(random)"
keep s3_access_key "$(random)"
keep s3_secret_key "$(random)"
keep database_url "postgresql+psycopg://konspekt:$(cat database_password)@database/konspekt"
keep queue_url "redis://:$(cat queue_password)@queue:6379/0"
keep queue_config "requirepass $(cat queue_password)
save \"\"
maxmemory-policy noeviction"
keep storage_config "{\"identities\": [{\"name\": \"konspekt\", \"actions\": [\"Admin\"], \"credentials\":
  [{\"accessKey\": \"$(cat s3_access_key)\", \"secretKey\": \"$(cat s3_secret_key)\"}]}]}"
echo "The keys are in $PWD. Keep a copy: without them nothing opens what is stored."
