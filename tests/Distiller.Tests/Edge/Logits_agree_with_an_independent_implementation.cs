using Distiller.Edge;
using Distiller.Gguf;

namespace Distiller.Tests.Edge;

/// <summary>The references were computed by transformers in float32; see ../shared/MODELS.md.</summary>
public sealed class Logits_agree_with_an_independent_implementation
{
    [TestCase("llama-gqa-tied")]
    [TestCase("qwen2-bias")]
    [TestCase("qwen3-qknorm")]
    public void to_a_thousandth_on_float_models(string name)
    {
        var expected = EdgeFixtures.Json(SharedFiles.Path($"parity/{name}/logits.json"));
        using var model = EdgeFixtures.Load(SharedFiles.Path($"parity/{name}/base.gguf"));
        using var session = model.OpenSession(EdgeFixtures.Exact);
        var ids = expected.Ints("ids");
        var last = ids.Length - 1;

        var logits = session.Logits(ids, [.. Enumerable.Range(0, ids.Length)]);
        var nll = session.NegativeLogLikelihood(ids, EdgeFixtures.AllButTheFirst(ids.Length));

        Worst(logits[0].Select(x => (double)x), expected.Doubles("logits_first")).ShouldBeLessThan(1e-3);
        Worst(logits[last].Select(x => (double)x), expected.Doubles("logits_last")).ShouldBeLessThan(1e-3);
        Worst(nll, expected.Doubles("nll")).ShouldBeLessThan(1e-3);
        logits.Select(l => Array.IndexOf(l, l.Max())).ShouldBe(expected.Ints("argmax"));
        TestContext.Out.WriteLine(
            $"{name}: logits {Worst(logits[last].Select(x => (double)x), expected.Doubles("logits_last")):E1}, "
                + $"nll {Worst(nll, expected.Doubles("nll")):E1}"
        );
    }

    /// <summary>The adapter as PEFT trained and wrote it; the logits behind it as PEFT computed them.</summary>
    [TestCase("llama-gqa-tied")]
    [TestCase("qwen2-bias")]
    [TestCase("qwen3-qknorm")]
    public void with_an_adapter_as_well(string name)
    {
        using var folder = new TemporaryFolder();
        var ids = EdgeFixtures.Json(SharedFiles.Path($"parity/{name}/logits.json")).Ints("ids");
        var expected = EdgeFixtures.Json(SharedFiles.Path($"parity/{name}/lora.json"));
        var basePath = SharedFiles.Path($"parity/{name}/base.gguf");
        BaseDescription origin;
        using (var file = GgufFile.Open(basePath))
        {
            origin = BaseDescription.Of(file);
        }

        var weights = PeftAdapter.Read(SharedFiles.Path($"parity/{name}/lora30"), origin);
        AdapterGguf.Write(folder["adapter.gguf"], weights, origin, AdapterEncoding.F16);
        using var model = EdgeFixtures.Load(basePath);
        using var adapter = model.LoadAdapter(folder["adapter.gguf"]);
        using var session = model.OpenSession(EdgeFixtures.Exact);
        adapter.Facts.BaseSha256.ShouldBe(model.Sha256);

        session.Attach(adapter);
        var last = session.Logits(ids, [ids.Length - 1])[0];
        var sum = 0.0;
        var count = 0;
        foreach (var row in expected.GetProperty("rows").EnumerateArray())
        {
            var tokens = row.Ints("ids");
            var from = row.GetProperty("loss_from").GetInt32();
            var nll = session.NegativeLogLikelihood(tokens, [.. tokens.Select((_, i) => i >= from)]);
            (sum, count) = (sum + nll.Sum(), count + nll.Length);
        }

        // The factors are stored in 16 bits.
        var worst = Worst(last.Select(x => (double)x), expected.Doubles("logits_last"));
        TestContext.Out.WriteLine($"{name}: logits {worst:E1}, loss {sum / count:F6}");
        worst.ShouldBeLessThan(5e-3);
        (sum / count).ShouldBe(expected.GetProperty("final_loss").GetDouble(), 1e-3);
    }

