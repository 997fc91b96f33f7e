#!/usr/bin/env bash
# Brings what the tests need, builds, runs every test. Ends with the line "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The interop tests compare with the real express-session and the real stores for it. Without Node 20 they skip and say so.
if command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node, 10) >= 20 ? 0 : 1)' 2>/dev/null; then
  for folder in tests/Interop/Node tests/Interop/CrossRuntime/Node tests/Session.Testing.MongoServer.Tests/Node samples/ExpressAndDotNet/Express; do
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
  done
fi

# Redis, PostgreSQL, PgBouncer and MariaDB, where neither they nor Docker are here.
eng/install-test-servers.sh

# One compiler process for all projects takes half the time of one for each; it ends with the build.
built=0
dotnet build Session.Stores.sln -c Release -p:UseSharedCompilation=true || built=$?
dotnet build-server shutdown --vbcscompiler >/dev/null || true
[ "$built" -eq 0 ] || exit "$built"

# Two programs run at once. The two that take longest stand first in the solution: at the end one of them would run alone.
status=0
dotnet test --solution Session.Stores.sln -c Release --no-build "$@" 2>&1 | tee "$log" || status=$?

# The recipe for xunit v2 needs the older test platform, and so a folder with a global.json of its own. It is one test.
v2_passed=1 v2_failed=0
(cd samples/CustomStore/Recipes/XunitV2 && dotnet test -c Release) || v2_passed=0 v2_failed=1 status=1

# The runner's summary: one line each, "  total: 12" and so on.
figure() { sed -n "s/^ *$1: *\([0-9][0-9]*\) *$/\1/p" "$log" | tail -n 1; }
passed=$(figure succeeded) failed=$(figure failed) skipped=$(figure skipped)
if [ -z "$passed" ]; then
  echo "The test run gave no summary." >&2
  passed=0 failed=1 skipped=0 status=1
fi

echo
grep -E '^skipped ' "$log" | sort -u || true

# Once more at the end, where one looks first: each test that failed, with the first lines of why.
awk '/^[^ ]/ { lines = /^failed / ? 1 : 0 } lines > 0 && lines++ <= 20' "$log"
# A test program that was ended because nothing happened in it says which tests were under way.
grep -A 20 'tests were still running' "$log" || true
echo "$((passed + v2_passed)) passed, $((failed + v2_failed)) failed, $skipped skipped"
exit "$status"
