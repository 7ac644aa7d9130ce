using System.Text.Json;
using Distiller.Edge;
using Distiller.Gguf;
using Distiller.Jobs.Models;
using Distiller.Training.Lora;

namespace Distiller.Tests.Quantizing;

/// <summary>What <c>quantize --adapter</c> does, on a tiny base with a strong random adapter.</summary>
internal sealed class Any_lora_can_be_quantized
{
    private const string Text = "The queue drains before the service restarts, and the ticket is closed after that. ";

    private TemporaryFolder _folder = null!;
    private LoraWeights _weights = null!;

    [OneTimeSetUp]
    public void WriteAdapter()
    {
        _folder = new TemporaryFolder();
        using var file = GgufFile.Open(new TinyBase().Write(_folder["base.gguf"]));
        _weights = TinyAdapter.For(file, rank: 8);
        var origin = BaseDescription.Of(file);
        AdapterGguf.Write(_folder["adapter.gguf"], _weights, origin, AdapterEncoding.F32);
        PeftAdapter.Write(_folder["peft"], _weights, origin);
        new LoraFile(_weights, file.Sha256()).Write(_folder["lora.safetensors"]);
        File.WriteAllText(_folder["text.txt"], string.Concat(Enumerable.Repeat(Text, 3)));
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [TestCase("adapter.gguf")]
    [TestCase("lora.safetensors")]
    [TestCase("peft")]
    public void in_every_form_with_the_same_bytes(string form)
    {
        Run("reference", adapter: "adapter.gguf");
        var report = Run($"of-{form}", adapter: form);

        report.Files.Count.ShouldBe(2);
        foreach (var file in report.Files)
        {
            File.ReadAllBytes(Path.Combine(_folder[$"of-{form}"], file.Path))
                .ShouldBe(File.ReadAllBytes(Path.Combine(_folder["reference"], file.Path)));
        }
    }

    [TestCase(QuantizationMethod.Distiller, 0.03)]
    [TestCase(QuantizationMethod.Q4_0, 0.2)]
    [TestCase(QuantizationMethod.Iq4Nl, 0.2)]
    public void by_every_method_into_a_file_that_llama_cpp_runs(QuantizationMethod method, double errorMax)
    {
        var report = Run(method.ToString(), method, heldOut: "text.txt");

        using var adapterFile = GgufFile.Open(Path.Combine(_folder[method.ToString()], Exporter.Int4File));
        adapterFile
            .Tensors.Select(t => t.Type)
            .Distinct()
            .ShouldBe([method is QuantizationMethod.Iq4Nl ? GgmlType.IQ4_NL : GgmlType.Q4_0]);
        // The errors told are those of the file that lies there, with both products formed in full.
        var stored = AdapterGguf.Read(adapterFile.Path);
        foreach (var (exact, got, told) in _weights.Pairs.Zip(stored.Pairs, report.Tensors))
        {
            var wanted = SyntheticFactors.Product(exact.B, exact.A, exact.Rank, exact.In, exact.Out);
            var product = SyntheticFactors.Product(got.B, got.A, got.Rank, got.In, got.Out);
            ((product - wanted).FrobeniusNorm() / wanted.FrobeniusNorm()).ShouldBe(told.Error, 1e-6);
        }

        report.WorstError.ShouldBeInRange(1e-4, errorMax);
        report.MeanPlainError.ShouldBeInRange(0.05, 0.2);
        var held = report.HeldOut.ShouldNotBeNull();
        held.Tokens.ShouldBeGreaterThan(100);
        held.MeanKl.ShouldBeGreaterThan(0);
        held.MeanKl.ShouldBeLessThan(held.MeanKlWithoutAdapter / 10);
        JsonDocument
            .Parse(File.ReadAllBytes(Path.Combine(_folder[method.ToString()], AdapterQuantization.ReportFile)))
            .RootElement.GetProperty("heldOut")
            .GetProperty("meanKl")
            .GetDouble()
            .ShouldBe(held.MeanKl);
    }

    [Test]
    public void and_the_smaller_error_of_the_product_is_the_smaller_divergence()
    {
        var fitted = Run("fitted", heldOut: "text.txt").HeldOut!;
        var plain = Run("plain", QuantizationMethod.Q4_0, heldOut: "text.txt").HeldOut!;
        fitted.MeanKl.ShouldBeLessThan(plain.MeanKl / 2);
        fitted.MeanKlWithoutAdapter.ShouldBe(plain.MeanKlWithoutAdapter);
    }

    /// <summary>A weight's first inputs are known without a forward pass: the normalized embeddings.</summary>
    [Test]
    public void the_importance_of_inputs_is_their_mean_square()
    {
        using var file = GgufFile.Open(_folder["base.gguf"]);
        using var model = Training.Parity.Load(file.Path);
        using var adapter = LoraAdapter.From(model, _weights);
        int[][] rows =
        [
            [5, 90, 33],
            [200, 7],
        ];

        var measured = InputImportance.Measure(model, adapter, rows);

        measured.Count.ShouldBe(14);
        var embedding = file.ReadFloats(file.GetTensor("token_embd.weight")).Chunk(64).ToArray();
        var norm = file.ReadFloats(file.GetTensor("blk.0.attn_norm.weight"));
        var wanted = new double[64];
        foreach (var x in rows.SelectMany(r => r).Select(t => embedding[t]))
        {
            var square = x.Average(v => (double)v * v) + 1e-5;
            for (var i = 0; i < wanted.Length; i++)
            {
                wanted[i] += x[i] * (double)x[i] / square * norm[i] * norm[i] / 5;
            }
        }

        Training.Parity.Furthest(measured["blk.0.attn_q.weight"].Select(v => (double)v), wanted).ShouldBeLessThan(1e-4);
        measured["blk.0.attn_k.weight"].ShouldBe(measured["blk.0.attn_q.weight"]);
        measured["blk.1.ffn_down.weight"].Length.ShouldBe(128);
    }

    [Test]
    public void calibration_lowers_the_error_on_large_inputs_and_tells_both()
    {
        var random = new Random(3);
        var pair = SyntheticFactors.Trained(16, 256, 192);
        float[] importance = [.. Enumerable.Range(0, 256).Select(_ => (float)Math.Exp(4 * random.NextDouble()))];
        var weights = new LoraWeights(16, 32, [pair]);
        var by = new Dictionary<string, float[]> { [pair.BaseTensor] = importance };

        var calibrated = AdapterQuantizer.Quantize(weights, importance: by);
        var usual = AdapterQuantizer.Quantize(weights);

        var told = calibrated.Report.Tensors[0].Weighted.ShouldNotBeNull();
        told.Achieved.ShouldBe(Weighted(pair, calibrated.Pairs[0], importance), 1e-5);
        told.Achieved.ShouldBeLessThan(0.95 * Weighted(pair, usual.Pairs[0], importance));
        calibrated.Report.Tensors[0].Error.ShouldBe(SyntheticFactors.DenseError(pair, calibrated.Pairs[0]), 1e-5);
        usual.Report.Tensors[0].Weighted.ShouldBeNull();
    }

    [Test]
    public void a_text_calibrates_every_module()
    {
        var report = Run("calibrated", calibration: "text.txt");
        report.CalibrationTokens.ShouldNotBeNull().ShouldBeGreaterThan(100);
        report.Tensors.ShouldAllBe(t => t.Weighted != null && t.Weighted.Achieved <= t.Weighted.Plain);
    }

    [Test]
    public void an_adapter_of_another_base_is_refused_before_anything_is_written()
    {
        using var other = GgufFile.Open(new TinyBase { Width = 96, Seed = 2 }.Write(_folder["other.gguf"]));
        foreach (
            var (form, reason) in new[]
            {
                ("adapter.gguf", "SHA-256"),
                ("lora.safetensors", "SHA-256"),
                ("peft", "the base"),
            }
        )
        {
            var refusal = Should.Throw<BadInputException>(() => Run("refused", adapter: form, basePath: other.Path));
            refusal.Place.File.ShouldBe(_folder[form]);
            refusal.Reason.ShouldContain(reason);
        }

        Directory.Exists(_folder["refused"]).ShouldBeFalse();
    }

    [TestCase("{\"messages\": [{\"role\": \"user\"}]}")]
    [TestCase("{}")]
    [TestCase("[1]")]
    [TestCase("{\"text\": 4}")]
    [TestCase("nonsense")]
    public void a_line_that_is_no_text_is_refused_with_its_number(string line)
    {
        File.WriteAllText(_folder["lines.jsonl"], "{\"text\": \"The queue drains.\"}\n\n" + line + "\n");
        var refusal = Should.Throw<BadInputException>(() => Run("refused", heldOut: "lines.jsonl"));
        refusal.Place.File.ShouldBe(_folder["lines.jsonl"]);
        refusal.Place.Line.ShouldBe(3);
    }

    [Test]
    public void of_a_conversation_the_answers_are_compared()
    {
        File.WriteAllText(
            _folder["chat.jsonl"],
            """{"messages": [{"role": "user", "content": "the queue?"}, {"role": "assistant", "content": "It drains."}]}"""
        );
        using var model = EdgeModel.Load(_folder["base.gguf"], new EdgeModelOptions { VocabularyOnly = true });
        var answer = model.Tokenizer.CountTokens("It drains.");
        // The answer, and the token that ends it.
        Run("chat", heldOut: "chat.jsonl").HeldOut!.Tokens.ShouldBe(answer + 1);
    }

    [Test]
    public void on_the_command_line()
    {
        var result = DistillerProcess.Run(
            "quantize",
            "--adapter",
            _folder["peft"],
            "--base",
            _folder["base.gguf"],
            "--out",
            _folder["out"],
            "--method",
            "iq4_nl",
            "--held-out",
            _folder["text.txt"],
            "--json"
        );
        result.ExitCode.ShouldBe(0, result.ToString());
        ((string)result.Json["method"]!).ShouldBe("iq4_nl");
        result.Json["tensors"]!.AsArray().Count.ShouldBe(14);
        ((double)result.Json["heldOut"]!["meanKl"]!).ShouldBeGreaterThan(0);
        File.Exists(Path.Combine(_folder["out"], Exporter.Int4File)).ShouldBeTrue();
    }

    [TestCase("--adapter x --base x", "--out")]
    [TestCase("--base x --method q4_0", "--method belongs to --adapter")]
    [TestCase("--adapter x --base x --out x --method q3", "q3")]
    public void what_does_not_go_together_is_wrong_usage(string arguments, string told) =>
        Cli
            .CommandLine.Build()
            .Parse(["quantize", .. arguments.Split(' ')])
            .Errors.Select(e => e.Message)
            .ShouldHaveSingleItem()
            .ShouldContain(told);

    private AdapterQuantizationReport Run(
        string folder,
        QuantizationMethod method = QuantizationMethod.Distiller,
        string adapter = "adapter.gguf",
        string? basePath = null,
        string? heldOut = null,
        string? calibration = null
    ) =>
        AdapterQuantization.Run(
            new AdapterQuantizationRequest(
                _folder[adapter],
                basePath ?? _folder["base.gguf"],
                _folder[folder],
                method,
                heldOut is null ? null : _folder[heldOut],
                calibration is null ? null : _folder[calibration],
                Threads: 1
            )
        );

    /// <summary>||(B'A' - BA) D||_F / ||BA D||_F with the products formed in full and small inputs at a thousandth of the mean.</summary>
    private static double Weighted(LoraFactorPair exact, QuantizedPair quantized, float[] importance)
    {
        var mean = importance.Average();
        var wanted = SyntheticFactors.Product(exact.B, exact.A, exact.Rank, exact.In, exact.Out);
        var got = SyntheticFactors.Product(
            quantized.B.Decode(),
            quantized.A.Decode(),
            quantized.Rank,
            exact.In,
            exact.Out
        );
        double Norm(MathNet.Numerics.LinearAlgebra.Matrix<double> x) =>
            x.MapIndexed((_, j, v) => v * Math.Sqrt(Math.Max(1e-3, importance[j] / mean))).FrobeniusNorm();
        return Norm(got - wanted) / Norm(wanted);
    }
}
