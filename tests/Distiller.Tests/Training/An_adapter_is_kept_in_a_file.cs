using Distiller.Gguf;
using Distiller.Training.Lora;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class An_adapter_is_kept_in_a_file
{
    [Test]
    public void and_read_back_number_for_number()
    {
        using var folder = new TemporaryFolder();
        using var model = Parity.Load(new TinyBase().Write(folder["base.gguf"]));
        using var adapter = LoraAdapter.Create(model, new LoraSettings(4, 8.5f, LoraTargets.All, 1));
        var weights = adapter.ToWeights();
        new LoraFile(weights, "abc").Write(folder["lora.safetensors"]);
        var read = LoraFile.Read(folder["lora.safetensors"]);

        read.BaseSha256.ShouldBe("abc");
        (read.Weights.Rank, read.Weights.Alpha).ShouldBe((4, 8.5f));
        read.Weights.Pairs.Count.ShouldBe(14);
        foreach (var (a, b) in read.Weights.Pairs.Zip(weights.Pairs))
        {
            (a.BaseTensor, a.In, a.Out).ShouldBe((b.BaseTensor, b.In, b.Out));
            a.A.ShouldBe(b.A);
            a.B.ShouldBe(b.B);
        }

        Directory.GetFiles(folder.Path).Length.ShouldBe(2, "no temporary file is left");
    }

    [Test]
    public void a_cut_or_altered_file_is_refused_with_its_name()
    {
        using var folder = new TemporaryFolder();
        var path = folder["lora.safetensors"];
        var pair = new LoraFactorPair("blk.0.attn_q.weight", 1, 2, 2, [1, 2], [3, 4]);
        new LoraFile(new LoraWeights(1, 2, [pair]), "abc").Write(path);
        var good = File.ReadAllBytes(path);
        for (var length = 0; length < good.Length; length += 7)
        {
            File.WriteAllBytes(path, good[..length]);
            Should.Throw<BadInputException>(() => LoraFile.Read(path)).Message.ShouldContain(path);
        }

        foreach (
            var (old, changed) in new[] { ("F32", "F16"), ("\"1\"", "\"2\""), ("[1,2]", "[9,2]"), ("lora_b", "lora_c") }
        )
        {
            var text = System.Text.Encoding.Latin1.GetString(good);
            text.ShouldContain(old);
            File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(text.Replace(old, changed)));
            Should.Throw<BadInputException>(() => LoraFile.Read(path)).Message.ShouldContain(path);
        }

        new LoraFile(new LoraWeights(1, 2, [new("blk.0.attn_q.weight", 1, 2, 2, [1, float.NaN], [3, 4])]), "").Write(
            path
        );
        Should.Throw<BadInputException>(() => LoraFile.Read(path)).Message.ShouldContain("finite");
    }

    [Test]
    public void a_fresh_one_changes_nothing_and_its_values_do_not_depend_on_the_choice_of_targets()
    {
        using var folder = new TemporaryFolder();
        using var model = Parity.Load(new TinyBase().Write(folder["base.gguf"]));
        using var all = LoraAdapter.Create(model, new LoraSettings(4, 8, LoraTargets.All, 1));
        using var some = LoraAdapter.Create(model, new LoraSettings(4, 8, LoraTargets.Value | LoraTargets.Down, 1));
        var (allPairs, somePairs) = (all.ToWeights().Pairs, some.ToWeights().Pairs);

        somePairs
            .Select(p => p.BaseTensor)
            .ShouldBe(["blk.0.attn_v.weight", "blk.0.ffn_down.weight", "blk.1.attn_v.weight", "blk.1.ffn_down.weight"]);
        somePairs[1].A.ShouldBe(allPairs[6].A);
        allPairs.ShouldAllBe(p => p.B.All(b => b == 0));
        foreach (var p in allPairs)
        {
            // Uniform in +-1/sqrt(in): its standard deviation is the bound over sqrt 3.
            var bound = 1 / Math.Sqrt(p.In);
            p.A.ShouldAllBe(a => Math.Abs(a) <= bound);
            Math.Sqrt(p.A.Average(a => (double)a * a)).ShouldBe(bound / Math.Sqrt(3), 0.15 * bound);
        }

        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var rows = new Distiller.Training.Model.TokenRows([5, 6, 7]);
        model.Logits(rows, all).ToFloats().ShouldBe(model.Logits(rows).ToFloats());
    }

    [Test]
    public void one_of_another_base_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var model = Parity.Load(new TinyBase().Write(folder["base.gguf"]));
        foreach (
            var pair in new LoraFactorPair[]
            {
                new("blk.9.attn_q.weight", 1, 64, 64, new float[64], new float[64]),
                new("blk.0.attn_k.weight", 1, 64, 64, new float[64], new float[64]),
                new("token_embd.weight", 1, 64, 267, new float[64], new float[267]),
            }
        )
        {
            Should
                .Throw<BadInputException>(() => LoraAdapter.From(model, new LoraWeights(1, 1, [pair])))
                .Message.ShouldContain(pair.BaseTensor);
        }
    }

    [Test]
    public void targets_are_named_as_in_gguf()
    {
        LoraTargetNames.Parse("all").ShouldBe(LoraTargets.All);
        LoraTargetNames.Parse("attn_q, ffn_down").ShouldBe(LoraTargets.Query | LoraTargets.Down);
        LoraTargetNames.Format(LoraTargets.Down | LoraTargets.Query).ShouldBe("attn_q,ffn_down");
        Should.Throw<BadInputException>(() => LoraTargetNames.Parse("attn_q,lm_head")).Message.ShouldContain("lm_head");
    }
}
