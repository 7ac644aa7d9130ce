#!/usr/bin/env bash
# What training an adapter costs on this machine's GPU: tokens a second, model FLOP utilisation and peak memory for bases of
# random weights in the shapes of 0.5B, 1.5B, 7B and 8B. Prints a table for tests/Distiller.Benchmarks/results/gpu.md.
#   ops/gpu-bench.sh              needs nvidia-smi, and DISTILLER_TORCH = .../torch/lib of a PyTorch 2.10 with CUDA
#   ops/gpu-bench.sh --dry-run    the same through the CPU and a tiny shape: shows that the script works, not what a GPU does
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 OMP_WAIT_POLICY=PASSIVE

shapes=(0.5b 1.5b 7b 8b) device=cuda:0 peak=0 steps=20
if [ "${1:-}" = --dry-run ]; then
  shapes=(tiny) device=cpu steps=3
  name="this machine's CPU, a dry run"
else
  command -v nvidia-smi > /dev/null || { echo "no nvidia-smi: there is no GPU here (remedy: --dry-run)" >&2; exit 1; }
  : "${DISTILLER_TORCH:?name the folder torch/lib of a PyTorch 2.10 with CUDA}"
  name=$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)
  # Teraflops in bfloat16, dense, by NVIDIA's data sheets; another one gets no utilisation.
  case "$name" in
    *H200* | *"H100 80GB HBM3"*) peak=989 ;;
    *"H100 PCIe"*) peak=756 ;;
    *A100*) peak=312 ;;
    *L40S*) peak=362 ;;
    *L4*) peak=121 ;;
    *A10G*) peak=70 ;;
    *"RTX 4090"*) peak=165 ;;
  esac
fi

program=tests/Distiller.Benchmarks/bin/Release/net10.0/Distiller.Benchmarks.dll
[ -f "$program" ] || dotnet build tests/Distiller.Benchmarks -c Release -v quiet

printf '%s; rank 32 on all seven linears, bfloat16, 4 rows a step, half of each with loss; peak %s TFLOPS\n\n' "$name" "$peak"
printf '| base | tokens a second | model FLOP utilisation | peak MB |\n|---|---|---|---|\n'
for shape in "${shapes[@]}"; do
  for checkpointing in false true; do
    # A process each: the peak of memory is its own.
    dotnet "$program" gpu-bench "$shape" "$device" "$steps" "$peak" "$checkpointing"
  done
done
