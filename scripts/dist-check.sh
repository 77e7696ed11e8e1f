#!/bin/sh
# Makes the release of the last commit twice and compares the files byte by byte: in folders with names of different
# lengths, once with this machine's build cache and once with an empty one, in other time zones and under other masks.
set -eu
cd "$(dirname "$0")/.."
here=$PWD
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

git clone --quiet "$here" "$work/one"
git clone --quiet "$here" "$work/another, deeper/folder"
(cd "$work/one" && TZ=UTC make --silent dist)
(cd "$work/another, deeper/folder" && umask 077 && TZ=Asia/Tokyo GOCACHE="$work/cache" make --silent dist)
diff -r "$work/one/dist" "$work/another, deeper/folder/dist"
(cd "$work/one/dist" && sha256sum --check --quiet SHA256SUMS)
echo "two builds of $(git -C "$work/one" describe --tags --always) are equal: $(wc -l <"$work/one/dist/SHA256SUMS") files"
