using Distiller.Core;
using Distiller.Lake;

namespace Distiller.Jobs.Stages;

/// <summary>What a result was made from: its artifacts in running order, found by following inputs.</summary>
/// <param name="Examples">What the adapter was trained on: <paramref name="Mined"/> itself, or what was studied beside it.</param>
public sealed record Lineage(Artifact Reduced, Artifact Mined, Artifact Examples, Artifact Adapter, Artifact Quantized)
{
    /// <summary>Identity of the set of episodes that was mined.</summary>
    public string Snapshot => Reduced.Manifest.Inputs[0];

    public static Lineage OfAdapter(Workspace workspace, Artifact quantized)
    {
        var adapter = Input(workspace, quantized, ArtifactKind.Adapter);
        var examples = workspace.Artifacts.Find(ArtifactKind.Studied, adapter.Manifest.Inputs[0]);
        var mined = Input(workspace, examples ?? adapter, ArtifactKind.Mined);
        return new Lineage(Input(workspace, mined, ArtifactKind.Reduced), mined, examples ?? mined, adapter, quantized);
    }

    /// <summary>Checks them all against their records.</summary>
    /// <exception cref="BadInputException">A file is missing or was changed.</exception>
    public Lineage Verify() =>
        new(Reduced.Verify(), Mined.Verify(), Examples.Verify(), Adapter.Verify(), Quantized.Verify());

    public static Lineage OfEvaluation(Workspace workspace, Artifact evaluation) =>
        OfAdapter(workspace, Input(workspace, evaluation, ArtifactKind.Quantized));

    private static Artifact Input(Workspace workspace, Artifact of, string kind) =>
        workspace.Artifacts.Find(kind, of.Manifest.Inputs[0])
        ?? throw new BadInputException(
            new SourceLocation(of.Folder, 0),
            $"It was made from {kind}/{of.Manifest.Inputs[0]}, which is gone.",
            "Run 'distiller nightly' to make it again."
        );
}
