using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Distiller.Gguf;
using Distiller.Training.Lora;

namespace Distiller.Training.Distilling;

/// <summary>
/// The state of a training between two optimizer steps: factors, AdamW's moments and the loss curve so far. The fingerprint
/// covers everything that shapes the result, so that no run resumes from the state of a different one.
/// </summary>
/// <param name="Seconds">Duration of the steps so far.</param>
/// <param name="Skipped">As <see cref="TrainingState.Skipped"/>.</param>
/// <param name="Validation">As <see cref="TrainingState.Validation"/>.</param>
/// <param name="Best">As <see cref="TrainingState.Best"/>; present exactly where something was measured.</param>
internal sealed record Checkpoint(
    string Fingerprint,
    LoraWeights Weights,
    IReadOnlyList<float[]> FirstMoments,
    IReadOnlyList<float[]> SecondMoments,
    IReadOnlyList<TrainingStep> Curve,
    double Seconds,
    IReadOnlyList<int> Skipped,
    IReadOnlyList<ValidationPoint> Validation,
    LoraWeights? Best
)
{
    private const string Format = "distiller-checkpoint-3";
    private const string Remedy = "Delete the checkpoint's folder to begin anew.";

    public static string PathIn(string folder) => Path.Combine(folder, "checkpoint.safetensors");

    public void Write(string folder)
    {
        var factors = LoraFile.Matrices(Weights);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["fingerprint"] = Fingerprint,
            ["rank"] = Weights.Rank.ToString(CultureInfo.InvariantCulture),
            ["alpha"] = Weights.Alpha.ToString("R", CultureInfo.InvariantCulture),
            ["curve"] = JsonSerializer.Serialize(Curve),
            ["seconds"] = Seconds.ToString("R", CultureInfo.InvariantCulture),
        };
        // Left out where there is nothing of them, as in the files of earlier versions.
        if (Skipped.Count > 0)
        {
            texts["skipped"] = JsonSerializer.Serialize(Skipped);
        }

        if (Validation.Count > 0)
        {
            texts["validation"] = JsonSerializer.Serialize(Validation);
        }

        SafetensorsWriter.Write(
            PathIn(folder),
            texts,
            [
                .. factors,
                .. factors.Zip(FirstMoments, (f, m) => f with { Name = f.Name + ".m", Values = m }),
                .. factors.Zip(SecondMoments, (f, v) => f with { Name = f.Name + ".v", Values = v }),
                .. Best is null ? [] : LoraFile.Matrices(Best).Select(f => f with { Name = f.Name + ".best" }),
            ]
        );
    }

    /// <summary>Reads the folder's checkpoint; null where there is none.</summary>
    /// <exception cref="BadInputException">
    /// The checkpoint is damaged, or belongs to a run with other inputs or settings.
    /// </exception>
    public static Checkpoint? Read(string folder, string fingerprint, LoraWeights fresh)
    {
        var path = PathIn(folder);
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = SafetensorsFile.Open(path, Remedy);
        var expected = LoraFile.Matrices(fresh);
        if (
            file.Texts.GetValueOrDefault("format") is not Format
            || !string.Equals(file.Texts.GetValueOrDefault("fingerprint"), fingerprint, StringComparison.Ordinal)
        )
        {
            throw Refused(path, "The checkpoint belongs to a run with another base, other rows or other settings.");
        }

        var validation = ReadList<ValidationPoint>(path, file.Texts, "validation", "[]");
        var tensors = file.ReadMatrices();
        if (tensors.Count != (validation.Length > 0 ? 4 : 3) * expected.Count)
        {
            throw Refused(path, "The checkpoint does not hold this adapter's factors.");
        }

        for (var i = 0; i < tensors.Count; i++)
        {
            var (name, rows, columns, _) = expected[i % expected.Count];
            var suffix = (i / expected.Count) switch
            {
                0 => "",
                1 => ".m",
                2 => ".v",
                _ => ".best",
            };
            if ((tensors[i].Name, tensors[i].Rows, tensors[i].Columns) != (name + suffix, rows, columns))
            {
                throw Refused(path, $"'{tensors[i].Name}' stands where '{name}{suffix}' should.");
            }
        }

        var values = tensors.Select(t => t.Values).ToArray();
        var n = expected.Count;
        return new Checkpoint(
            fingerprint,
            Factors(fresh, values[..n]),
            values[n..(2 * n)],
            values[(2 * n)..(3 * n)],
            ReadList<TrainingStep>(path, file.Texts, "curve", ""),
            ReadSeconds(path, file.Texts),
            ReadList<int>(path, file.Texts, "skipped", "[]"),
            validation,
            validation.Length > 0 ? Factors(fresh, values[(3 * n)..]) : null
        );
    }

    /// <param name="values">A and B of each pair in turn.</param>
    private static LoraWeights Factors(LoraWeights like, float[][] values) =>
        new(
            like.Rank,
            like.Alpha,
            [
                .. like.Pairs.Select(
                    (p, i) => new LoraFactorPair(p.BaseTensor, p.Rank, p.In, p.Out, values[2 * i], values[2 * i + 1])
                ),
            ]
        );

    /// <summary>SHA-256 over the base, the rows, the first factors and the options that change the result.</summary>
    /// <param name="teacher">Hash of a teacher that is asked during the training.</param>
    public static string FingerprintOf(
        string baseSha256,
        IReadOnlyList<TrainingExample> rows,
        TrainingOptions options,
        LoraWeights fresh,
        string? teacher = null
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        void Flush()
        {
            writer.Flush();
            hash.AppendData(bytes.GetBuffer(), 0, (int)bytes.Length);
            bytes.SetLength(0);
        }

        var relevant = options with { CheckpointEverySteps = 1, CheckpointEvery = TimeSpan.FromSeconds(1) };
        writer.Write(Format);
        writer.Write(baseSha256);
        writer.Write(JsonSerializer.Serialize(relevant));
        if (teacher is not null)
        {
            writer.Write(teacher);
        }

        foreach (var row in rows)
        {
            writer.Write(row.Weight);
            writer.Write(row.Tokens.Length);
            for (var t = 0; t < row.Tokens.Length; t++)
            {
                writer.Write(row.LossMask[t] ? row.Tokens[t] : ~row.Tokens[t]);
            }

            if (row.Teacher is { } expected)
            {
                Array.ForEach(expected.Ids, writer.Write);
                Array.ForEach(expected.LogProbabilities, writer.Write);
            }

            Flush();
        }

        foreach (var pair in fresh.Pairs)
        {
            writer.Write(pair.BaseTensor);
            Array.ForEach(pair.A, writer.Write);
            Array.ForEach(pair.B, writer.Write);
            Flush();
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <param name="absent">What stands for a text that is not there.</param>
    private static T[] ReadList<T>(string path, IReadOnlyDictionary<string, string> texts, string name, string absent)
    {
        try
        {
            return JsonSerializer.Deserialize<T[]>(texts.GetValueOrDefault(name) ?? absent)
                ?? throw Refused(path, $"The checkpoint's {name} is null.");
        }
        catch (JsonException e)
        {
            throw Refused(path, $"The checkpoint's {name} cannot be read.", e);
        }
    }

    private static double ReadSeconds(string path, IReadOnlyDictionary<string, string> texts) =>
        double.TryParse(texts.GetValueOrDefault("seconds"), CultureInfo.InvariantCulture, out var seconds)
        && double.IsFinite(seconds)
        && seconds >= 0
            ? seconds
            : throw Refused(path, "The checkpoint does not tell how long its steps took.");

    private static BadInputException Refused(string path, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, Remedy, inner);
}
