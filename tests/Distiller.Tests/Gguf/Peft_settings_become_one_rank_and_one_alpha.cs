using System.Text.Json.Nodes;
using Distiller.Gguf;
using Distiller.Tests.Quantizing;
using MathNet.Numerics.LinearAlgebra;

namespace Distiller.Tests.Gguf;

/// <summary>By PEFT's own formulas: alpha / r or alpha / sqrt(r), of the first pattern that meets a module's name.</summary>
internal sealed class Peft_settings_become_one_rank_and_one_alpha
{
    private static readonly BaseDescription Qwen = new("qwen2", "tiny", "00", Heads: 2, KvHeads: 1);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void a_rank_stabilized_scale_is_folded_into_alpha()
    {
        var pair = SyntheticFactors.Gauss(8, 24, 40);
        Write(new LoraWeights(8, 16, [pair]), ("use_rslora", "true"));

        var read = PeftAdapter.Read(_folder.Path, Qwen);

        (read.Alpha / read.Rank).ShouldBe(16 / MathF.Sqrt(8), 1e-6f);
        Change(read, 0).ShouldBeLike(Dense(pair) * (16 / Math.Sqrt(8)));
    }

    [Test]
    public void alphas_of_patterns_are_folded_into_the_factors()
    {
        var (q, up) = (SyntheticFactors.Gauss(8, 24, 24), SyntheticFactors.Gauss(8, 24, 40, 2, "blk.1.ffn_up.weight"));
        Write(
            new LoraWeights(8, 16, [q, up]),
            ("alpha_pattern", """{"layers\\.1\\.mlp\\.up_proj": 4, "(q|k)_proj": 24}""")
        );

        var read = PeftAdapter.Read(_folder.Path, Qwen);

        Change(read, 0).ShouldBeLike(Dense(q) * (24.0 / 8));
        Change(read, 1).ShouldBeLike(Dense(up) * (4.0 / 8));
    }

    [Test]
    public void ranks_of_patterns_are_filled_up_with_zeros()
    {
        var q = SyntheticFactors.Gauss(4, 24, 24);
        var up = SyntheticFactors.Gauss(8, 24, 40, 2, "blk.1.ffn_up.weight");
        // Two files of one rank each, put together.
        Write(new LoraWeights(8, 16, [up]), ("rank_pattern", """{"q_proj": 4}"""));
        using (var whole = SafetensorsFile.Open(_folder[PeftAdapter.WeightsFile]))
        {
            var more = whole.ReadMatrices().ToList();
            more.Insert(0, new("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", 4, 24, q.A));
            more.Insert(1, new("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", 24, 4, q.B));
            SafetensorsWriter.Write(_folder["both"], new Dictionary<string, string>(), more);
        }

        File.Move(_folder["both"], _folder[PeftAdapter.WeightsFile], overwrite: true);

        var read = PeftAdapter.Read(_folder.Path, Qwen);

        read.Rank.ShouldBe(8);
        Change(read, 0).ShouldBeLike(Dense(q) * (16.0 / 4));
        Change(read, 1).ShouldBeLike(Dense(up) * (16.0 / 8));
        Should
            .Throw<BadInputException>(() => ReadWith("rank_pattern", """{"up_proj": 4}"""))
            .Reason.ShouldContain("rank_pattern");
    }

    [TestCase("\"gaussian\"")]
    [TestCase("\"eva\"")]
    [TestCase("\"orthogonal\"")]
    [TestCase("false")]
    [TestCase("null")]
    public void a_start_that_left_the_base_alone_is_taken(string start)
    {
        var pair = SyntheticFactors.Gauss(8, 24, 40);
        Write(new LoraWeights(8, 16, [pair]), ("init_lora_weights", start));
        PeftAdapter.Read(_folder.Path, Qwen).Pairs[0].B.ShouldBe(pair.B);
    }

    [TestCase("\"pissa\"", "path_initial_model_for_weight_conversion")]
    [TestCase("\"olora\"", "path_initial_model_for_weight_conversion")]
    [TestCase("\"loftq\"", "LoftQ quantized")]
    public void a_start_that_changed_the_base_is_refused_with_what_helps(string start, string remedy)
    {
        Write(new LoraWeights(8, 16, [SyntheticFactors.Gauss(8, 24, 40)]), ("init_lora_weights", start));

        var refusal = Should.Throw<BadInputException>(() => PeftAdapter.Read(_folder.Path, Qwen));

        refusal.Reason.ShouldContain(start.Trim('"'));
        refusal.Reason.ShouldContain("another base");
        refusal.Remedy.ShouldContain(remedy);
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void a_number_that_is_not_finite_is_refused_with_its_tensor(float bad)
    {
        var pair = SyntheticFactors.Gauss(8, 24, 40, name: "blk.3.ffn_up.weight");
        pair.B[33] = bad;
        Write(new LoraWeights(8, 16, [pair]));

        var refusal = Should.Throw<BadInputException>(() => PeftAdapter.Read(_folder.Path, Qwen));

        refusal.Place.File.ShouldBe(_folder[PeftAdapter.WeightsFile]);
        refusal.Reason.ShouldContain("Number 33 of 'base_model.model.model.layers.3.mlp.up_proj.lora_B.weight'");
    }

    private LoraWeights ReadWith(string key, string value)
    {
        Set((key, value));
        return PeftAdapter.Read(_folder.Path, Qwen);
    }

    private void Write(LoraWeights weights, params (string Key, string Value)[] settings)
    {
        PeftAdapter.Write(_folder.Path, weights, Qwen);
        Set(settings);
    }

    private void Set(params (string Key, string Value)[] settings)
    {
        var config = JsonNode.Parse(File.ReadAllText(_folder[PeftAdapter.ConfigFile]))!.AsObject();
        foreach (var (key, value) in settings)
        {
            config[key] = JsonNode.Parse(value);
        }

        File.WriteAllText(_folder[PeftAdapter.ConfigFile], config.ToJsonString());
    }

    private static Matrix<double> Change(LoraWeights weights, int pair) =>
        Dense(weights.Pairs[pair]) * ((double)weights.Alpha / weights.Rank);

    private static Matrix<double> Dense(LoraFactorPair p) => SyntheticFactors.Product(p.B, p.A, p.Rank, p.In, p.Out);
}

/// <summary>Equal but for single precision.</summary>
internal static class LikeMatrices
{
    public static void ShouldBeLike(this Matrix<double> ours, Matrix<double> wanted) =>
        ((ours - wanted).FrobeniusNorm() / wanted.FrobeniusNorm()).ShouldBeLessThan(1e-6);
}
