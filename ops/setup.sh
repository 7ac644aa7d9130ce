#!/usr/bin/env bash
# Brings a fresh machine with the .NET SDK to a built state. Idempotent; asks nothing.
#   ops/setup.sh            the program, as users run it
#   ops/setup.sh --tests    the tests and benchmarks too, with the analyzers, whose warnings are errors
set -euo pipefail
cd "$(dirname "$0")/.."
# Building needs no cultures; without this the SDK itself wants libicu.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

. ops/debian.sh

solution=src/Distiller.Cli
case "${1:-}" in
  "") ;;
  --tests) solution=Distiller.sln; export DISTILLER_ANALYZE=true ;;
  *) fail "unknown option $1" "ops/setup.sh [--tests]" ;;
esac

say "1/4 the .NET SDK"
[ "$(uname -sm)" = "Linux x86_64" ] || fail "this is $(uname -sm); the trainer needs Linux x86_64" "use such a machine (edge devices need only the adapter)"
command -v dotnet >/dev/null || fail "the .NET SDK is missing" "install .NET SDK 10 (https://dot.net) and put dotnet on PATH"
case "$(dotnet --version 2>&1)" in 10.*) ;; *) fail ".NET SDK 10 is needed, found: $(dotnet --version 2>&1 | head -1)" "install .NET SDK 10.0.400 or a later 10.0 feature band" ;; esac
echo "dotnet $(dotnet --version)"

say "2/4 what the native libraries need of the system: OpenMP's run time, time zones"
wanted=()
ldconfig -p 2>/dev/null | grep -q 'libgomp\.so\.1' || wanted+=(libgomp1)
[ -e /usr/share/zoneinfo/Europe/Berlin ] || wanted+=(tzdata)
if [ ${#wanted[@]} -eq 0 ]; then
  echo "all there: libgomp1, tzdata"
elif command -v apt-get >/dev/null; then
  install_packages "${wanted[@]}" || fail "apt-get could not install ${wanted[*]}" "see apt's message above, or install them by hand"
else
  fail "missing: ${wanted[*]} (Debian's names)" "install them with this system's package manager: OpenMP's run time (libgomp.so.1) and the time zone files"
fi

say "3/4 restore (locked) and build"
dotnet restore "$solution" --locked-mode -v quiet || fail "dotnet restore failed" "check the NuGet source (dotnet nuget list source); after changing packages run 'dotnet restore Distiller.sln --force-evaluate' and commit the lock files"
dotnet build "$solution" -c Release --no-restore -v quiet -nodeReuse:false || fail "the build failed" "see the errors above"

say "4/4 doctor"
./distiller doctor || fail "doctor found a fault" "see its table above"
