using System.Globalization;
using Distiller.Gguf;

namespace Distiller.Training.Lora;

/// <summary>
/// A trained adapter on disk (<c>lora.safetensors</c>): float32 factors under the base's tensor names with
/// <c>.lora_a</c> [r, in] and <c>.lora_b</c> [out, r], and in the metadata rank, alpha and the base file's SHA-256. The same
/// adapter gives the same bytes.
/// </summary>
public sealed record LoraFile(LoraWeights Weights, string BaseSha256)
{
    private const string Remedy = "Train the adapter again.";

    public void Write(string path) =>
        SafetensorsWriter.Write(
            path,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["format"] = "distiller-lora",
                ["rank"] = Weights.Rank.ToString(CultureInfo.InvariantCulture),
                ["alpha"] = Weights.Alpha.ToString("R", CultureInfo.InvariantCulture),
                ["base_sha256"] = BaseSha256,
            },
            Matrices(Weights)
        );

    /// <exception cref="BadInputException">The file is not an adapter that this program wrote.</exception>
    public static LoraFile Read(string path)
    {
        using var file = SafetensorsFile.Open(path, Remedy);
        if (
            file.Texts.GetValueOrDefault("format") is not "distiller-lora"
            || !int.TryParse(
                file.Texts.GetValueOrDefault("rank"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var rank
            )
            || !float.TryParse(
                file.Texts.GetValueOrDefault("alpha"),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var alpha
            )
            || !(alpha > 0 && float.IsFinite(alpha))
        )
        {
            throw Refused(path, "The file is not an adapter that this program wrote.");
        }

        return new LoraFile(
            Pair(path, rank, alpha, file.ReadMatrices()),
            file.Texts.GetValueOrDefault("base_sha256") ?? ""
        );
    }

    internal static IReadOnlyList<SafetensorsMatrix> Matrices(LoraWeights weights) =>
        [
            .. weights.Pairs.SelectMany(p =>
                new SafetensorsMatrix[]
                {
                    new($"{p.BaseTensor}.lora_a", p.Rank, p.In, p.A),
                    new($"{p.BaseTensor}.lora_b", p.Out, p.Rank, p.B),
                }
            ),
        ];

    private static LoraWeights Pair(string path, int rank, float alpha, IReadOnlyList<SafetensorsMatrix> matrices)
    {
        var pairs = new List<LoraFactorPair>();
        if (matrices.Count == 0 || matrices.Count % 2 != 0)
        {
            throw Refused(path, "The factors do not come in pairs.");
        }

        for (var i = 0; i < matrices.Count; i += 2)
        {
            var (a, b) = (matrices[i], matrices[i + 1]);
            var name = a.Name.EndsWith(".lora_a", StringComparison.Ordinal) ? a.Name[..^7] : "";
            RequireFinite(path, a);
            RequireFinite(path, b);
            if (
                name.Length == 0
                || !string.Equals(b.Name, name + ".lora_b", StringComparison.Ordinal)
                || a.Rows != rank
                || b.Columns != rank
                || pairs.Exists(p => string.Equals(p.BaseTensor, name, StringComparison.Ordinal))
            )
            {
                throw Refused(path, $"'{a.Name}' and '{b.Name}' are not a pair of rank {rank}.");
            }

            pairs.Add(new LoraFactorPair(name, rank, a.Columns, b.Rows, a.Values, b.Values));
        }

        return new LoraWeights(rank, alpha, pairs);
    }

    private static void RequireFinite(string path, SafetensorsMatrix factor)
    {
        var at = Array.FindIndex(factor.Values, v => !float.IsFinite(v));
        if (at >= 0)
        {
            throw Refused(path, $"Number {at} of '{factor.Name}' is {factor.Values[at]}, which is not finite.");
        }
    }

    private static BadInputException Refused(string path, string reason) =>
        new(new SourceLocation(path, 0), reason, Remedy);
}
