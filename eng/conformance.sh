#!/usr/bin/env bash
# Runs the conformance kit on all stores and writes what is generated from it: docs/conformance/*.json, docs/conformance.md and the kit's own kill-matrix.md.
# Review the difference: it is what the stores, or the kit, do otherwise than before.
set -euo pipefail
cd "$(dirname "$0")/.."

eng/install-test-servers.sh
dotnet build Session.Stores.sln -c Release

export SESSION_UPDATE_GENERATED=1
for store in src/Session.Stores.*; do
  tests="$(basename "$store").Tests"
  dotnet "tests/$tests/bin/Release/net10.0/$tests.dll" --filter-class '*.ConformanceTests'
done

# After the stores: the page is made from what they have written.
for class in ConformanceTableTests KillMatrixTests; do
  dotnet tests/Conformance/Session.Conformance.Tests/bin/Release/net10.0/Session.Conformance.Tests.dll --filter-class "*.$class"
done
