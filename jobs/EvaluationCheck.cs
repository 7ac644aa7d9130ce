using System.Security.Cryptography;
using Distiller.Core;
using Distiller.Evaluation;

namespace Distiller.Jobs;

/// <summary>Whether the figures of an evaluation follow from the rows and prices beside them.</summary>
/// <param name="Parts">What was found in the folder and recomputed: <c>evaluation.json</c>, <c>trial.json</c> or both.</param>
/// <param name="Mismatches">Empty where every figure holds.</param>
public sealed record EvaluationCheck(
    string Folder,
    IReadOnlyList<string> Parts,
    IReadOnlyList<FigureMismatch> Mismatches
)
{
    /// <exception cref="BadInputException">The folder holds no evaluation, or a file of it cannot be read.</exception>
    public static EvaluationCheck Of(EvaluationPlace place)
    {
        var folder = place.Folder;
        var parts = new List<string>();
        var mismatches = new List<FigureMismatch>();
        Check(EvaluationFolder.SummaryName, EvaluationFolder.Verify);
        Check(TrialFolder.SummaryName, TrialFolder.Verify);
        mismatches.AddRange(Published(place));
        return parts.Count > 0
            ? new EvaluationCheck(folder, parts, mismatches)
            : throw new BadInputException(
                new SourceLocation(folder, 0),
                $"It holds neither {EvaluationFolder.SummaryName} nor {TrialFolder.SummaryName}.",
                "Name a release or the folder of an evaluation."
            );

        void Check(string name, Func<string, IReadOnlyList<FigureMismatch>> verify)
        {
            if (File.Exists(Path.Combine(folder, name)))
            {
                parts.Add(name);
                mismatches.AddRange(verify(folder));
            }
        }
    }

    /// <summary>What a release says of its evaluation must be what lies beside the rows, byte for byte.</summary>
    private static IEnumerable<FigureMismatch> Published(EvaluationPlace place)
    {
        if (place.Release is null)
        {
            yield break;
        }

        foreach (var name in new[] { EvaluationFolder.SummaryName, TrialFolder.SummaryName })
        {
            var (published, measured) = (Path.Combine(place.Release, name), Path.Combine(place.Folder, name));
            if (!File.Exists(published) || !File.Exists(measured))
            {
                continue;
            }

            var (first, second) = (Hash(published), Hash(measured));
            if (first != second)
            {
                yield return new FigureMismatch($"the release's {name}, SHA-256", first, second);
            }
        }
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
