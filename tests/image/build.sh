#!/bin/sh
# Builds the image as `docker build` would, by buildah and without a registry, and says how large it is. As root.
# build.sh NAME; ACCELERATOR=cpu or cuda. pip's own configuration is handed over, with the folders that it names.
set -eu
cd "$(dirname "$0")/../.."
export BUILDAH_ISOLATION=chroot  # needs no namespaces; where overlayfs is missing too: STORAGE_DRIVER=vfs
for tool in buildah debootstrap podman; do
  command -v $tool >/dev/null || { echo "apt-get install $tool"; exit 1; }
done

base=docker.io/library/python:$(sed -n 's/^ARG PYTHON=//p' Dockerfile)
buildah inspect --type image "$base" >/dev/null 2>&1 || sh tests/image/base.sh "$base"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip config list | sed -n "s/^\(global\|:env:\)\.\(cert\|index-url\|extra-index-url\|find-links\)='\(.*\)'$/\2 = \3/p" \
  | sort -u -t= -k1,1 | sed '1i [global]' >"$work/pip.conf"
volumes=$(grep -o '/[^ ]*' "$work/pip.conf" | sed 's,^//[^/]*,,; s,/simple/*$,,' | sort -u | while read -r path; do
  [ ! -e "$path" ] || printf -- '--volume %s:%s:ro ' "$path" "$path"
done)

# shellcheck disable=SC2086  several words
buildah bud --quiet --format docker --layers --pull-never $volumes --secret "id=pip.conf,src=$work/pip.conf" \
  --build-arg "ACCELERATOR=${ACCELERATOR:-cpu}" --build-arg "TORCH_INDEX=${TORCH_INDEX-}" -t "$1" . >"$work/log" 2>&1 \
  || { tail -40 "$work/log"; exit 1; }

container=$(buildah from --pull-never "$1")
trap 'buildah rm "$container" >/dev/null; rm -rf "$work"' EXIT
root=$(buildah mount "$container")
size=$(du -sm --apparent-size "$root" | cut -f1)
echo "$1: $size MiB; the largest in it:"
(cd "$root" && du -sm --apparent-size usr var opt/* && du -sm --apparent-size opt/venv/lib/python3*/site-packages/*) \
  | sort -rn | head -"${LARGEST:-14}"
[ "${ACCELERATOR:-cpu}" != cpu ] || [ "$size" -le 1907 ] || { echo "more than 2 GB"; exit 1; }
