#!/bin/sh
# Validates SARIF files with Microsoft's sarif-multitool, under the rules of the
# standard and those of GitHub's code scanning.
#
#   tools/sarif/validate.sh FILE...
#
# Prints what the validator found, one line each, and exits 1 if any of it is an
# error, 2 if the validator could not be run. The validator itself exits 0 even
# when it finds errors, so its own report is counted. It is installed once, into
# the user's cache. Needs npm, node and Linux on x86-64 or arm64.
set -eu

version=5.7.0
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/charmarr-lint/sarif-multitool-$version
tool=$cache/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool

if [ $# -eq 0 ]; then
	echo "usage: $0 FILE..." >&2
	exit 2
fi

if [ ! -f "$tool" ]; then
	mkdir -p "$cache"
	cp "$here/package.json" "$cache/package.json"
	npm install --prefix "$cache" --ignore-scripts --no-audit --no-fund --silent >&2 || {
		echo "$0: installing sarif-multitool $version failed; is the npm registry reachable?" >&2
		exit 2
	}
fi
# The package sets this in an install script; scripts are not run here.
chmod u+x "$tool"

for file in "$@"; do
	if [ ! -r "$file" ]; then
		echo "$0: cannot read $file" >&2
		exit 2
	fi
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM

# validate validates a file in a folder of its own. It waits more than it computes: the
# validator looks whether there is something at every address in the file.
validate() {
	file=$1
	own=$2
	# The validator goes by the extension, so every file is given the right one.
	cp "$file" "$own/report.sarif" || return 2
	DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_BUNDLE_EXTRACT_BASE_DIR="$own/net" \
		"$tool" validate "$own/report.sarif" --rule-kind "Sarif;Ghas;Gh" \
		-o "$own/verdict.sarif" --log ForceOverwrite --max-file-size-in-kb 1000000 >"$own/log" 2>&1 || {
		cat "$own/log" >&2
		echo "$0: the validator failed on $file" >&2
		return 2
	}
	node "$here/verdict.js" "$own/verdict.sarif" "$file"
}

# All at once, each with its outputs to itself until those before it have shown theirs.
n=0
pids=
for file in "$@"; do
	n=$((n + 1))
	mkdir "$scratch/$n"
	validate "$file" "$scratch/$n" >"$scratch/$n/out" 2>"$scratch/$n/err" &
	pids="$pids $!"
done
n=0
failed=0
for pid in $pids; do
	n=$((n + 1))
	code=0
	wait "$pid" || code=$?
	cat "$scratch/$n/out"
	cat "$scratch/$n/err" >&2
	if [ "$code" -gt "$failed" ]; then
		failed=$code
	fi
done
exit $failed