    /// <summary>
    /// llama.cpp quantizes activations to 8 bits for a quantized model, so its own error is about 0.4 in single logits.
    /// </summary>
    [Test]
    public void within_the_stated_bound_on_a_quantized_model()
    {
        var cases = EdgeFixtures.Json(SharedFiles.Path("parity/smollm2-135m-instruct.json")).GetProperty("cases");
        using var model = EdgeFixtures.Load(SharedFiles.Path(EdgeFixtures.SmolLm));
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = 256, Exact = true });
        foreach (var c in cases.EnumerateArray())
        {
            var ids = c.Ints("ids");
            var nll = session.NegativeLogLikelihood(ids, EdgeFixtures.AllButTheFirst(ids.Length));
            nll.Average().ShouldBe(c.Doubles("nll").Average(), 0.05);

            session.Prefill(ids);
            var logits = session.LastLogits();
            var top = c.GetProperty("last_top20");
            Worst(top.Ints("ids").Select(t => (double)logits[t]), top.Doubles("logits")).ShouldBeLessThan(0.6);
            Worst(logits.Take(64).Select(x => (double)x), c.Doubles("logits_last_first64")).ShouldBeLessThan(0.6);
            TestContext.Out.WriteLine(
                $"{c.GetProperty("name")}: mean nll {nll.Average():F4} of {c.Doubles("nll").Average():F4}, logits "
                    + $"{Worst(logits.Take(64).Select(x => (double)x), c.Doubles("logits_last_first64")):F3}"
            );
        }
    }

    [Test]
    public void and_the_greedy_continuation_begins_alike()
    {
        var cases = EdgeFixtures.Json(SharedFiles.Path("parity/smollm2-135m-instruct.json")).GetProperty("cases");
        using var model = EdgeFixtures.Load(SharedFiles.Path(EdgeFixtures.SmolLm));
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = 256 });
        foreach (var c in cases.EnumerateArray())
        {
            session.Prefill(c.Ints("ids"));
            var written = session.GenerateGreedy(24);
            var expected = c.Ints("greedy24");
            // Rounding lets close calls fall otherwise further on; until then it is the same text.
            var same = written.AsSpan().CommonPrefixLength(expected);
            TestContext.Out.WriteLine($"{c.GetProperty("name")}: {same} of {written.Length} alike");
            same.ShouldBeGreaterThanOrEqualTo(4);
        }
    }

    /// <summary>Recomputed from the logits with a plain sum, in another order of operations.</summary>
    [Test]
    public void and_only_masked_positions_are_counted_whatever_the_batches()
    {
        using var folder = new TemporaryFolder();
        using var model = EdgeFixtures.LoadTiny(folder);
        // More positions than one batch may have logits for.
        var tokens = EdgeFixtures.SomeTokens(200);
        var mask = tokens.Select((t, i) => i > 0 && (i > 100 || t % 3 == 0)).ToArray();
        using var whole = model.OpenSession(EdgeFixtures.Exact);
        using var small = model.OpenSession(new EdgeSessionOptions { Exact = true, BatchTokens = 7 });
        var logits = whole.Logits(tokens, [.. Enumerable.Range(0, tokens.Length)]);
        var expected = Enumerable
            .Range(1, tokens.Length - 1)
            .Where(i => mask[i])
            .Select(i => -Math.Log(Math.Exp(logits[i - 1][tokens[i]]) / logits[i - 1].Sum(l => Math.Exp(l))))
            .ToArray();

        Worst(whole.NegativeLogLikelihood(tokens, mask), expected).ShouldBeLessThan(1e-5);
        Worst(small.NegativeLogLikelihood(tokens, mask), expected).ShouldBeLessThan(1e-3);
    }

    private static double Worst(IEnumerable<double> a, IReadOnlyCollection<double> b)
    {
        var list = a.ToArray();
        list.Length.ShouldBe(b.Count);
        return list.Zip(b, (x, y) => Math.Abs(x - y)).Max();
    }
}
