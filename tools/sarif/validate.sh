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

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM

failed=0
for file in "$@"; do
	if [ ! -r "$file" ]; then
		echo "$0: cannot read $file" >&2
		exit 2
	fi
	# The validator goes by the extension, so every file is given the right one.
	cp "$file" "$scratch/report.sarif"
	rm -f "$scratch/verdict.sarif"
	DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_BUNDLE_EXTRACT_BASE_DIR="$scratch/net" \
		"$tool" validate "$scratch/report.sarif" --rule-kind "Sarif;Ghas;Gh" \
		-o "$scratch/verdict.sarif" --log ForceOverwrite --max-file-size-in-kb 1000000 >"$scratch/log" 2>&1 || {
		cat "$scratch/log" >&2
		echo "$0: the validator failed on $file" >&2
		exit 2
	}
	node "$here/verdict.js" "$scratch/verdict.sarif" "$file" || failed=1
done
exit $failed
