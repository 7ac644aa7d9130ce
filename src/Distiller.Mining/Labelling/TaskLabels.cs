using Distiller.Mining.Digesting;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Labelling;

/// <summary>
/// Decides how each task counts and which tasks teach. A person's word stands over the log's verdict, and that over what the
/// rules tell. A success teaches where a person or the log says it, where its rule was measured to be right often enough on
/// tasks of the same format, or where its evidence is direct; anything less is unknown and teaches nothing, because what the
/// student learns from must have worked. A rule that was measured there and is not right often enough counts for nothing.
/// </summary>
public sealed class TaskLabels
{
    private readonly LabelOptions _options;
    private readonly IReadOnlyDictionary<string, PersonLabel>? _persons;
    private readonly RuleMeasurements _measured;

    /// <param name="digests">All tasks: on those whose outcome is known the rules are measured.</param>
    /// <param name="persons">By <see cref="PersonLabel.Task"/>.</param>
    public TaskLabels(
        IEnumerable<EpisodeDigest> digests,
        LabelOptions? options = null,
        IReadOnlyDictionary<string, PersonLabel>? persons = null
    )
    {
        _options = options ?? new LabelOptions();
        _persons = persons;
        _measured = RuleMeasurements.Of(
            digests.Select(d => new RuleVerdict(d.Format, d.Rule, (OutcomeKind)d.RuleOutcome, KnownOutcome(d)))
        );
    }

    public TaskLabel Of(EpisodeDigest task)
    {
        if (KnownOutcome(task) is { } known)
        {
            var source = PersonOf(task) is null ? Evidence.Log : Evidence.Person;
            return new TaskLabel(known, source, 1, IsMeasured: true, known == OutcomeKind.Succeeded && task.Speaks);
        }

        var says = (OutcomeKind)task.RuleOutcome;
        var isPrecise = _measured.IsPrecise(task.Format, task.Rule, _options);
        // What was measured and found wanting counts no more, however direct it seemed.
        var isMeasured = isPrecise is true;
        var counts =
            says != OutcomeKind.Unknown
            && (
                isPrecise
                ?? (
                    _options.Policy == LabelPolicy.Direct
                    && (task.RuleIsDirect || says == OutcomeKind.Failed)
                    && task.RuleConfidence >= _options.ConfidenceMin
                )
            );
        return counts
            ? new TaskLabel(
                says,
                task.Rule,
                task.RuleConfidence,
                isMeasured,
                says == OutcomeKind.Succeeded && task.Speaks
            )
            : new TaskLabel(OutcomeKind.Unknown, "", 0, IsMeasured: false, MayTeach: false);
    }

    /// <summary>What a person or, where none spoke, the log says; null for nothing.</summary>
    private OutcomeKind? KnownOutcome(EpisodeDigest task) =>
        PersonOf(task)?.Says ?? (task.LogOutcome == (int)OutcomeKind.Unknown ? null : (OutcomeKind)task.LogOutcome);

    private PersonLabel? PersonOf(EpisodeDigest task) => PersonLabel.Of(_persons, task.Format, task.Tenant, task.Key);
}

/// <summary>How a task counts, and why.</summary>
/// <param name="Source"><see cref="Evidence.Source"/>; empty where it is unknown.</param>
/// <param name="IsMeasured">Whether a person or the log says it, or the rule was measured to be right often enough.</param>
/// <param name="MayTeach">Whether patterns and training examples may be made from it.</param>
public sealed record TaskLabel(OutcomeKind Kind, string Source, double Confidence, bool IsMeasured, bool MayTeach);

/// <summary>How many tasks are labelled, and by what.</summary>
public sealed record LabelCounts(int Succeeded, int Failed, int Unknown, IReadOnlyDictionary<string, int> BySource)
{
    public static LabelCounts Of(IEnumerable<TaskLabel> labels)
    {
        var all = labels.ToList();
        var sources = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var label in all.Where(l => l.Kind != OutcomeKind.Unknown))
        {
            sources[label.Source] = sources.GetValueOrDefault(label.Source) + 1;
        }

        return new LabelCounts(
            Count(OutcomeKind.Succeeded),
            Count(OutcomeKind.Failed),
            Count(OutcomeKind.Unknown),
            sources
        );

        int Count(OutcomeKind kind) => all.Count(l => l.Kind == kind);
    }
}
