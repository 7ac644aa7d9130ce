using Distiller.Gguf;

namespace Distiller.Tests.Quantizing;

internal sealed class The_product_survives_four_bits
{
    // Limits a little above what was measured; plain Q4_0 is near 0.09 on each.
    [TestCase(32, 576, 1536, 0.048)]
    [TestCase(32, 1536, 576, 0.048)]
    [TestCase(16, 576, 192, 0.035)]
    [TestCase(8, 192, 576, 0.02)]
    [TestCase(64, 512, 512, 0.03)]
    [TestCase(96, 256, 320, 0.02)]
    public void trained_like_factors_keep_their_product_far_better_than_plain_rounding(
        int rank,
        int width,
        int height,
        double errorMax
    )
    {
        var pair = SyntheticFactors.Trained(rank, width, height);
        var quantized = Quantize(pair);

        TestContext.Out.WriteLine($"plain {quantized.PlainError:F4} achieved {quantized.Error:F4}");
        quantized.PlainError.ShouldBeGreaterThan(0.07);
        quantized.Error.ShouldBeLessThan(errorMax);
    }

    [Test]
    public void the_error_told_is_the_error_of_the_dense_products()
    {
        foreach (var pair in new[] { SyntheticFactors.Trained(32, 192, 224), SyntheticFactors.Gauss(8, 96, 64) })
        {
            var quantized = Quantize(pair);
            quantized.Error.ShouldBe(SyntheticFactors.DenseError(pair, quantized), 1e-6);

            var plain = quantized with
            {
                A = QuantizedFactor.Plain(PaddedA(pair, quantized.Rank), quantized.Rank, pair.In),
                B = QuantizedFactor.Plain(PaddedB(pair, quantized.Rank), pair.Out, quantized.Rank),
            };
            quantized.PlainError.ShouldBe(SyntheticFactors.DenseError(pair, plain), 1e-6);
        }
    }

    [Test]
    public void it_is_never_worse_than_plain_rounding_whatever_the_factors()
    {
        var random = new Random(9);
        for (var trial = 0; trial < 60; trial++)
        {
            var rank = random.Next(1, 70);
            var width = 32 * random.Next(1, 6);
            var height = random.Next(1, 150);
            var seed = random.Next();
            var pair =
                trial % 2 == 0
                    ? SyntheticFactors.Gauss(rank, width, height, seed)
                    : SyntheticFactors.Spiked(rank, width, height, seed);
            var quantized = Quantize(pair);

            var told = $"rank {rank}, in {width}, out {height}, seed {seed}";
            quantized.Error.ShouldBeLessThanOrEqualTo(quantized.PlainError, told);
            quantized.Error.ShouldBe(SyntheticFactors.DenseError(pair, quantized), 1e-5, told);
        }
    }

    [Test]
    public void a_rank_below_32_is_padded_and_alpha_scaled_so_that_the_change_stays_the_same()
    {
        var quantized = AdapterQuantizer.Quantize(new LoraWeights(16, 24, [SyntheticFactors.Gauss(16, 64, 64)]));

        quantized.Rank.ShouldBe(32);
        quantized.Alpha.ShouldBe(48);
        quantized.Pairs[0].A.Rows.ShouldBe(32);
        quantized.Pairs[0].B.RowElements.ShouldBe(32);
    }

    [Test]
    public void a_fresh_adapter_stays_exactly_without_effect()
    {
        var start = SyntheticFactors.Gauss(16, 64, 96);
        var quantized = Quantize(new LoraFactorPair("t", 16, 64, 96, start.A, new float[start.B.Length]));

        quantized.Error.ShouldBe(0);
        quantized.B.Decode().ShouldAllBe(v => v == 0);
        quantized.A.Decode().ShouldAllBe(v => float.IsFinite(v));
    }

