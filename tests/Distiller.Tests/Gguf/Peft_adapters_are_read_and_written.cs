using System.Text;
using System.Text.Json.Nodes;
using Distiller.Gguf;

namespace Distiller.Tests.Gguf;

internal sealed class Peft_adapters_are_read_and_written
{
    private static readonly BaseDescription Llama = new("llama", "tiny", "00", Heads: 6, KvHeads: 2);

    [Test]
    public void what_peft_wrote_comes_out_byte_for_byte_again(
        [Values("llama-gqa-tied", "qwen2-bias", "qwen3-qknorm")] string name,
        [Values("lora0", "lora30")] string adapter
    )
    {
        var original = SharedFiles.Path($"parity/{name}/{adapter}");
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(SharedFiles.Path($"parity/{name}/base.gguf"));
        var origin = BaseDescription.Of(file) with { Name = name };

        var weights = PeftAdapter.Read(original, origin);
        PeftAdapter.Write(folder.Path, weights, origin);

        weights.Rank.ShouldBe(8);
        weights.Alpha.ShouldBe(16);
        weights.Pairs.Count.ShouldBe(21);
        File.ReadAllBytes(folder[PeftAdapter.WeightsFile])
            .ShouldBe(File.ReadAllBytes(Path.Combine(original, PeftAdapter.WeightsFile)));
        var ours = JsonNode.Parse(File.ReadAllText(folder[PeftAdapter.ConfigFile]))!.AsObject();
        var theirs = JsonNode.Parse(File.ReadAllText(Path.Combine(original, PeftAdapter.ConfigFile)))!.AsObject();
        foreach (var (key, value) in ours.Where(p => p.Key != "target_modules"))
        {
            theirs.ContainsKey(key).ShouldBeTrue(key);
            JsonNode.DeepEquals(value, theirs[key]).ShouldBeTrue(key);
        }

        ours["target_modules"]!
            .AsArray()
            .Select(m => m!.GetValue<string>())
            .ShouldBe(theirs["target_modules"]!.AsArray().Select(m => m!.GetValue<string>()), ignoreOrder: true);
    }

    [Test]
    public void query_and_key_rows_of_llama_are_interleaved_as_the_converter_does()
    {
        // One head of width 4, rank 1: the converter's reshape(1, 2, 2).swapaxes takes rows 0 1 2 3 to 0 2 1 3.
        var origin = Llama with
        {
            Heads = 1,
            KvHeads = 1,
        };
        using var folder = new TemporaryFolder();
        foreach (var (tensor, wanted) in new[] { ("attn_q", "0 2 1 3"), ("attn_k", "0 2 1 3"), ("attn_v", "0 1 2 3") })
        {
            PeftAdapter.Write(
                folder.Path,
                new LoraWeights(1, 1, [new($"blk.0.{tensor}.weight", 1, 1, 4, [1], [0, 1, 2, 3])]),
                origin with
                {
                    Architecture = "qwen2",
                }
            );
            string.Join(' ', PeftAdapter.Read(folder.Path, origin).Pairs[0].B).ShouldBe(wanted);
        }
    }

    [Test]
    public void a_merged_weight_is_the_same_on_both_sides_of_the_permutation()
    {
        // The base's own permutation is known: our B rows in GGUF order must line up with W's rows in GGUF order.
        // llama.cpp with the imported adapter must therefore give PEFT's logits.
        var reference = JsonNode.Parse(File.ReadAllText(SharedFiles.Path("parity/llama-gqa-tied/lora.json")))!;
        var tokens = JsonNode.Parse(File.ReadAllText(SharedFiles.Path("parity/llama-gqa-tied/logits.json")))!["ids"]!
            .AsArray()
            .Select(i => i!.GetValue<int>())
            .ToArray();
        using var folder = new TemporaryFolder();
        var basePath = SharedFiles.Path("parity/llama-gqa-tied/base.gguf");
        using var file = GgufFile.Open(basePath);
        var origin = BaseDescription.Of(file);
        var weights = PeftAdapter.Read(SharedFiles.Path("parity/llama-gqa-tied/lora30"), origin);
        var wanted = reference["logits_last"]!.AsArray().Select(v => v!.GetValue<float>()).ToArray();

        AdapterGguf.Write(folder["f16.gguf"], weights, origin, AdapterEncoding.F16);
        AdapterGguf.Write(folder["int4.gguf"], weights, origin, AdapterEncoding.Int4);

        var exact = Distance(Logits(basePath, folder["f16.gguf"], tokens), wanted);
        var coarse = Distance(Logits(basePath, folder["int4.gguf"], tokens), wanted);
        var none = Distance(Logits(basePath, null, tokens), wanted);
        TestContext.Out.WriteLine($"f16 {exact:F5}, int4 {coarse:F5}, no adapter {none:F5}");
        exact.ShouldBeLessThan(2e-3);
        coarse.ShouldBeLessThan(0.1);
        none.ShouldBeGreaterThan(0.5);
    }

