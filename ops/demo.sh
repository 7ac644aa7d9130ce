#!/usr/bin/env bash
# The whole claim on one machine: a made-up company's expert works tickets for five days, a night distills its logs into
# an adapter, and a small model works the tickets of later days without and with it. Ends with the table of the arms and
# the place of the report. After set-up it takes up to ten minutes on two cores; killed, it goes on where it was.
#   ops/demo.sh [--home DIR] [options of ./distiller opsdesk night]
# Exit code 1: the adapter was not shown to be as good as the handbook, and nothing was published.
set -euo pipefail
cd "$(dirname "$0")/.."

home=build/demo
options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --home) [ $# -gt 1 ] || { echo "demo: --home needs a folder" >&2; exit 2; }; home=$2; shift 2 ;;
    *) options+=("$1"); shift ;;
  esac
done

ops/setup.sh
printf '\n== the closed loop in %s\n' "$home"
exec ./distiller opsdesk night --home "$home" ${options[@]+"${options[@]}"}
