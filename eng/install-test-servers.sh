#!/usr/bin/env bash
# Installs the servers that the tests start themselves (Redis, PostgreSQL, PgBouncer, MariaDB) on Debian and Ubuntu, without starting a service; strace, which shows what stores flush to the disk; and Chromium, for interactive pages.
# Does nothing where all are there; where it cannot help, it says in one line what is missing, and the tests that need it skip.
set -euo pipefail

has() {
  command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

# One word for each: what the tests start, and the package that brings it.
missing=()
has redis-server || [ -n "${SESSION_TEST_REDIS:-}" ] || missing+=(redis-server)
has postgres || [ -n "${SESSION_TEST_POSTGRES:-}" ] || missing+=(postgresql)
has mariadbd || [ -n "${SESSION_TEST_MYSQL:-}" ] || missing+=(mariadb-server)
has pgbouncer || missing+=(pgbouncer)
has strace || missing+=(strace)
has chromium || has google-chrome || [ -n "${SESSION_TEST_BROWSER:-}" ] || missing+=(chromium)
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

if command -v docker >/dev/null && timeout 5 docker info >/dev/null 2>&1; then
  echo "Not installed here: ${missing[*]}. Docker answers: the tests that can use a container do, the others skip." >&2
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi

if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "Missing for the tests: ${missing[*]}. Install them, or start Docker; until then the tests that need them skip." >&2
  exit 0
fi

# A package's own script starts its service unless this file says no (101). What was there before comes back.
policy=/usr/sbin/policy-rc.d
kept=
if [ -e "$policy" ]; then
  kept=$(mktemp)
  "${as_root[@]}" cp -p "$policy" "$kept"
fi
restore() {
  if [ -n "$kept" ]; then
    "${as_root[@]}" mv "$kept" "$policy"
  else
    "${as_root[@]}" rm -f "$policy"
  fi
}
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
"${as_root[@]}" chmod 755 "$policy"

echo "Installing ${missing[*]} for the tests." >&2
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 -y -qq --no-install-recommends install "$@"
}
# The lists may be old or absent: once without, once with fresh ones.
if ! install "${missing[@]}" >/dev/null 2>&1; then
  "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq update >/dev/null 2>&1 || true
  # One by one: a package that this system does not have keeps none of the others away.
  for package in "${missing[@]}"; do
    install "$package" >/dev/null || echo "Could not install $package; the tests that need it skip." >&2
  done
fi
