#!/usr/bin/env bash
# Packs everything that ships, without building a test.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
usage="Usage: eng/pack.sh [FOLDER [ARGUMENTS OF dotnet pack]]
Packs everything that ships into FOLDER; without it, into artifacts/packages."
case "${1:-}" in
  -h | --help) echo "$usage"; exit 0 ;;
  -*) echo "eng/pack.sh: '$1' is not a folder." >&2; echo "$usage" >&2; exit 2 ;;
esac
folder="${1:-$root/artifacts/packages}"

rm -f "$folder"/*.nupkg
dotnet pack "$root/src.slnf" -o "$folder" "${@:2}"
ls -1 "$folder"
