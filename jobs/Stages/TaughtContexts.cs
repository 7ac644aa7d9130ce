using Distiller.Core;
using Distiller.Training.Distilling;
using Distiller.Training.Model;

namespace Distiller.Jobs.Stages;

/// <summary>Which contexts of the examples the base makes use of as a teacher.</summary>
internal sealed class TaughtContexts(Night night, BaseModel model, TrainingOptions options)
{
    private const string NoRoom = "No row fits the base's context behind it: the logged tokens are used.";
    private const string NotRead =
        "With the context the base expects the logged answers no more than without: the logged tokens are used.";

    /// <summary>Tokens of the student's own prompt line, in whose place a context stands.</summary>
    public int[] Line { get; } = Tokens(night, night.Settings.Mining.Examples.SystemLine);

    /// <summary>One after the other; those that do not teach have no rows.</summary>
    /// <param name="contexts">Texts by id.</param>
    public IEnumerable<(TaughtContext Summary, int[] Tokens, IReadOnlyList<ContextRow> Rows)> Of(
        IReadOnlyList<TrainingExample> rows,
        IReadOnlyDictionary<string, string> contexts,
        CancellationToken cancellation
    )
    {
        foreach (var group in rows.Index().GroupBy(r => r.Item.ContextId, StringComparer.Ordinal))
        {
            if (!contexts.TryGetValue(group.Key, out var text))
            {
                continue;
            }

            var tokens = Tokens(night, text);
            var own = new ContextRows(model, Line, tokens, group);
            var summary = new TaughtContext(group.Key, tokens.Length, group.Count(), 0, null, null, NoRoom);
            if (own.Fitting.Count == 0)
            {
                yield return (summary, tokens, []);
                continue;
            }

            var (with, without) = own.Compare(options.TokensPerPass, cancellation);
            summary = summary with { NllWith = with, NllWithout = without, Note = NotRead };
            yield return with >= without
                ? (summary, tokens, [])
                : (summary with { Taught = own.Fitting.Count, Note = "" }, tokens, own.Fitting);
        }
    }

    private static int[] Tokens(Night night, string text) =>
        night.Tokenizer().TokenizeChat([new ChatMessage("system", text)]).Tokens;
}

/// <param name="Tokens">Of the context in a prompt.</param>
/// <param name="Taught">Rows for which the teacher is asked.</param>
/// <param name="NllWith">Mean negative log likelihood per logged token with the context, in nats, on a sample.</param>
/// <param name="NllWithout">The same without it.</param>
/// <param name="Note">Why the teacher is not asked; else empty.</param>
public sealed record TaughtContext(
    string Id,
    int Tokens,
    int Rows,
    int Taught,
    double? NllWith,
    double? NllWithout,
    string Note
);
