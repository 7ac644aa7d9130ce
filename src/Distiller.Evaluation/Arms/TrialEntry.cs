namespace Distiller.Evaluation;

/// <summary>What a worked task leaves in the journal.</summary>
internal sealed record TrialEntry(TrialRow Row, IReadOnlyList<RequestRow> Requests);
