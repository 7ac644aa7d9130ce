#!/usr/bin/env bash
# Makes the program for edge devices, distiller-edge: what './distiller edge' does, without trainer and workspace.
#   ops/edge-publish.sh linux-x64 [DIR]      one trimmed file with the .NET run time and llama.cpp in it
#   ops/edge-publish.sh linux-arm64 [DIR]    a folder for a device that has the ASP.NET Core 10 run time
# DIR is build/PLATFORM by default.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
platform=${1:-}
case "$platform" in
  # Of our own code nothing is trimmed, since JSON is read and written by reflection; the run time and ASP.NET Core are.
  linux-x64) how=(--self-contained -p:PublishSingleFile=true -p:PublishTrimmed=true -p:TrimMode=partial -p:SuppressTrimAnalysisWarnings=true
    -p:JsonSerializerIsReflectionEnabledByDefault=true -p:IncludeAllContentForSelfExtract=true) ;;
  linux-arm64) how=(--no-self-contained) ;;
  *) echo "usage: ops/edge-publish.sh linux-x64|linux-arm64 [DIR]" >&2; exit 2 ;;
esac
out=${2:-build/$platform}
dotnet publish src/Distiller.EdgeCli -c Release -r "$platform" "${how[@]}" --artifacts-path "build/publish-$platform" -o "$out" \
  -v quiet -nodeReuse:false
rm -f "$out"/*.pdb "$out"/*.xml
du -sh "$out"
