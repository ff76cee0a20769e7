#!/bin/sh
# Builds a stand-in for the official image python:VERSION-slim out of Debian's packages, where no registry is reached.
# base.sh IMAGE
set -eu
image=$1
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' \
  | awk '$2 == "bookworm" { print $1; exit }')}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The official image has Python's headers too, but nothing else to compile with: what brought them is taken away again
debootstrap --variant=minbase --include=python3,python3-venv,python3-dev,ca-certificates bookworm "$work/root" "$mirror" \
  >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
tar -C "$work/root" -cf "$work/headers.tar" usr/include/python3.11 usr/include/x86_64-linux-gnu/python3.11
# shellcheck disable=SC2046  one word a package
chroot "$work/root" dpkg --purge $(chroot "$work/root" dpkg-query --show --showformat '${binary:Package}\n' | grep -E -- '-dev(-bin)?(:|$)') \
  >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
tar -C "$work/root" -xf "$work/headers.tar"
for name in python python3; do ln -s /usr/bin/python3 "$work/root/usr/local/bin/$name"; done
rm -rf "$work/root/var/lib/apt/lists/"* "$work/root/var/cache/apt/"*
printf 'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\nDPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n' \
  >"$work/root/etc/apt/apt.conf.d/docker-clean"
find "$work/root/usr/share/doc" "$work/root/usr/share/man" "$work/root/usr/share/locale" -mindepth 1 -delete
find "$work/root/usr/lib" -name 'libpython*.a' -delete  # the official image has none

tar -C "$work/root" -cf "$work/base.tar" .
rm -rf "$work/root"
printf 'FROM scratch\nADD base.tar /\n' >"$work/Dockerfile"
buildah bud --quiet -t "$image" "$work" >/dev/null