    [Test]
    public void constant_factors_and_one_outlier_are_kept_closely()
    {
        var constant = new LoraFactorPair("t", 8, 64, 40, Fill(8 * 64, 0.5f), Fill(40 * 8, -0.1f));
        Quantize(constant).Error.ShouldBeLessThan(0.002);

        var outlier = SyntheticFactors.Gauss(32, 96, 64);
        outlier.A[100] = 50;
        outlier.B[77] = -10;
        var quantized = Quantize(outlier);
        quantized.Error.ShouldBeLessThan(quantized.PlainError * 0.5);
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    public void a_number_that_is_not_finite_is_refused_with_its_place(float bad)
    {
        var pair = SyntheticFactors.Gauss(8, 64, 40, name: "blk.3.attn_k.weight");
        pair.B[33] = bad;
        var other = SyntheticFactors.Gauss(8, 64, 40, name: "blk.3.attn_v.weight");

        var refusal = Should.Throw<BadInputException>(() =>
            AdapterQuantizer.Quantize(new LoraWeights(8, 8, [other, pair]))
        );
        refusal.Place.File.ShouldBe("blk.3.attn_k.weight");
        refusal.Reason.ShouldContain("Number 33 of B");
    }

    [Test]
    public void factors_too_large_for_half_precision_scales_are_refused()
    {
        var pair = SyntheticFactors.Gauss(8, 64, 40);
        for (var i = 0; i < pair.A.Length; i++)
        {
            pair.A[i] *= 1e9f;
            pair.B[i % pair.B.Length] *= 10f;
        }

        Should.Throw<BadInputException>(() => Quantize(pair));
    }

    [Test]
    public void rows_that_are_no_multiple_of_32_keep_a_in_half_precision()
    {
        var pair = SyntheticFactors.Trained(8, 77, 51);
        var quantized = Quantize(pair);

        quantized.A.Type.ShouldBe(GgmlType.F16);
        quantized.B.Type.ShouldBe(GgmlType.Q4_0);
        quantized.Error.ShouldBe(SyntheticFactors.DenseError(pair, quantized), 1e-6);
        quantized.Error.ShouldBeLessThan(quantized.PlainError * 0.7);
    }

    [Test]
    public void the_bytes_do_not_depend_on_how_many_work()
    {
        LoraFactorPair[] pairs =
        [
            .. Enumerable.Range(0, 6).Select(i => SyntheticFactors.Gauss(16, 96, 72, i, $"blk.{i}.attn_q.weight")),
        ];
        var weights = new LoraWeights(16, 32, pairs);
        var one = AdapterQuantizer.Quantize(weights, workers: 1);
        var four = AdapterQuantizer.Quantize(weights, workers: 4);

        for (var i = 0; i < pairs.Length; i++)
        {
            four.Pairs[i].A.Data.ShouldBe(one.Pairs[i].A.Data);
            four.Pairs[i].B.Data.ShouldBe(one.Pairs[i].B.Data);
        }
    }

    [TestCase(32)]
    [TestCase(96)]
    public void the_same_factors_give_the_same_bytes_every_time(int rank)
    {
        var first = Quantize(SyntheticFactors.Trained(rank, 160, 200));
        for (var trial = 0; trial < 3; trial++)
        {
            var again = Quantize(SyntheticFactors.Trained(rank, 160, 200));
            again.A.Data.ShouldBe(first.A.Data);
            again.B.Data.ShouldBe(first.B.Data);
            again.Error.ShouldBe(first.Error);
        }
    }

    [TestCase("llama-gqa-tied")]
    [TestCase("qwen2-bias")]
    [TestCase("qwen3-qknorm")]
    public void adapters_trained_by_another_program_lose_little(string name)
    {
        using var file = GgufFile.Open(SharedFiles.Path($"parity/{name}/base.gguf"));
        var weights = PeftAdapter.Read(SharedFiles.Path($"parity/{name}/lora30"), BaseDescription.Of(file));
        var report = AdapterQuantizer.Quantize(weights).Report;

        TestContext.Out.WriteLine(
            $"{name}: plain {report.MeanPlainError:F4}, mean {report.MeanError:F4}, worst {report.WorstError:F4}"
        );
        report.MeanPlainError.ShouldBeGreaterThan(0.06);
        report.MeanError.ShouldBeLessThan(0.02);
    }

    private static QuantizedPair Quantize(LoraFactorPair pair) =>
        AdapterQuantizer.Quantize(new LoraWeights(pair.Rank, 16, [pair])).Pairs[0];

    private static float[] Fill(int count, float value) => [.. Enumerable.Repeat(value, count)];

    private static float[] PaddedA(LoraFactorPair pair, int rank) =>
        [.. pair.A, .. new float[(rank - pair.Rank) * pair.In]];

    private static float[] PaddedB(LoraFactorPair pair, int rank) =>
        [.. pair.B.Chunk(pair.Rank).SelectMany(row => row.Concat(new float[rank - pair.Rank]))];
}
