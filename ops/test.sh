#!/usr/bin/env bash
# Everything from a fresh machine to green tests. The last line is "N passed, N failed, N skipped".
#   ops/test.sh [FILTER]    FILTER as for dotnet test --filter
set -uo pipefail
cd "$(dirname "$0")/.."
# Building needs no cultures; without this the SDK itself wants libicu.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

ops/setup.sh --tests || { echo "0 passed, 1 failed"; exit 1; }

. ops/debian.sh
say "what only the tests need: PostgreSQL, Chromium"
# The tests start servers of their own; Debian's default one is not wanted. Without these packages their tests are skipped.
missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || missing+=(postgresql)
[ -x /usr/bin/chromium ] || missing+=(chromium)
if [ ${#missing[@]} -gt 0 ]; then
  drop=/etc/postgresql-common/createcluster.d/distiller-tests.conf
  as_root install -d "$(dirname "$drop")" && echo "create_main_cluster = false" | as_root tee "$drop" > /dev/null
  for package in "${missing[@]}"; do
    install_packages "$package" || echo "tests that need $package will be skipped" >&2
  done
  as_root rm -f "$drop"
else
  echo "all there"
fi

printf '\n== formatting\n'
formatted=0
dotnet tool restore > /dev/null && dotnet csharpier check . || { formatted=1; echo "remedy: dotnet csharpier format ."; }

# Spinning OpenMP workers halve the speed of libtorch on a shared machine; must be set before the process starts.
export OMP_WAIT_POLICY=PASSIVE
rm -rf TestResults
passed=0 failed=$formatted skipped=0 broken=0
for project in tests/Distiller.Tests tests/Distiller.Gpu.Tests; do
  printf '\n== %s\n' "$project"
  trx=TestResults/$(basename "$project").trx
  dotnet test "$project" -c Release --no-build ${1:+--filter "$1"} --results-directory TestResults \
    --logger "trx;LogFileName=$(basename "$trx")" --logger "console;verbosity=minimal" < /dev/null || broken=1
  counters=$(grep -o '<Counters [^>]*' "$trx" 2>/dev/null)
  count() { printf '%s' "$counters" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p"; }
  [ -n "$counters" ] || { echo "no test results from $project"; failed=$((failed + 1)); continue; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count total) - $(count passed) - ($(count total) - $(count executed))))
  skipped=$((skipped + $(count total) - $(count executed)))
done
[ "$broken" -eq 1 ] && [ "$failed" -eq 0 ] && failed=1

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
