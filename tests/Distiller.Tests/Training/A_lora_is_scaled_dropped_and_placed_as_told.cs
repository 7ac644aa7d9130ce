using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class A_lora_is_scaled_dropped_and_placed_as_told
{
    private TemporaryFolder _folder = null!;
    private BaseModel _model = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = Parity.Load(new TinyBase { Layers = 3 }.Write(_folder["base.gguf"]));
    }

    [OneTimeTearDown]
    public void Free()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    /// <summary>Whoever divides alpha by the rank gets alpha / sqrt(rank): llama.cpp does, and so does PEFT without rslora.</summary>
    [Test]
    public void a_rank_stabilized_scale_is_that_of_the_files()
    {
        var usual = Train(TrainingRows.Quick with { Epochs = 1 });
        var stable = Train(TrainingRows.Quick with { Epochs = 1, RankStabilized = true });

        (usual.Adapter.Alpha / usual.Adapter.Rank).ShouldBe(8f / 4);
        (stable.Adapter.Alpha / stable.Adapter.Rank).ShouldBe(8 / MathF.Sqrt(4), 1e-6f);
        stable.Curve[0].Loss.ShouldBe(usual.Curve[0].Loss, 1e-6, "B is zero at first");
        // The gradient of B is proportional to the scale, and that of A is zero while B is.
        stable.Curve[0].GradientNorm.ShouldBe(2 * usual.Curve[0].GradientNorm, 1e-3 * usual.Curve[0].GradientNorm);
    }

    [Test]
    public void the_rate_of_b_is_that_of_a_times_the_ratio()
    {
        var options = TrainingRows.Quick with { Epochs = 1, MaxTrainTokens = 1, WeightDecay = 0.01 };
        var once = Train(options).Adapter.Pairs;
        var often = Train(options with { LoraPlusRatio = 16 }).Adapter.Pairs;

        foreach (var (one, other) in once.Zip(often))
        {
            other.A.ShouldBe(one.A, "A's rate is the same");
            one.B.Max(MathF.Abs).ShouldBeGreaterThan(0);
            Parity
                .Furthest(other.B.Select(b => (double)b), one.B.Select(b => 16.0 * b))
                .ShouldBeLessThan(1e-6, "B was zero: its first step is proportional to its rate");
        }
    }

    [TestCase(0.25)]
    [TestCase(0.9)]
    public void dropout_zeroes_a_share_and_keeps_the_mean(double rate)
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones([200, 500]);
        var dropped = new LoraDropout(rate, 3).Of(x, "blk.0.attn_q.weight");

        var values = dropped.ToFloats();
        values.Distinct().Order().ShouldBe([0, (float)(1 / (1 - rate))], 1e-5);
        // Five standard deviations of 100,000 draws.
        values.Count(v => v == 0).ShouldBeInRange((int)(1e5 * rate - 800), (int)(1e5 * rate + 800));
        new LoraDropout(rate, 3).Of(x, "blk.0.attn_q.weight").ToFloats().ShouldBe(values);
        new LoraDropout(rate, 3).Of(x, "blk.0.attn_k.weight").ToFloats().ShouldNotBe(values);
        new LoraDropout(rate, 4).Of(x, "blk.0.attn_q.weight").ToFloats().ShouldNotBe(values);
    }

    [Test]
    public void dropout_changes_the_training_and_not_the_measurement()
    {
        var options = TrainingRows.Quick with { Dropout = 0.5, ValidateEvery = 2, ValidationTokens = 64 };
        var first = Train(options);

        Train(options).Adapter.Pairs.Select(p => p.B).ShouldBe(first.Adapter.Pairs.Select(p => p.B));
        Train(options with { Dropout = 0 }).Adapter.Pairs[0].B.ShouldNotBe(first.Adapter.Pairs[0].B);
        var kept = ValidationSplit.Of(TrainingRows.Some(10), 64, options.Seed).Validation;
        using var adapter = LoraAdapter.From(_model, first.Adapter);
        HeldOutLoss.Measure(_model, kept, adapter).MeanNll.ShouldBe(first.Validation.Min(p => p.MeanNll), 1e-6);
    }

    [TestCase("attn_q,attn_v", "attn_q attn_v", 6)]
    [TestCase("blk.1.*", "attn_q attn_k attn_v attn_output ffn_gate ffn_up ffn_down", 7)]
    [TestCase("blk.[02].ffn_up", null, 0)]
    [TestCase("blk.?.ffn_*.weight", "ffn_gate ffn_up ffn_down", 9)]
    [TestCase("attn_*, blk.2.ffn_down", "attn_q attn_k attn_v attn_output ffn_down", 13)]
    public void weights_are_chosen_by_patterns(string patterns, string? names, int count)
    {
        var settings = new LoraSettings(4, 8, LoraTargets.All, 1, patterns);
        if (names is null)
        {
            Should
                .Throw<BadInputException>(() => LoraAdapter.Create(_model, settings))
                .Message.ShouldContain($"'{patterns}'");
            return;
        }

        using var adapter = LoraAdapter.Create(_model, settings);
        var tensors = adapter.ToWeights().Pairs.Select(p => p.BaseTensor).ToList();
        tensors.Count.ShouldBe(count);
        tensors.Select(t => t.Split('.')[2]).Distinct().ShouldBe(names.Split(' '), ignoreOrder: true);
    }

    [Test]
    public void a_pattern_that_meets_nothing_is_refused_by_name() =>
        Should
            .Throw<BadInputException>(() => LoraAdapter.Create(_model, new(4, 8, LoraTargets.All, 1, "attn_q,lm_head")))
            .Message.ShouldContain("'lm_head'");

    /// <summary>Adapters that were made before there was a choice keep their keys.</summary>
    [Test]
    public void what_is_not_chosen_is_in_no_key()
    {
        var usual = CanonicalJson.Text(new TrainingOptions());
        foreach (
            var (name, other) in new (string, TrainingOptions)[]
            {
                ("rankStabilized", new() { RankStabilized = true }),
                ("targetPatterns", new() { TargetPatterns = "attn_q" }),
                ("dropout", new() { Dropout = 0.1 }),
                ("loraPlusRatio", new() { LoraPlusRatio = 16 }),
                ("activationCheckpointing", new() { ActivationCheckpointing = true }),
                ("validateEvery", new() { ValidateEvery = 5 }),
                ("patience", new() { Patience = 3 }),
            }
        )
        {
            usual.ShouldNotContain(name);
            CanonicalJson.Text(other).ShouldContain($"\"{name}\":");
        }

        CanonicalJson.Text(new TrainingOptions { ValidationTokens = 100 }).ShouldBe(usual);
    }

    private TrainingResult Train(TrainingOptions options) =>
        new LoraTrainer(_model, "", TimeProvider.System).Train(TrainingRows.Some(10), options);
}
