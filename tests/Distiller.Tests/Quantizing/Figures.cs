using System.Diagnostics;
using Distiller.Gguf;

namespace Distiller.Tests.Quantizing;

[Explicit("prints")]
internal sealed class Figures
{
    [Test]
    public void print()
    {
        foreach (
            var (kind, pair) in new (string, LoraFactorPair)[]
            {
                ("gauss32", SyntheticFactors.Gauss(32, 2048, 2048)),
                ("trained8", SyntheticFactors.Trained(8, 2048, 2048)),
                ("trained16", SyntheticFactors.Trained(16, 2048, 2048)),
                ("trained32", SyntheticFactors.Trained(32, 2048, 2048)),
                ("trained64", SyntheticFactors.Trained(64, 2048, 2048)),
                ("trained32 576x1536", SyntheticFactors.Trained(32, 576, 1536)),
            }
        )
        {
            var t = Stopwatch.StartNew();
            var w = AdapterQuantizer.Quantize(new LoraWeights(pair.Rank, 1, [pair]));
            var p = w.Pairs[0];
            TestContext.Out.WriteLine($"{kind} plain {p.PlainError:F4} error {p.Error:F4} {t.ElapsedMilliseconds} ms");
        }
    }
}
