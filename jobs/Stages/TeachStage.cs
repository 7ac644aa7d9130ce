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
    internal const string Version = "1";

    /// <returns>Null where the objective stores nothing of a teacher.</returns>
    /// <param name="contexts">Of the mined artifact behind the examples, by id; asked where there is a teacher.</param>
    public Artifact? Run(
        Artifact examples,
        Func<IReadOnlyDictionary<string, string>> contexts,
        TrainingOptions options,
        CancellationToken cancellation
    )
    {
        if (KnownObjectives.Named(options.Objective).Teacher is not TeacherUse.Stored)
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
        foreach (var context in new TaughtContexts(night, model, options).Of(rows, contexts, cancellation))
        {
            night.Tell(Stage, summary.Sum(s => s.Rows), rows.Count, $"context {context.Summary.Id}");
            summary.Add(context.Summary);
            foreach (
                var (row, (taught, _)) in context.Rows.Zip(
                    TeacherPass.Run(
                        model,
                        context.Tokens,
                        [.. context.Rows.Select(r => r.Behind)],
                        options.TeacherTokens,
                        options.TokensPerPass,
                        cancellation
                    )
                )
            )
            {
                targets[row.Number] = taught;
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
}

/// <summary>A row of the teacher's file: K ids and log probabilities of each loss token, token by token.</summary>
public sealed record TaughtRow(int[] Ids, float[] LogProbabilities);

/// <param name="Taught">Rows for which the teacher was asked; the others learn the logged tokens.</param>
public sealed record TeachSummary(int Rows, int Taught, IReadOnlyList<TaughtContext> Contexts);
