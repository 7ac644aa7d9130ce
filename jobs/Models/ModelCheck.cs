using Distiller.Core;
using Distiller.Edge;
using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Jobs.Models;

/// <summary>
/// Is a base supported, and do the trainer and llama.cpp, two independent implementations, compute the same logits of
/// the same file? With a reference, a third is compared.
/// </summary>
public static class ModelCheck
{
    private const int TokensMax = 64;
    private const string Text =
        "The on-call engineer restarts the payment service, checks that the queue drains, and closes the ticket. "
        + "{\"name\": \"close_ticket\", \"arguments\": {\"id\": 4711, \"code\": \"17\"}}\n"
        + "Then she writes down what happened, so that the next one on call need not search for it again.";

    /// <param name="adapter">A PEFT folder or an adapter GGUF; null checks the bare base.</param>
    /// <param name="reference">A file of reference results; null compares trainer and llama.cpp only.</param>
    public static ModelCheckReport Run(string basePath, string? adapter, string? reference)
    {
        using var file = GgufFile.Open(basePath);
        var origin = BaseDescription.Of(file);
        using var trainer = BaseModel.Load(file, "cpu", Precision.Fp32);
        using var edge = EdgeModel.Load(basePath);
        var weights = adapter is null ? null : AdapterSource.Read(adapter, file, origin);
        var cases = reference is null
            ? [new ReferenceCase(BuiltInIds(edge), null, null, [])]
            : ReferenceFile.Read(reference);

        using var lora = weights is null ? null : LoraAdapter.From(trainer, weights);
        using var adapterFile = weights is null ? null : AttachableFile.Of(adapter!, weights, origin);
        using var attached = adapterFile is null ? null : edge.LoadAdapter(adapterFile.Path);

        var (fromEdge, sum, count, nll) = (0.0, 0.0, 0L, 0.0);
        double? fromReference = null;
        foreach (var one in cases)
        {
            CheckIds(reference ?? basePath, one, edge);
            var logits = trainer.LogitRows(one.Ids, lora);
            var edges = EdgeLogits(edge, one.Ids, attached);
            fromEdge = Math.Max(fromEdge, Farthest(logits, edges));
            sum += logits.Zip(edges).Sum(r => r.First.Zip(r.Second).Sum(l => Math.Abs((double)l.First - l.Second)));
            count += (long)logits.Length * logits[0].Length;
            nll = Math.Max(nll, Math.Abs(MeanNll(logits, one.Ids) - MeanNll(edges, one.Ids)));
            if (reference is not null)
            {
                fromReference = Math.Max(fromReference ?? 0, FromReference(reference, logits, one));
            }
        }

        var types = file.Tensors.CountBy(t => t.Type.ToString()).ToDictionary(StringComparer.Ordinal);
        return new ModelCheckReport(
            true,
            origin.Architecture,
            origin.Name,
            origin.Sha256,
            edge.Parameters,
            edge.ContextLength,
            edge.Tokenizer.HasChatTemplate,
            types,
            cases.Sum(c => c.Ids.Length),
            fromEdge,
            sum / count,
            nll,
            fromReference,
            types.Keys.All(t => t == nameof(GgmlType.F32))
                ? ""
                : "llama.cpp rounds the activations of products with quantized or 16-bit weights, the trainer does not: single logits may be a few units apart, the mean of them and the mean loss hardly."
        );
    }

    private static int[] BuiltInIds(EdgeModel edge)
    {
        var ids = edge.Tokenizer.Tokenize(Text, addSpecial: true);
        return ids[..Math.Min(ids.Length, Math.Min(TokensMax, edge.ContextLength))];
    }

    private static void CheckIds(string path, ReferenceCase one, EdgeModel edge)
    {
        if (
            one.Ids.Length < 2
            || one.Ids.Length > edge.ContextLength
            || one.Ids.Any(i => i < 0 || i >= edge.VocabularySize)
        )
        {
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"Its {one.Ids.Length} token ids do not fit this base (vocabulary {edge.VocabularySize}, context {edge.ContextLength}).",
                "Give the reference results of this very base."
            );
        }
    }

    private static float[][] EdgeLogits(EdgeModel model, int[] ids, EdgeAdapter? adapter)
    {
        using var session = model.OpenSession(
            new EdgeSessionOptions { ContextTokens = Math.Max(ids.Length, 64), Exact = true }
        );
        session.Attach(adapter);
        return session.Logits(ids, [.. Enumerable.Range(0, ids.Length)]);
    }

    private static double Farthest(float[][] a, float[][] b) =>
        a.Zip(b).Max(rows => rows.First.Zip(rows.Second).Max(l => Math.Abs((double)l.First - l.Second)));

    private static double FromReference(string path, float[][] logits, ReferenceCase one)
    {
        var differences = new List<double>();
        if (one.FirstLogits is { } first)
        {
            differences.Add(Farthest([logits[0]], [Array.ConvertAll(first, v => (float)v)]));
        }

        differences.AddRange(
            one.LastLogits.Where(l => l.Token < logits[^1].Length).Select(l => Math.Abs(logits[^1][l.Token] - l.Logit))
        );
        if (one.Nll is { } nll)
        {
            differences.AddRange(nll.Select((value, t) => Math.Abs(Nll(logits[t], one.Ids[t + 1]) - value)));
        }

        return differences.Count > 0
            ? differences.Max()
            : throw new BadInputException(
                new SourceLocation(path, 0),
                "It holds no logits to compare with.",
                "Give a file with logits_last, logits_first, last_top20 or nll."
            );
    }

    private static double MeanNll(float[][] logits, int[] ids) =>
        Enumerable.Range(0, ids.Length - 1).Average(t => Nll(logits[t], ids[t + 1]));

    /// <summary>-log softmax(logits)[token], in nats.</summary>
    private static double Nll(float[] logits, int token)
    {
        double max = logits.Max();
        return max + Math.Log(logits.Sum(l => Math.Exp(l - max))) - logits[token];
    }
}

/// <summary>What <c>models check</c> found: the document of <c>--json</c>.</summary>
/// <param name="Parameters">Number of weights.</param>
/// <param name="ContextLength">Tokens the base was trained for.</param>
/// <param name="HasChatTemplate">A base without one can be checked but not distilled.</param>
/// <param name="TensorTypes">How the weights are stored, with the number of tensors of each type.</param>
/// <param name="Tokens">Tokens compared.</param>
/// <param name="MaxAbsLogitDifference">Trainer against llama.cpp, over all positions and the whole vocabulary.</param>
/// <param name="MeanAbsLogitDifference">The mean over the same logits.</param>
/// <param name="MeanNllDifference">Largest difference of a text's mean negative log-likelihood, in nats per token.</param>
/// <param name="MaxAbsReferenceDifference">Trainer against the reference: logits and negative log-likelihoods.</param>
/// <param name="Note">Why llama.cpp may differ, where it may.</param>
public sealed record ModelCheckReport(
    bool Supported,
    string Architecture,
    string Name,
    string Sha256,
    long Parameters,
    int ContextLength,
    bool HasChatTemplate,
    IReadOnlyDictionary<string, int> TensorTypes,
    int Tokens,
    double MaxAbsLogitDifference,
    double MeanAbsLogitDifference,
    double MeanNllDifference,
    double? MaxAbsReferenceDifference,
    string Note
);
