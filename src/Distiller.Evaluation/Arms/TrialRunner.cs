using System.Security.Cryptography;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Edge;
using Distiller.Retrieval;

namespace Distiller.Evaluation;

/// <summary>
/// Lets a base work the same tasks under each arm, in the edge runtime itself: greedy decoding, a limit of tokens per
/// answer, prefix caching for every arm, a session each.
/// </summary>
public static class TrialRunner
{
    private const string Stage = "trial";

    /// <summary>
    /// The reason of a task whose request or answer did not fit the context. Whatever the model would have answered
    /// there, the task is not solved.
    /// </summary>
    public const string ContextFull = "ContextFull";

    /// <summary>A killed run that is started again with the same input ends with the same rows.</summary>
    /// <param name="arms">Each code at most once; a router comes with the arm that it falls back to.</param>
    /// <param name="workFolder">Stores finished tasks, so that a killed run can resume; the caller deletes it.</param>
    /// <param name="sources">What retrieval draws on; null: the built-in embedder and nothing else.</param>
    /// <exception cref="BadInputException">
    /// A file cannot be used, or the base's context cannot hold prompt and answers; told before anything runs.
    /// </exception>
    public static TrialMeasurement Run(
        string basePath,
        IReadOnlyList<TrialArm> arms,
        IAgentTasks tasks,
        TrialOptions options,
        string workFolder,
        IProgress<StageProgress>? progress = null,
        TrialSources? sources = null,
        CancellationToken cancellation = default
    )
    {
        OptionsCheck.Require(options);
        ArgumentOutOfRangeException.ThrowIfZero(arms.Count, nameof(arms));
        ArgumentOutOfRangeException.ThrowIfZero(tasks.Tasks.Count, nameof(tasks));
        using var model = EdgeModel.Load(basePath, new EdgeModelOptions { Threads = options.ThreadsPerArm });
        var adapters = new Dictionary<string, EdgeAdapter>(StringComparer.Ordinal);
        try
        {
            foreach (var path in arms.Select(a => a.AdapterPath).OfType<string>().Distinct(StringComparer.Ordinal))
            {
                adapters.Add(path, model.LoadAdapter(path));
            }

            sources ??= TrialSources.None;
            return Run(model, arms, adapters, tasks, options, sources, workFolder, progress, cancellation);
        }
        finally
        {
            foreach (var adapter in adapters.Values)
            {
                adapter.Dispose();
            }
        }
    }

    /// <summary>One arm without an adapter, on a base that stays the caller's.</summary>
    internal static TrialMeasurement Run(
        EdgeModel model,
        TrialArm arm,
        IAgentTasks tasks,
        TrialOptions options,
        string workFolder,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    ) => Run(model, [arm], [], tasks, options, TrialSources.None, workFolder, progress, cancellation);

