using System.Security.Cryptography;
using System.Text.Json;
using Distiller.Training.Torch;

namespace Distiller.Pretraining;

/// <summary>Everything needed to repeat a pre-training to the same bytes, and its results.</summary>
/// <param name="Tool">This program's version.</param>
/// <param name="Torch">Version of libtorch.</param>
/// <param name="Threads">Threads of training: the order of additions depends on them.</param>
/// <param name="Start">How the weights were initialized, in words.</param>
/// <param name="Parameters">Number of trained parameters.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Sha256">Hashes of the files beside this one, by name.</param>
public sealed record PretrainingRecipe(
    string Tool,
    string Torch,
    int Threads,
    string Start,
    TinyArchitecture Architecture,
    PretrainingOptions Options,
    long Parameters,
    int Steps,
    long Tokens,
    IReadOnlyList<RungResult> Rungs,
    IReadOnlyDictionary<string, string> Sha256
)
{
    private static readonly JsonSerializerOptions Indented = new(EpisodeJson.Options) { WriteIndented = true };

    /// <param name="files">Names in the folder that are part of the result; they must be there.</param>
    public static PretrainingRecipe Of(
        string folder,
        IReadOnlyList<string> files,
        string tool,
        string start,
        TinyArchitecture architecture,
        PretrainingOptions options,
        ICurriculum curriculum,
        PretrainingResult result
    ) =>
        new(
            tool,
            TorchInfo.Version,
            TorchInfo.Threads,
            start,
            architecture,
            options,
            architecture.Parameters,
            result.Curve.Count,
            result.Curve.Count == 0 ? 0 : result.Curve[^1].Tokens,
            [
                .. Enumerable
                    .Range(0, curriculum.RungCount)
                    .Select(rung => RungResult.Of(curriculum.RungName(rung), rung, result.Curve, options.PassBatches)),
            ],
            files.ToDictionary(name => name, name => Hash(Path.Combine(folder, name)), StringComparer.Ordinal)
        );

    public void Write(string path) =>
        AtomicFile.WriteAllBytes(path, [.. JsonSerializer.SerializeToUtf8Bytes(this, Indented), (byte)'\n']);

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>Training on one rung of the ladder.</summary>
/// <param name="Steps">Optimizer steps with rows of this rung.</param>
/// <param name="ExactMatch">Mean of the last batches; none where there was no step.</param>
public sealed record RungResult(string Name, int Steps, double? ExactMatch)
{
    internal static RungResult Of(string name, int rung, IReadOnlyList<PretrainingStep> curve, int batches)
    {
        var steps = curve.Where(s => s.Rung == rung).ToList();
        return new RungResult(
            name,
            steps.Count,
            steps.Count == 0 ? null : Math.Round(steps.TakeLast(batches).Average(s => s.ExactMatch), 4)
        );
    }
}
