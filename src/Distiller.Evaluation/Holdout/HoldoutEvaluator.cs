using System.Security.Cryptography;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>Measures base, 16-bit adapter and INT4 adapter on the same held-out rows, in the edge runtime itself.</summary>
public static class HoldoutEvaluator
{
    private const string Stage = "evaluate";

    /// <summary>A killed evaluation that is started again with the same input ends with the same rows.</summary>
    /// <param name="rows">Tokens of the base's vocabulary; each contiguous run of a mask is one assistant turn.</param>
    /// <param name="workFolder">
    /// Stores finished rows, so that a killed evaluation can resume; the caller deletes it.
    /// </param>
    /// <exception cref="BadInputException">A file, a row or a kept measurement cannot be used; it is named.</exception>
    public static HoldoutMeasurement Evaluate(
        string basePath,
        string adapterF16Path,
        string adapterInt4Path,
        IReadOnlyList<TrainingExample> rows,
        HoldoutOptions options,
        string workFolder,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        OptionsCheck.Require(options);
        using var model = EdgeModel.Load(basePath, new EdgeModelOptions { Threads = options.Threads });
        using var f16 = model.LoadAdapter(adapterF16Path);
        using var int4 = model.LoadAdapter(adapterInt4Path);
        var plan = HoldoutPlan.Choose(rows, options, t => model.Tokenizer.Detokenize(t, special: true));
        var longest = plan.Rows.Max(r => r.Example.Tokens.Length);
        if (longest > model.ContextLength)
        {
            throw new BadInputException(
                new SourceLocation(basePath, 0),
                $"A held-out row has {longest} tokens; the model was trained for {model.ContextLength}.",
                "Build the examples with a window that fits the base."
            );
        }

        using var session = model.OpenSession(
            new EdgeSessionOptions
            {
                ContextTokens = Math.Min(model.ContextLength, longest + options.MaxNewTokens),
                Threads = options.Threads,
            }
        );
        var runtime = EdgeRuntime.Describe();
        var measurement = new HoldoutMeasurement
        {
            Rows = [],
            Base = File(basePath, model.Sha256),
            AdapterF16 = File(adapterF16Path, f16.Sha256),
            AdapterInt4 = File(adapterInt4Path, int4.Sha256),
            ExampleSetSha256 = plan.ExampleSetSha256(),
            Runtime = runtime.ToString(),
            Options = options,
            OfferedRows = plan.OfferedRows,
            OfferedEpisodes = plan.OfferedEpisodes,
            CallSteps = plan.CallSteps,
        };
        var journal = new EvaluationJournal(workFolder, Key(measurement, plan));
        EdgeAdapter?[] adapters = [null, f16, int4];
        var measured = new List<IReadOnlyList<EvaluationRow>>();
        foreach (var (arm, adapter) in Arm.All.Zip(adapters))
        {
            session.Attach(adapter);
            foreach (var (i, row) in plan.Rows.Index())
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(
                    new StageProgress(
                        Stage,
                        measured.Count,
                        Arm.All.Count * plan.Rows.Count,
                        $"{arm}, row {i + 1} of {plan.Rows.Count}"
                    )
                );
                measured.Add(
                    journal.Read<List<EvaluationRow>>(arm, i, kept => Fits(kept, arm, row))
                        ?? Measure(session, arm, row, i, options.MaxNewTokens, journal, cancellation)
                );
            }
        }

        progress?.Report(new StageProgress(Stage, measured.Count, measured.Count, "measured"));
        return measurement with { Rows = [.. InOrder(measured.SelectMany(r => r))] };
    }

    private static IReadOnlyList<EvaluationRow> Measure(
        EdgeSession session,
        string arm,
        HoldoutRow row,
        int index,
        int maxNewTokens,
        EvaluationJournal journal,
        CancellationToken cancellation
    )
    {
        var rows = ArmMeasurement.Measure(session, arm, row, maxNewTokens, cancellation);
        journal.Write(arm, index, rows);
        return rows;
    }

    private static bool Fits(List<EvaluationRow> rows, string arm, HoldoutRow row) =>
        rows.Count == row.Turns.Count
        && rows.Select((r, i) => (r, i))
            .All(p =>
                p.r is not null
                && p.r.EpisodeId == row.Example.EpisodeId.Value
                && p.r.Window == row.Example.Window
                && p.r.Arm == arm
                && p.r.Step == p.i
                && p.r.Tokens == row.Turns[p.i].Length
            );

    private static IEnumerable<EvaluationRow> InOrder(IEnumerable<EvaluationRow> rows)
    {
        var arms = Arm.All.Index().ToDictionary(a => a.Item, a => a.Index, StringComparer.Ordinal);
        return rows.OrderBy(r => r.EpisodeId, StringComparer.Ordinal)
            .ThenBy(r => r.Window)
            .ThenBy(r => r.Step)
            .ThenBy(r => arms[r.Arm]);
    }

    /// <summary>Hash of everything that decides a row's figures: rows stored under one key belong together.</summary>
    private static string Key(HoldoutMeasurement measurement, HoldoutPlan plan) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                EvaluationJson.Write(
                    new
                    {
                        // The order of computation within a row affects rounding; raise this when the order changes.
                        Version = 1,
                        measurement,
                        Generate = plan.Rows.Select(r => r.Turns.Select(s => s.Generate)),
                    }
                )
            )
        );

    /// <summary>The file name without its folder: reports must not reveal local paths.</summary>
    private static MeasuredFile File(string path, string sha256) =>
        new(Path.GetFileName(path), sha256, new FileInfo(path).Length);
}

/// <summary>The rows of all arms, with the files, options and example set that were measured.</summary>
public sealed record HoldoutMeasurement
{
    /// <summary>Sorted by episode, window, turn, and arm in the order of <see cref="Arm.All"/>.</summary>
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    public required MeasuredFile Base { get; init; }

    public required MeasuredFile AdapterF16 { get; init; }

    public required MeasuredFile AdapterInt4 { get; init; }

    public required string ExampleSetSha256 { get; init; }

    public required string Runtime { get; init; }

    public required HoldoutOptions Options { get; init; }

    public required int OfferedRows { get; init; }

    public required int OfferedEpisodes { get; init; }

    /// <summary>Turns of the measured rows that contain a logged tool call.</summary>
    public required int CallSteps { get; init; }
}