    private static TrialMeasurement Run(
        EdgeModel model,
        IReadOnlyList<TrialArm> arms,
        Dictionary<string, EdgeAdapter> adapters,
        IAgentTasks tasks,
        TrialOptions options,
        TrialSources sources,
        string workFolder,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        var plans = arms.Select(a => new ArmWork(a, ArmPrompts.Of(a, tasks, sources))).ToList();
        var contexts = plans.ConvertAll(p => ContextTokens(model, tasks, p, options));
        var runtime = EdgeRuntime.Describe();
        var measurement = new TrialMeasurement
        {
            Rows = [],
            Requests = [],
            TasksTitle = tasks.Title,
            TaskSetSha256 = tasks.Sha256,
            PromptLine = tasks.ShortSystem(tasks.Tasks[0]),
            Base = File(model.Path, model.Sha256),
            Embedder = arms.Any(a => a.Selection is not null) ? sources.EmbedderName : null,
            Arms =
            [
                .. arms.Select(a => new MeasuredArm(
                    a.Code,
                    a.Title,
                    a.IsVerbose,
                    a.AdapterPath is { } path ? File(adapters[path].Path, adapters[path].Sha256) : null
                )
                {
                    Selection = a.Selection,
                    Otherwise = a.Otherwise,
                }),
            ],
            Runtime = runtime.ToString(),
            Options = options,
        };
        var routers = RoutedArms.WorkedOnce(arms);
        var tally = new TrialProgress(
            Stage,
            plans.Where(p => routers[p.Arm.Code] == p.Arm.Code).Sum(p => p.Prompts.All.Count(t => t.IsOwn)),
            progress
        );
        var worked = new IReadOnlyList<TrialEntry?>[arms.Count];
        var settings = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.ArmsAtOnce,
            CancellationToken = cancellation,
        };
        Parallel
            .ForEachAsync(
                // The arm with the long prompts starts first, because it takes longest.
                Enumerable
                    .Range(0, arms.Count)
                    .Where(i => routers[arms[i].Code] == arms[i].Code)
                    .OrderByDescending(i => plans[i].Prompts.All.Where(p => p.IsOwn).Sum(p => (long)p.System.Length)),
                settings,
                (i, stop) =>
                {
                    var arm = arms[i];
                    using var session = model.OpenSession(
                        new EdgeSessionOptions { ContextTokens = contexts[i], Threads = options.ThreadsPerArm }
                    );
                    session.Attach(arm.AdapterPath is { } path ? adapters[path] : null);
                    var agent = new CachedAgent(session, options.MaxOutputTokens);
                    var journal = new EvaluationJournal(
                        workFolder,
                        Key(measurement, measurement.Arms[i], plans[i].Prompts, contexts[i])
                    );
                    worked[i] = Work(plans[i], agent, tasks, journal, tally, stop);
                    return ValueTask.CompletedTask;
                }
            )
            .GetAwaiter()
            .GetResult();
        var entries = RoutedArms.Compose(arms, worked);
        return measurement with
        {
            Rows = [.. entries.Select(e => e.Row)],
            Requests = [.. entries.SelectMany(e => e.Requests)],
            Confidence = [.. entries.SelectMany(e => e.Confidence)],
        };
    }

    /// <summary>
    /// Refuses a base whose context is too short for the tasks, before the adapters of the arms exist.
    /// </summary>
    /// <param name="model">The base; only its vocabulary is used.</param>
    /// <exception cref="BadInputException">The context cannot hold prompt and answers; both numbers are named.</exception>
    public static void CheckContext(EdgeModel model, IAgentTasks tasks, TrialOptions options)
    {
        foreach (var arm in TrialArm.WithoutAdapter)
        {
            _ = ContextTokens(model, tasks, new ArmWork(arm, ArmPrompts.Of(arm, tasks, TrialSources.None)), options);
        }
    }

    /// <returns>In the order of the tasks; null where another arm serves the task.</returns>
    private static List<TrialEntry?> Work(
        ArmWork work,
        CachedAgent agent,
        IAgentTasks tasks,
        EvaluationJournal journal,
        TrialProgress tally,
        CancellationToken cancellation
    )
    {
        var arm = work.Arm;
        var entries = new List<TrialEntry?>();
        var passed = new List<(AgentTask Task, string System)>();
        foreach (var (i, (task, prompt)) in tasks.Tasks.Zip(work.Prompts.All).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!prompt.IsOwn)
            {
                entries.Add(null);
                continue;
            }

            var kept = journal.Read<TrialEntry>(arm.Code, i, e => Fits(e, arm, task));
            if (kept is not null)
            {
                passed.Add((task, prompt.System));
            }
            else
            {
                foreach (var before in passed)
                {
                    agent.Enter(arm.Code, before.Task, before.System);
                }

                passed.Clear();
                kept = Work(arm, agent, tasks, task, prompt, cancellation);
                journal.Write(arm.Code, i, kept);
            }

            entries.Add(kept);
            tally.Add($"{arm.Code}, task {i + 1} of {tasks.Tasks.Count}");
        }

        return entries;
    }

    private static TrialEntry Work(
        TrialArm arm,
        CachedAgent agent,
        IAgentTasks tasks,
        AgentTask task,
        ArmPrompt prompt,
        CancellationToken cancellation
    )
    {
        agent.Enter(arm.Code, task, prompt.System);
        var verdict = tasks.Work(task, prompt.System, messages => agent.Answer(messages, cancellation));
        var requests = agent.Requests;
        var isSolved = verdict.IsSolved && !agent.IsFull;
        return new TrialEntry(
            new TrialRow
            {
                Arm = arm.Code,
                TaskId = task.Id,
                Family = task.Family,
                Stratum = task.Stratum,
                Solved = isSolved,
                Reason =
                    isSolved ? ""
                    : agent.IsFull ? ContextFull
                    : verdict.Reason,
                Detail = verdict.Detail,
                Requests = requests.Count,
                InputTokens = 0,
                CacheReadTokens = requests.Sum(r => (long)r.CacheReadTokens),
                CacheWriteTokens = requests.Sum(r => (long)r.CacheWriteTokens),
                OutputTokens = requests.Sum(r => (long)r.OutputTokens),
                EmbeddingTokens = prompt.EmbeddingTokens,
            },
            requests,
            agent.Confidence
        );
    }

    private static bool Fits(TrialEntry entry, TrialArm arm, AgentTask task) =>
        entry.Row.Arm == arm.Code
        && entry.Row.TaskId == task.Id
        && entry.Row.Family == task.Family
        && entry.Row.Stratum == task.Stratum
        && entry.Requests.Count == entry.Row.Requests
        && entry.Requests.All(r => r is not null && r.Arm == arm.Code && r.TaskId == task.Id);

    /// <summary>
    /// Twice the tokens of prompt and answers, as far as the base's context allows: tool results need room too. A base
    /// whose context holds less than prompt and answers is refused: the arm with the long prompt would fail for lack of
    /// room, not of skill.
    /// </summary>
    private static int ContextTokens(EdgeModel model, IAgentTasks tasks, ArmWork work, TrialOptions options)
    {
        var need = ContextNeed.Of(tasks, work.Prompts, model.Tokenizer, options.MaxOutputTokens);
        return need <= model.ContextLength
            ? (int)Math.Min(model.ContextLength, 2L * need)
            : throw new BadInputException(
                new SourceLocation(model.Path, 0),
                $"{work.Arm.Code} ({work.Arm.Title}) needs {need} tokens for its longest prompt and {tasks.RequestsMax} answers of "
                    + $"{options.MaxOutputTokens} tokens; the model's context holds {model.ContextLength}.",
                "Use a base with a longer context, a shorter verbose context, or shorter answers."
            );
    }

    /// <summary>Hash of everything that decides an arm's rows: rows stored under one key belong together.</summary>
    private static string Key(TrialMeasurement measurement, MeasuredArm arm, ArmPrompts prompts, int contextTokens) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                EvaluationJson.Write(
                    new
                    {
                        // The order of computation affects rounding; raise this when it or an entry changes.
                        Version = 3,
                        measurement.TaskSetSha256,
                        measurement.Base,
                        arm,
                        measurement.Runtime,
                        measurement.Options.MaxOutputTokens,
                        measurement.Options.ThreadsPerArm,
                        contextTokens,
                        Prompts = Convert.ToHexStringLower(SHA256.HashData(EvaluationJson.Write(prompts.All))),
                    }
                )
            )
        );

    /// <summary>The file name without its folder: reports must not reveal local paths.</summary>
    private static MeasuredFile File(string path, string sha256) =>
        new(Path.GetFileName(path), sha256, new FileInfo(path).Length);
}

