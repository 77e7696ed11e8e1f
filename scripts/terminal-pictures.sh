#!/usr/bin/env bash
# Takes the pictures of docs/terminal: commands run in a pseudo-terminal, and what they write is shown by xterm.js, a terminal
# emulator, in Chromium. Needs script, npm and chromium.  scripts/terminal-pictures.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-docs/terminal}
mkdir -p "$out" .cache/xterm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -d .cache/xterm/package ]; then
	(cd .cache/xterm && npm pack --silent @xterm/xterm@5.5.0 @xterm/addon-unicode-graphemes@0.4.0 @xterm/addon-canvas@0.7.0 >/dev/null &&
		for f in *.tgz; do mkdir -p "${f%.tgz}" && tar xzf "$f" -C "${f%.tgz}" --strip-components=1; done && mkdir package)
fi
xterm=$PWD/.cache/xterm/xterm-xterm-5.5.0 graphemes=$PWD/.cache/xterm/xterm-addon-unicode-graphemes-0.4.0
canvas=$PWD/.cache/xterm/xterm-addon-canvas-0.7.0

go build -o "$work/ax" ./cmd/ax
export HOME=$work/home XDG_DATA_HOME=$work/data AX_PROFILE=local TERM=xterm-256color LC_ALL=C.UTF-8 PATH=$work:$PATH
unset NO_COLOR COLUMNS ARIZE_API_KEY
mkdir -p "$HOME"

# add NAME ADDRESS ROLE makes a user.
add() { ax users create -n "$1" -e "$2" -r "$3" --invite-mode none -q >/dev/null 2>&1; }
add '山田 太郎' yamada@example.test admin
add 'יעל כהן' yael@example.test member
add '👩‍💻 Zoë 🇨🇭 👍🏽' zoe@example.test annotator
add 'नमिता शर्मा' namita@example.test member
add '[bold]Jürgen[/bold] Röß-Überlang von und zu Hohenstein' juergen@example.test member

# picture NAME COLUMNS ROWS ANSWER COMMAND… types the command, waits, types the answer, and takes the picture.
picture() {
	local name=$1 columns=$2 rows=$3 answer=$4
	shift 4
	printf '\e[1m$\e[0m %s\n' "$*" >"$work/typed"
	(sleep 1; printf '%b' "$answer"; sleep 0.5) |
		script -qfec "stty cols $columns rows $rows; cat '$work/typed'; $*" "$work/log" >/dev/null || true
	# The first and the last line are script's own.
	sed -e 1d -e '$d' "$work/log" | sed -e '${/^$/d}' >"$work/raw"
	draw "$name" "$columns" "$rows"
}

# draw shows the raw text: as terminals of today do, or as older ones that add up runes.
draw() {
	local addon="<script src='file://$graphemes/lib/addon-unicode-graphemes.js'></script>" load='t.loadAddon(new UnicodeGraphemesAddon.UnicodeGraphemesAddon())'
	[[ $1 == *-older ]] && addon='' load=''
	cat >"$work/page.html" <<HTML
<!doctype html><meta charset=utf-8><link rel=stylesheet href="file://$xterm/css/xterm.css">
<style>body{margin:0;background:#16181d;padding:12px}</style><div id=t></div>
<script src="file://$xterm/lib/xterm.js"></script><script src="file://$canvas/lib/addon-canvas.js"></script>$addon
<script>
const t = new Terminal({cols: $2, rows: $3, allowProposedApi: true, fontSize: 15, fontFamily: "'DejaVu Sans Mono','Noto Sans Mono','Noto Sans Mono CJK JP','DejaVu Sans','Noto Color Emoji'", theme: {background: '#16181d', foreground: '#d7dae0', cursor: '#16181d'}})
$load
t.open(document.getElementById('t'))
t.loadAddon(new CanvasAddon.CanvasAddon())
t.write(Uint8Array.from(atob('$(base64 -w0 "$work/raw")'), c => c.charCodeAt(0)))
</script>
HTML
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files --user-data-dir="$work/chromium" \
		--virtual-time-budget=3000 --window-size=$(($2 * 9 + 60)),$(($3 * 18 + 40)) --screenshot="$work/shot.png" "file://$work/page.html" >/dev/null 2>&1
	mv "$work/shot.png" "$out/$1.png"
}

picture list 80 24 '' ax users list
draw list-older 80 24
picture list-narrow 60 40 '' ax users list
picture create 80 16 '' ax users create --full-name "'Jane Doe'" --email jane@example.test --role member --invite-mode temporary_password
picture delete 80 20 'y\n' ax users delete --email jane@example.test,juergen@example.test,nobody@example.test
picture error 80 4 '' ax users get nobody@example.test
