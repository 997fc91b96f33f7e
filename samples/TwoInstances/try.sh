#!/usr/bin/env bash
# Signs in, clicks and signs out through the proxy, and checks that both instances have served one session.
#   samples/TwoInstances/try.sh [URL of the proxy]
set -euo pipefail
url="${1:-http://localhost:8080}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

request() {
  curl --fail --silent --show-error --cookie "$folder/jar" --cookie-jar "$folder/jar" --dump-header "$folder/headers" "$@"
  grep -i '^X-Instance:' "$folder/headers" >> "$folder/instances"
}

expect() {
  [ "$1" = "$2" ] || { echo "Expected '$1', got '$2'." >&2; exit 1; }
}

request -d '' "$url/sign-in/ada"
for click in 1 2 3 4; do
  expect "$click" "$(request -d '' "$url/click")"
done
expect "ada, 4 clicks, cart: " "$(request "$url/")"
expect 2 "$(sort -u "$folder/instances" | wc -l | tr -d ' ')"
request -d '' "$url/sign-out"
expect "visitor, 0 clicks, cart: " "$(request "$url/")"
echo "Both instances have counted in one session."
