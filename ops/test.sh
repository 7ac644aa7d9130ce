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
rm -rf TestResults && mkdir TestResults
passed=0 failed=$formatted skipped=0

# run NAME PROJECT [FILTER]
run() {
  dotnet test "tests/$2" -c Release --no-build ${3:+--filter "$3"} --results-directory TestResults \
    --logger "trx;LogFileName=$1.trx" --logger "console;verbosity=minimal" < /dev/null
}

# tally NAME EXIT-CODE: adds the counts of a run to the sums.
tally() {
  local counters before=$failed total
  counters=$(grep -o '<Counters [^>]*' "TestResults/$1.trx" 2>/dev/null)
  count() { printf '%s' "$counters" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p"; }
  [ -n "$counters" ] || { echo "no test results of $1"; failed=$((failed + 1)); return; }
  total=$(count total)
  passed=$((passed + $(count passed)))
  skipped=$((skipped + total - $(count executed)))
  failed=$((failed + $(count executed) - $(count passed)))
  # A process that ends badly after its last test is no success.
  [ "$2" -eq 0 ] || [ "$failed" -gt "$before" ] || failed=$((failed + 1))
}

if [ $# -gt 0 ]; then
  printf '\n== tests: %s\n' "$1"
  run tests Distiller.Tests "$1"; tally tests $?
else
  # Most tests keep one core busy, and what one process tests is nothing to another: two take part after part, the longest
  # first. What no part names is the last one.
  parts=(CommandLine Scheduling 'Collecting Storing' 'Dashboard Runs' 'Trials Evaluating Retrieving Studying' Cluster
    'Mining Reducing Repeating' 'Training Tokenizing' 'Settings Publishing Operating' 'Gguf Quantizing' 'Edge EdgeServing')
  filters=() rest=''
  for part in "${parts[@]}"; do
    filter=''
    for area in $part; do
      filter+="${filter:+|}FullyQualifiedName~Distiller.Tests.$area."
      rest+="${rest:+&}FullyQualifiedName!~Distiller.Tests.$area."
    done
    filters+=("${part// /-} $filter")
  done
  filters+=("others $rest")
  printf '\n== tests: %d parts, two side by side\n' "${#filters[@]}"
  export -f run
  printf '%s\0' "${filters[@]}" | xargs -0 -P 2 -I{} bash -c '
    read -r part filter <<< "$1"
    run "$part" Distiller.Tests "$filter"; echo $? > "TestResults/$part.exit"
    echo "== $part: done after $SECONDS s"' -- {}
  for filter in "${filters[@]}"; do
    part=${filter%% *}
    tally "$part" "$(cat "TestResults/$part.exit" 2>/dev/null || echo 1)"
  done
fi
printf '\n== tests of the GPU\n'
run gpu Distiller.Gpu.Tests "${1:-}"; tally gpu $?

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