    [TestCase("use_dora", "true")]
    [TestCase("use_rslora", "\"yes\"")]
    [TestCase("rank_pattern", """{"q_proj": 0.5}""")]
    [TestCase("rank_pattern", """{"q_proj": 65537}""")]
    [TestCase("alpha_pattern", """{"q_proj": -1}""")]
    [TestCase("alpha_pattern", """{"(q_proj": 1}""")]
    [TestCase("alpha_pattern", """{"q_proj(?=x)": 1}""")]
    [TestCase("alpha_pattern", "[1]")]
    [TestCase("lora_bias", "true")]
    [TestCase("init_lora_weights", "\"pissa\"")]
    [TestCase("init_lora_weights", "\"pissa_niter_4\"")]
    [TestCase("init_lora_weights", "\"olora\"")]
    [TestCase("init_lora_weights", "\"corda\"")]
    [TestCase("init_lora_weights", "\"loftq\"")]
    [TestCase("init_lora_weights", "\"a start of next year\"")]
    [TestCase("modules_to_save", """["lm_head"]""")]
    [TestCase("bias", "\"all\"")]
    [TestCase("peft_type", "\"IA3\"")]
    [TestCase("r", "0")]
    [TestCase("r", "\"8\"")]
    [TestCase("lora_alpha", "1e999")]
    public void settings_that_change_the_arithmetic_are_refused_by_name(string key, string value)
    {
        using var folder = new TemporaryFolder();
        WriteSmall(folder);
        var config = JsonNode.Parse(File.ReadAllText(folder[PeftAdapter.ConfigFile]))!.AsObject();
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(folder[PeftAdapter.ConfigFile], config.ToJsonString());

        var refusal = Should.Throw<BadInputException>(() => PeftAdapter.Read(folder.Path, Llama));
        refusal.Reason.ShouldContain(key);
        refusal.Place.File.ShouldEndWith(PeftAdapter.ConfigFile);
    }

    [TestCase("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "no LoRA factor")]
    [TestCase("not json", "header")]
    [TestCase("[1]", "header")]
    public void a_header_that_is_none_is_refused(string header, string reason)
    {
        using var folder = new TemporaryFolder();
        WriteSmall(folder);
        WriteSafetensors(folder, header, new byte[4]);
        Should.Throw<BadInputException>(() => PeftAdapter.Read(folder.Path, Llama)).Reason.ShouldContain(reason);
    }

    [TestCase("F64", "[8,32]", "[0,1024]", "F64")]
    [TestCase("F32", "[8,32]", "[0,1020]", "does not fit")]
    [TestCase("F32", "[8,32]", "[1024,0]", "does not fit")]
    [TestCase("F32", "[2147483647,2147483647]", "[0,1024]", "does not fit")]
    [TestCase("F32", "[-8,-32]", "[0,1024]", "does not fit")]
    [TestCase("F32", "[8,32]", "[4,1028]", "was expected")]
    [TestCase("F32", "[8,32]", "[9223372036854775807,0]", "does not fit")]
    [TestCase("F32", "[8,99999999999999]", "[0,1024]", "header")]
    [TestCase("F32", "[4,32]", "[0,512]", "the file holds")]
    public void a_tensor_that_does_not_fit_its_bytes_is_refused(
        string dtype,
        string shape,
        string offsets,
        string reason
    )
    {
        using var folder = new TemporaryFolder();
        WriteSmall(folder);
        const string name = "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight";
        WriteSafetensors(
            folder,
            $$$"""{"{{{name}}}":{"dtype":"{{{dtype}}}","shape":{{{shape}}},"data_offsets":{{{offsets}}}}}""",
            new byte[1024]
        );
        Should.Throw<BadInputException>(() => PeftAdapter.Read(folder.Path, Llama)).Reason.ShouldContain(reason);
    }

    [Test]
    public void damage_and_truncation_at_any_place_give_a_refusal_or_an_adapter()
    {
        using var folder = new TemporaryFolder();
        WriteSmall(folder);
        var whole = File.ReadAllBytes(folder[PeftAdapter.WeightsFile]);
        var header = 8 + (int)BitConverter.ToInt64(whole);
        var random = new Random(4);
        var refused = 0;
        for (var trial = 0; trial < 600; trial++)
        {
            var damaged = trial % 3 == 0 ? whole[..random.Next(whole.Length)] : whole.ToArray();
            if (trial % 3 != 0)
            {
                damaged[random.Next(header)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(folder[PeftAdapter.WeightsFile], damaged);
            try
            {
                PeftAdapter.Read(folder.Path, Llama);
            }
            catch (BadInputException)
            {
                refused++;
            }
        }

        refused.ShouldBeInRange(400, 599);
    }

    private static void WriteSmall(TemporaryFolder folder)
    {
        var g = new Random(1);
        float[] Next(int n) => [.. Enumerable.Range(0, n).Select(_ => (float)g.NextDouble())];
        PeftAdapter.Write(
            folder.Path,
            new LoraWeights(
                8,
                16,
                [
                    new("blk.0.attn_q.weight", 8, 24, 24, Next(192), Next(192)),
                    new("blk.1.ffn_up.weight", 8, 24, 40, Next(192), Next(320)),
                ]
            ),
            Llama
        );
    }

    private static void WriteSafetensors(TemporaryFolder folder, string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(
            folder[PeftAdapter.WeightsFile],
            [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]
        );
    }

    private static float[] Logits(string basePath, string? adapter, int[] tokens)
    {
        using var probe = new LlamaProbe(basePath);
        if (adapter is not null)
        {
            probe.Attach(adapter).ShouldBeTrue();
        }

        return probe.Logits(tokens);
    }

    private static double Distance(float[] x, float[] y)
    {
        x.Length.ShouldBe(y.Length);
        var squared = x.Zip(y, (a, b) => (double)(a - b) * (a - b)).Sum();
        return Math.Sqrt(squared / y.Sum(b => (double)b * b));
    }
}
