#!/usr/bin/env bash
# Brings a fresh Debian 12 machine (with the .NET SDK, node/npm and git) to a built state. Idempotent; asks nothing.
#   ops/setup.sh            install what is missing, build everything
#   TORCH_DIR=…/Torch       build the shim against another libtorch (a PyTorch 2.x installation), for example on a GPU box
set -euo pipefail
cd "$(dirname "$0")/.."
# Building needs no cultures; without this the SDK itself wants libicu.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
root=$PWD

. ops/debian.sh

say "1/6 tools that must be there"
[ "$(uname -sm)" = "Linux x86_64" ] || fail "this is $(uname -sm); the trainer needs Linux x86_64" "use such a machine (edge devices need only the adapter)"
command -v dotnet >/dev/null || fail "the .NET SDK is missing" "install .NET SDK 10 (https://dot.net) and put dotnet on PATH"
case "$(dotnet --version 2>&1)" in 10.*) ;; *) fail ".NET SDK 10 is needed, found: $(dotnet --version 2>&1 | head -1)" "install .NET SDK 10.0.400 or a later 10.0 feature band" ;; esac
command -v npm >/dev/null || fail "npm is missing" "apt-get install npm, or install Node.js 20 or newer"
echo "dotnet $(dotnet --version), npm $(npm --version 2>/dev/null)"

say "2/6 Debian packages: libtorch, OpenBLAS, compiler, time zones"
wanted=(g++ cmake make tzdata)
# Without OpenBLAS as the BLAS alternative libtorch multiplies matrices about a hundred times slower.
[ -n "${TORCH_DIR:-}" ] || wanted+=(libtorch-dev libopenblas0-openmp)
mapfile -t missing < <(missing_packages "${wanted[@]}")
if [ ${#missing[@]} -gt 0 ]; then
  install_packages "${missing[@]}" \
    || fail "apt-get could not install ${missing[*]}" "see apt's message above; on another distribution set TORCH_DIR to a libtorch and install g++, cmake and OpenBLAS"
else
  echo "all there: ${wanted[*]}"
fi

say "3/6 llama.cpp, prebuilt, by the committed lock file"
lock=$(sha256sum ops/native/package-lock.json | cut -d' ' -f1)
if [ "$(cat build/native/.lock 2>/dev/null)" != "$lock" ]; then
  mkdir -p build/npm build/native/llama
  cp ops/native/package.json ops/native/package-lock.json build/npm/
  (cd build/npm && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) \
    || fail "npm could not install the native packages" "check the network and that 'npm config get registry' serves public packages"
  rm -f build/native/llama/*
  cp -L build/npm/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/*.so build/native/llama/
  rm -rf build/npm/node_modules
  echo "$lock" > build/native/.lock
fi
ls -d build/native/llama/libllama.*

say "4/6 the libtorch shim"
shim=src/Distiller.Training/Torch/native
stamp=$(cat "$shim"/* | sha256sum | cut -d' ' -f1)${TORCH_DIR:-debian}$root
if [ "$(cat build/native/dtorch/.stamp 2>/dev/null)" != "$stamp" ] || [ ! -f build/native/dtorch/libdtorch.so ]; then
  rm -rf build/dtorch
  cmake -S "$shim" -B build/dtorch -DCMAKE_BUILD_TYPE=Release ${TORCH_DIR:+-DTorch_DIR="$TORCH_DIR"} > build/dtorch.log 2>&1 \
    && cmake --build build/dtorch >> build/dtorch.log 2>&1 \
    || { tail -20 build/dtorch.log >&2; fail "the shim did not compile (build/dtorch.log)" "install libtorch-dev, or set TORCH_DIR to the folder of TorchConfig.cmake"; }
  echo "$stamp" > build/native/dtorch/.stamp
fi
ls build/native/dtorch/libdtorch.so

say "5/6 restore (locked) and build"
dotnet tool restore > /dev/null || fail "dotnet tool restore failed" "check the NuGet source: dotnet nuget list source"
dotnet restore Distiller.sln --locked-mode -v quiet || fail "dotnet restore failed" "check the NuGet source; after changing packages run 'dotnet restore --force-evaluate' and commit the lock files"
dotnet build Distiller.sln -c Release --no-restore -v quiet -nodeReuse:false || fail "the build failed" "see the errors above"

say "6/6 doctor"
./distiller doctor || fail "doctor found a fault" "see its table above"
