using System.Text.Json;
using Distiller.Core;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Training.Distilling;
using Distiller.Training.Model;
using Distiller.Training.Objectives;
using Distiller.Training.Torch;

namespace Distiller.Jobs.Stages;

/// <summary>
/// For objectives with a teacher: what the base expects at every loss token of the examples while their context stands in its
/// prompt. Computed once and kept; each context is evaluated once for all of its rows.
/// </summary>
/// <param name="kind">Kind of the artifact; the null control has its own.</param>
public sealed class TeachStage(Night night, string kind)
{
    /// <summary>Rows of <see cref="TaughtRow"/>, in the order of the examples.</summary>
    public const string TargetsFile = "teacher.parquet";
    public const string SummaryFile = "teacher.json";
    private const string Stage = "teach";

    /// <summary>Rows of each context by which it is seen whether the teacher makes use of it.</summary>
    private const int Sampled = 32;
    internal const string Version = "1";

    /// <returns>Null where the objective has no teacher.</returns>
    /// <param name="contexts">Of the mined artifact behind the examples, by id; asked where there is a teacher.</param>
    public Artifact? Run(
        Artifact examples,
        Func<IReadOnlyDictionary<string, string>> contexts,
        TrainingOptions options,
        CancellationToken cancellation
    )
    {
        if (!KnownObjectives.Named(options.Objective).NeedsTeacher)
        {
            return null;
        }

        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            new
            {
                @base = night.Base.Sha256,
                options.TeacherTokens,
                options.TokensPerPass,
                options.Precision,
                night.Settings.Mining.Examples.SystemLine,
                night.Settings.Threads,
                night.Settings.Device,
            },
            night.Settings.Seed,
            [examples.Key]
        );
        return night.Make(kind, recipe, draft => Teach(draft, examples, contexts(), options, cancellation));
    }

    /// <summary>The examples with the teacher's targets.</summary>
    public static IReadOnlyList<TrainingExample> Join(
        IReadOnlyList<TrainingExample> rows,
        Artifact taught,
        int count
    ) =>
        [
            .. rows.Zip(
                ParquetTable.Read<TaughtRow>(taught.File(TargetsFile)),
                (row, t) => row with { Teacher = new TeacherTargets(count, t.Ids, t.LogProbabilities) }
            ),
        ];

    public static TeachSummary ReadSummary(Artifact taught) => taught.ReadJson<TeachSummary>(SummaryFile);

    private void Teach(
        ArtifactDraft draft,
        Artifact examples,
        IReadOnlyDictionary<string, string> contexts,
        TrainingOptions options,
        CancellationToken cancellation
    )
    {
        night.Tell(Stage, 0, 1, "loading the base");
        TorchInfo.Threads = night.Settings.Threads;
        using var file = GgufFile.Open(night.Settings.BasePath);
        using var model = BaseModel.Load(file, night.Settings.Device, options.Precision, cancellation);
        var rows = ExampleFile.Read(examples.File(MineStage.TrainFile)).ToList();
        var targets = rows.ConvertAll(r => TeacherPass.Logged(r, options.TeacherTokens));
        var summary = new List<TaughtContext>();
        foreach (var group in rows.Index().GroupBy(r => r.Item.ContextId, StringComparer.Ordinal))
        {
            if (contexts.TryGetValue(group.Key, out var text))
            {
                night.Tell(Stage, summary.Sum(s => s.Rows), rows.Count, $"context {group.Key}, {group.Count()} rows");
                summary.Add(Teach(model, group.Key, text, [.. group], targets, options, cancellation));
            }
        }

        ParquetTable.Write(draft[TargetsFile], targets.Select(t => new TaughtRow(t.Ids, t.LogProbabilities)));
        AtomicFile.WriteAllBytes(
            draft[SummaryFile],
            JsonSerializer.SerializeToUtf8Bytes(
                new TeachSummary(rows.Count, summary.Sum(s => s.Taught), summary),
                EpisodeJson.Options
            )
        );
        night.Tell(Stage, 1, 1, $"{summary.Sum(s => s.Taught)} of {rows.Count} rows have a teacher");
    }

    private TaughtContext Teach(
        BaseModel model,
        string id,
        string text,
        IReadOnlyList<(int Index, TrainingExample Row)> group,
        List<TeacherTargets> targets,
        TrainingOptions options,
        CancellationToken cancellation
    )
    {
        var line = night
            .Tokenizer()
            .TokenizeChat([new ChatMessage("system", night.Settings.Mining.Examples.SystemLine)]);
        var context = night.Tokenizer().TokenizeChat([new ChatMessage("system", text)]).Tokens;
        var behind = group
            .Where(g =>
                line.Tokens.Length > 0
                && context.Length > 0
                && g.Row.LossTokens > 0
                && g.Row.Tokens.AsSpan().StartsWith(line.Tokens)
                && !g.Row.LossMask.AsSpan(0, line.Tokens.Length + 1).Contains(true)
                && context.Length + g.Row.Tokens.Length - line.Tokens.Length <= model.Config.Context
            )
            .Select(g =>
                (
                    g.Index,
                    Row: g.Row with
                    {
                        Tokens = g.Row.Tokens[line.Tokens.Length..],
                        LossMask = g.Row.LossMask[line.Tokens.Length..],
                    }
                )
            )
            .ToList();
        var result = new TaughtContext(id, context.Length, group.Count, 0, null, null, "");
        if (behind.Count == 0)
        {
            return result with { Note = "No row fits the base's context behind it: the logged tokens are used." };
        }

        var own = behind.ConvertAll(b => b.Row);
        var sample = TeacherPass.Run(
            model,
            context,
            [.. own.Take(Sampled)],
            options.TeacherTokens,
            options.TokensPerPass,
            cancellation
        );
        var with = sample.Sum(s => s.Nll) / own.Take(Sampled).Sum(r => (long)r.LossTokens);
        var without = HeldOutLoss
            .Measure(
                model,
                [.. behind.Take(Sampled).Select(b => group.First(g => g.Index == b.Index).Row)],
                tokensPerPass: options.TokensPerPass,
                cancellation: cancellation
            )
            .MeanNll;
        result = result with { NllWith = with, NllWithout = without };
        if (with >= without)
        {
            return result with
            {
                Note =
                    "With the context the base expects the logged answers no more than without: the logged tokens are used.",
            };
        }

        foreach (
            var ((index, _), (taught, _)) in behind.Zip(
                TeacherPass.Run(model, context, own, options.TeacherTokens, options.TokensPerPass, cancellation)
            )
        )
        {
            targets[index] = taught;
        }

        return result with
        {
            Taught = behind.Count,
        };
    }
}

/// <summary>A row of the teacher's file: K ids and log probabilities of each loss token, token by token.</summary>
public sealed record TaughtRow(int[] Ids, float[] LogProbabilities);

/// <param name="Taught">Rows for which the teacher was asked; the others learn the logged tokens.</param>
public sealed record TeachSummary(int Rows, int Taught, IReadOnlyList<TaughtContext> Contexts);

/// <param name="Tokens">Of the context in a prompt.</param>
/// <param name="NllWith">Mean negative log likelihood per logged token with the context, in nats, on a sample.</param>
/// <param name="NllWithout">The same without it.</param>
/// <param name="Note">Why the teacher was not used; else empty.</param>
public sealed record TaughtContext(
    string Id,
    int Tokens,
    int Rows,
    int Taught,
    double? NllWith,
    double? NllWithout,
    string Note
);
