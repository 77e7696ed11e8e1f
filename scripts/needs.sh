#!/bin/sh
# Finds what the tests need beside Go, and installs what is missing where apt-get and the right to use it are at hand:
# PostgreSQL's server, a C compiler for the race detector, Chromium for the pages, the shells whose completion is tried,
# Node.js and npm for the client in TypeScript and for axe-core, strace for the order of syncs and answers, and the existing
# CLI in Python, which shares its profiles with ours.
set -eu
cd "$(dirname "$0")/.."

# postgres tells whether the server's programs are where internal/pgtest looks for them.
postgres() {
	for folder in $(dirname "$(command -v pg_ctl || echo /none/pg_ctl)") /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
		/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
		[ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && return 0
	done
	return 1
}

# browser tells whether there is a browser where the tests of the pages look for one.
browser() {
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

# install gets Debian packages, or says in a sentence what a person has to install.
install() {
	why=$1
	shift
	if ! command -v apt-get >/dev/null; then
		echo "The tests need $why; install it and try again." >&2
		exit 1
	fi
	root=
	if [ "$(id -u)" != 0 ]; then
		root="sudo"
		if ! command -v sudo >/dev/null; then
			echo "The tests need $why; as root: apt-get install $*" >&2
			exit 1
		fi
	fi
	echo "installing $why ..."
	log=$(mktemp)
	if ! {
		$root apt-get -qq update || true # a broken list that has nothing to do with us is no reason to stop
		$root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@"
	} </dev/null >"$log" 2>&1; then
		cat "$log" >&2
		rm "$log"
		exit 1
	fi
	rm "$log"
}

command -v "${CC:-gcc}" >/dev/null || install "a C compiler" gcc libc6-dev
postgres || install "PostgreSQL" postgresql
for shell in zsh fish; do
	command -v $shell >/dev/null || install "$shell, whose completion is tried" $shell
done
[ "$(uname)" != Linux ] || command -v strace >/dev/null || install "strace" strace
browser || install "Chromium" chromium fonts-dejavu-core # without a font a page has no words

for lock in e2e/*/package-lock.json; do
	[ -f "$lock" ] || continue # there is none: the pattern stands for itself
	command -v npm >/dev/null && command -v node >/dev/null || install "Node.js and npm" nodejs npm
	folder=$(dirname "$lock")
	# npm leaves a copy of the lock file among the packages; while it is newer they are what the lock file says.
	if [ -z "$(find "$folder/node_modules/.package-lock.json" -newer "$lock" 2>/dev/null)" ]; then
		npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error
	fi
done

# The existing CLI stays until the list of its packages changes. The copy of the list is the last to be made, so that half
# an installation is none.
original=.cache/original
if ! cmp -s scripts/original.txt "$original/packages.txt"; then
	python3 -c 'import ensurepip, venv' 2>/dev/null || install "Python with venv" python3 python3-venv
	echo "installing the existing CLI ..."
	rm -rf "$original"
	mkdir -p .cache
	python3 -m venv "$original"
	"$original/bin/pip" --quiet --disable-pip-version-check install --only-binary :all: --requirement scripts/original.txt
	cp scripts/original.txt "$original/packages.txt"
fi