/// <summary>The rows of all arms, with the tasks, base, adapters and options of the trial.</summary>
public sealed record TrialMeasurement
{
    /// <summary>Arm by arm in the order of <see cref="Arms"/>, tasks in their order.</summary>
    public required IReadOnlyList<TrialRow> Rows { get; init; }

    /// <summary>Requests in the order of <see cref="Rows"/>, then by number.</summary>
    public required IReadOnlyList<RequestRow> Requests { get; init; }

    /// <summary>For each request of the adapter that is published.</summary>
    public IReadOnlyList<ConfidenceRow> Confidence { get; init; } = [];

    /// <inheritdoc cref="IAgentTasks.Title"/>
    public required string TasksTitle { get; init; }

    /// <inheritdoc cref="IAgentTasks.Sha256"/>
    public required string TaskSetSha256 { get; init; }

    /// <summary>What remains of the prompt where the verbose context is not in it.</summary>
    public required string PromptLine { get; init; }

    public required MeasuredFile Base { get; init; }

    /// <summary>Name of the embedder that retrieval compared with; null where no arm retrieves.</summary>
    public string? Embedder { get; init; }

    public required IReadOnlyList<MeasuredArm> Arms { get; init; }

    /// <summary>Version and CPU plugin of llama.cpp: another one rounds differently.</summary>
    public required string Runtime { get; init; }

    public required TrialOptions Options { get; init; }
}

/// <summary>An arm as it was run.</summary>
/// <param name="Adapter">Null: the base alone.</param>
public sealed record MeasuredArm(string Arm, string Title, bool IsVerbose, MeasuredFile? Adapter)
{
    /// <inheritdoc cref="TrialArm.Selection"/>
    public EntrySelection? Selection { get; init; }

    /// <inheritdoc cref="TrialArm.Otherwise"/>
    public string? Otherwise { get; init; }
}

/// <summary>An arm with the prompts of its tasks.</summary>
internal sealed record ArmWork(TrialArm Arm, ArmPrompts Prompts);

/// <summary>A finished task in the journal.</summary>
internal sealed record TrialEntry(
    TrialRow Row,
    IReadOnlyList<RequestRow> Requests,
    IReadOnlyList<ConfidenceRow> Confidence
);

/// <summary>Counts finished tasks over arms that run in parallel, and reports progress.</summary>
internal sealed class TrialProgress(string stage, int total, IProgress<StageProgress>? progress)
{
    private readonly Lock _gate = new();
    private int _done;

    public void Add(string detail)
    {
        lock (_gate)
        {
            _done++;
            progress?.Report(new StageProgress(stage, _done, total, detail));
        }
    }
}
