using System.Text.Json;
using Distiller.Gguf;
using Distiller.Tests.Edge;
using Distiller.Tests.Training;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Reference;

/// <summary>
/// The models, adapters and values beside this file were made by make_reference.py, which writes out the formulas. The tests
/// against transformers and PEFT need larger files from elsewhere; these never skip.
/// </summary>
internal sealed class Both_engines_give_the_logits_of_a_third
{
    private const double Tolerance = 1e-4;

    private static readonly string[] Architectures = ["llama", "qwen2", "qwen3"];

    [Test]
    public void in_the_trainer([ValueSource(nameof(Architectures))] string architecture, [Values] bool withAdapter)
    {
        var (ids, expected) = Expected(architecture, withAdapter);
        using var model = Parity.Load(Path($"{architecture}.gguf"));
        using var adapter = withAdapter
            ? LoraAdapter.From(model, AdapterGguf.Read(Path($"{architecture}-adapter.gguf")))
            : null;
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();

        var logits = model.Logits(new TokenRows(ids), adapter); // [T, V]

        var last = logits.narrow(0, ids.Length - 1, 1).ToDoubles();
        var nll = (logits.logsumexp(1) - logits.gather(1, Next(ids)).squeeze(1)).ToDoubles()[..^1];
        Agree(expected, last, nll, logits.argmax(1).ToLongs().Select(i => (int)i));
    }

    [Test]
    public void in_llama_cpp([ValueSource(nameof(Architectures))] string architecture, [Values] bool withAdapter)
    {
        var (ids, expected) = Expected(architecture, withAdapter);
        using var model = EdgeFixtures.Load(Path($"{architecture}.gguf"));
        using var adapter = withAdapter ? model.LoadAdapter(Path($"{architecture}-adapter.gguf")) : null;
        using var session = model.OpenSession(EdgeFixtures.Exact);
        session.Attach(adapter);

        var logits = session.Logits(ids, [.. Enumerable.Range(0, ids.Length)]);
        var nll = session.NegativeLogLikelihood(ids, EdgeFixtures.AllButTheFirst(ids.Length));

        Agree(expected, logits[^1].Select(x => (double)x), nll, logits.Select(l => Array.IndexOf(l, l.Max())));
    }

    /// <summary>Else agreeing with both would show nothing about the adapter.</summary>
    [TestCaseSource(nameof(Architectures))]
    public void and_the_adapter_makes_a_difference(string architecture) =>
        Parity
            .Furthest(
                Parity.Doubles(Expected(architecture, true).Values, "logitsLast"),
                Parity.Doubles(Expected(architecture, false).Values, "logitsLast")
            )
            .ShouldBeGreaterThan(0.5);

    private static void Agree(
        JsonElement expected,
        IEnumerable<double> last,
        IEnumerable<double> nll,
        IEnumerable<int> argmax
    )
    {
        var logits = Furthest(last, Parity.Doubles(expected, "logitsLast"));
        var likelihoods = Furthest(nll, Parity.Doubles(expected, "nll"));
        TestContext.Out.WriteLine($"furthest logit {logits:E1}, nll {likelihoods:E1}");
        logits.ShouldBeLessThan(Tolerance);
        likelihoods.ShouldBeLessThan(Tolerance);
        argmax.ShouldBe(Parity.Ints(expected, "argmax"));
    }

    private static double Furthest(IEnumerable<double> ours, double[] theirs)
    {
        var list = ours.ToList();
        list.Count.ShouldBe(theirs.Length);
        return Parity.Furthest(list, theirs);
    }

    /// <summary>The token after each; the first again behind the last, whose value is not looked at.</summary>
    private static Tensor Next(int[] ids) =>
        torch.tensor(ids.Skip(1).Append(ids[0]).Select(i => (long)i).ToArray(), [ids.Length, 1]);

    private static (int[] Ids, JsonElement Values) Expected(string architecture, bool withAdapter)
    {
        var json = EdgeFixtures.Json(Path($"{architecture}.json"));
        return (Parity.Ints(json, "ids"), json.GetProperty(withAdapter ? "adapter" : "base"));
    }

    private static string Path(string name) =>
        System.IO.Path.Combine(Repository.Root, "tests", "Distiller.Tests", "Reference", name);
}
