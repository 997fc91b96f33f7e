#!/usr/bin/env bash
# Packs everything that ships, without building a test. Usage: eng/pack.sh [FOLDER [ARGUMENTS OF dotnet pack]]; FOLDER is artifacts/packages if absent.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
folder="${1:-$root/artifacts/packages}"

rm -f "$folder"/*.nupkg
dotnet pack "$root/src.slnf" -o "$folder" "${@:2}"
ls -1 "$folder"
