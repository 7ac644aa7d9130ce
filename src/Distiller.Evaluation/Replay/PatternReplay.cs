using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Edge;

namespace Distiller.Evaluation;

/// <summary>
/// Lets a base work the same tasks three times for each pattern: with the pattern in its prompt, without it, and with the pattern's
/// words in another order. Each task is its own control, so nothing that tells easy tasks from hard ones, and no pattern that
/// happens to be used on easy ones, enters the difference. The third run tells what a pattern says from what any text of its length
/// does to this base.
/// </summary>
public static class PatternReplay
{
    /// <summary>A killed run that is started again with the same input ends with the same rows.</summary>
    /// <param name="patterns">Each as a prompt shows it.</param>
    /// <param name="workFolder">Stores finished tasks, so that a killed run can resume; the caller deletes it.</param>
    /// <exception cref="BadInputException">The base cannot be used, or its context cannot hold prompt and answers.</exception>
    public static IReadOnlyList<ReplayRow> Run(
        string basePath,
        IReadOnlyList<ReplayedText> patterns,
        IAgentTasks tasks,
        ReplayOptions replay,
        TrialOptions options,
        string workFolder,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        OptionsCheck.Require(replay);
        OptionsCheck.Require(options);
        using var model = EdgeModel.Load(basePath, new EdgeModelOptions { Threads = options.ThreadsPerArm });
        List<(string Pattern, string Side, string Text)> sides =
        [
            ("", ReplaySide.Without, ""),
            .. patterns.SelectMany(p =>
                new[]
                {
                    (p.Pattern, ReplaySide.With, p.Text),
                    (p.Pattern, ReplaySide.Shuffled, Shuffled(p, options.Seed)),
                }
            ),
        ];
        var arm = TrialArm.WithoutAdapter.Single(a => a.IsVerbose == replay.Context is ReplayContext.Verbose);
        var tally = new TrialProgress("replay", sides.Count * tasks.Tasks.Count, progress);
        var worked = new IReadOnlyList<ReplayRow>[sides.Count];
        Parallel.For(
            0,
            sides.Count,
            new ParallelOptions { MaxDegreeOfParallelism = options.ArmsAtOnce, CancellationToken = cancellation },
            i =>
            {
                var (pattern, side, text) = sides[i];
                var measured = TrialRunner.Run(
                    model,
                    arm,
                    new PromptedTasks(tasks, text),
                    options,
                    workFolder,
                    new EachTask(tally, $"{pattern} {side}"),
                    cancellation
                );
                var first = measured
                    .Requests.Where(r => r.Request == 0)
                    .ToDictionary(r => r.TaskId, r => r.CacheReadTokens + r.CacheWriteTokens, StringComparer.Ordinal);
                worked[i] =
                [
                    .. measured.Rows.Select(r => new ReplayRow(
                        pattern,
                        side,
                        r.TaskId,
                        r.Family,
                        r.Solved,
                        r.Requests,
                        first.GetValueOrDefault(r.TaskId),
                        r.InputTokens + r.CacheReadTokens + r.CacheWriteTokens + r.OutputTokens
                    )),
                ];
            }
        );
        return [.. worked.SelectMany(w => w)];
    }

    /// <summary>The words of every line in an order that the seed draws; the lines stay where they are.</summary>
    private static string Shuffled(ReplayedText pattern, ulong seed)
    {
        var random = new SplitMix64(seed, pattern.Pattern);
        return string.Join(
            '\n',
            pattern
                .Text.Split('\n')
                .Select(line =>
                {
                    var words = line.Split(' ');
                    int[] order = [.. Enumerable.Range(0, words.Length)];
                    random.Shuffle(order);
                    return string.Join(' ', order.Select(o => words[o]));
                })
        );
    }

    private sealed class EachTask(TrialProgress tally, string what) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => tally.Add(what);
    }
}

/// <summary>A pattern as a prompt shows it.</summary>
/// <param name="Pattern">Its id.</param>
public sealed record ReplayedText(string Pattern, string Text);

/// <summary>What stood in the prompt.</summary>
public static class ReplaySide
{
    public const string Without = "without";
    public const string With = "with";

    /// <summary>The pattern's words in another order.</summary>
    public const string Shuffled = "shuffled";
}

/// <summary>A task as it was worked: a row of the replay's file.</summary>
/// <param name="Pattern">Id of the pattern; empty for <see cref="ReplaySide.Without"/>, which all share.</param>
/// <param name="Side">A name of <see cref="ReplaySide"/>.</param>
/// <param name="FirstPromptTokens">Of the first request, cached or not: it differs by the pattern alone.</param>
/// <param name="Tokens">Of all requests and answers.</param>
public sealed record ReplayRow(
    string Pattern,
    string Side,
    string TaskId,
    string Family,
    bool Solved,
    int Requests,
    long FirstPromptTokens,
    long Tokens
);
