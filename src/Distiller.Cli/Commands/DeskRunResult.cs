using Distiller.Evaluation;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>opsdesk run --json</c>.</summary>
/// <param name="Base">File name of the model.</param>
/// <param name="Adapter">File name of the adapter; null: the base alone.</param>
/// <param name="Handbook">Whether it stood in the prompt.</param>
/// <param name="Transcripts">Where they were written; null where nobody asked.</param>
internal sealed record DeskRunResult(
    string Tasks,
    string Base,
    string? Adapter,
    bool Handbook,
    TrialArmFigures Figures,
    string? Transcripts
);
