using Distiller.Core;
using Distiller.Retrieval;
using Microsoft.Extensions.AI;

namespace Distiller.Evaluation;

/// <summary>The system prompt of every task under one arm, made before anything runs.</summary>
internal sealed class ArmPrompts
{
    private ArmPrompts(IReadOnlyList<ArmPrompt> prompts) => All = prompts;

    /// <summary>In the order of the tasks.</summary>
    public IReadOnlyList<ArmPrompt> All { get; }

    /// <exception cref="BadInputException">The arm chooses entries, and the tasks have none.</exception>
    public static ArmPrompts Of(TrialArm arm, IAgentTasks tasks, TrialSources sources)
    {
        if (arm.Selection is not { } selection)
        {
            return new ArmPrompts([
                .. tasks.Tasks.Select(t => new ArmPrompt(
                    arm.IsVerbose ? tasks.VerboseSystem(t) : tasks.ShortSystem(t),
                    EmbeddingTokens: 0,
                    IsOwn: true
                )),
            ]);
        }

        var prompts = new List<ArmPrompt>(tasks.Tasks.Count);
        Context? context = null;
        foreach (var task in tasks.Tasks)
        {
            var entries = tasks.Entries(task);
            if (entries.Count == 0)
            {
                throw new BadInputException(
                    SourceLocation.Option("arms"),
                    $"{arm.Code} chooses entries of the context, and task {task.Id} has a context without entries.",
                    $"Leave {arm.Code} out."
                );
            }

            var indexing = 0L;
            if (context is null || !context.Entries.SequenceEqual(entries))
            {
                context = new Context(
                    entries,
                    new EntrySelector(selection, entries, sources.Past, sources.Embedder),
                    arm.Otherwise is null ? null : new ChangedEntryRouter(entries, sources.Past)
                );
                // Like a cache write, the indexing is paid for by the task that needs it first.
                indexing = context.Selector.IndexingTokens;
            }

            var request = tasks.Request(task);
            var selected = context.Selector.Select(request);
            prompts.Add(
                new ArmPrompt(
                    tasks.System(task, arm.IsVerbose, selected),
                    indexing + selected.EmbeddingTokens,
                    context.Router?.Touches(request) ?? true
                )
            );
        }

        return new ArmPrompts(prompts);
    }

    /// <summary>Entries as they stand for some tasks in a row, with what was made of them.</summary>
    private sealed record Context(
        IReadOnlyList<ContextEntry> Entries,
        EntrySelector Selector,
        ChangedEntryRouter? Router
    );
}

/// <param name="EmbeddingTokens">Tokens that an embedding model read to make the prompt.</param>
/// <param name="IsOwn">False: the task is served by the arm's <see cref="TrialArm.Otherwise"/>.</param>
internal sealed record ArmPrompt(string System, long EmbeddingTokens, bool IsOwn);

/// <summary>What retrieval draws on beside the tasks' own context.</summary>
/// <param name="Embedder">For the arms that compare embeddings; it stays the caller's.</param>
/// <param name="Past">Successes of the days that the adapter learnt from.</param>
public sealed record TrialSources(
    IEmbeddingGenerator<string, Embedding<float>> Embedder,
    IReadOnlyList<PastSuccess> Past
)
{
    /// <summary>The built-in embedder, and nothing that was solved before.</summary>
    public static TrialSources None { get; } = new(new HashedTextEmbedder(), []);

    /// <summary>Name of the embedder, for people.</summary>
    public string EmbedderName => Embedder.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelId ?? "";
}
