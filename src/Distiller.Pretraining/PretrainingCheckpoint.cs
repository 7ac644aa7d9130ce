using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Distiller.Gguf;
using Distiller.Training.Model;

namespace Distiller.Pretraining;

/// <summary>
/// The state of pre-training between two optimizer steps: all weights, the state of both optimizers, and the curve, from
/// which the ladder's state follows. The fingerprint covers everything that shapes the result except the budget.
/// </summary>
/// <param name="Weights">In the order of <see cref="TinyArchitecture.Weights"/>: the embedding first.</param>
/// <param name="Momenta">Muon's momentum of each matrix.</param>
/// <param name="FirstMoment">AdamW's first moment of the embedding.</param>
/// <param name="SecondMoment">AdamW's second moment of the embedding.</param>
internal sealed record PretrainingCheckpoint(
    string Fingerprint,
    IReadOnlyList<float[]> Weights,
    IReadOnlyList<float[]> Momenta,
    float[] FirstMoment,
    float[] SecondMoment,
    IReadOnlyList<PretrainingStep> Curve
)
{
    private const string Format = "distiller-pretraining-1";
    private const string Remedy = "Delete the checkpoint's folder to begin anew.";

    public static string PathIn(string folder) => Path.Combine(folder, "checkpoint.safetensors");

    public void Write(string folder, TinyArchitecture architecture)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["fingerprint"] = Fingerprint,
            ["curve"] = JsonSerializer.Serialize(Curve),
        };
        float[][] values = [.. Weights, .. Momenta, FirstMoment, SecondMoment];
        SafetensorsWriter.Write(
            PathIn(folder),
            texts,
            [.. Layout(architecture).Zip(values, (l, v) => new SafetensorsMatrix(l.Name, l.Out, l.In, v))]
        );
    }

    /// <summary>Reads the folder's checkpoint; null where there is none.</summary>
    /// <exception cref="BadInputException">
    /// The checkpoint is damaged, or belongs to a run with other inputs or settings.
    /// </exception>
    public static PretrainingCheckpoint? Read(string folder, string fingerprint, TinyArchitecture architecture)
    {
        var path = PathIn(folder);
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = SafetensorsFile.Open(path, Remedy);
        if (
            file.Texts.GetValueOrDefault("format") is not Format
            || !string.Equals(file.Texts.GetValueOrDefault("fingerprint"), fingerprint, StringComparison.Ordinal)
        )
        {
            throw Refused(
                path,
                "The checkpoint belongs to a run with another architecture, curriculum, start or settings."
            );
        }

        var tensors = file.ReadMatrices();
        var layout = Layout(architecture);
        if (!tensors.Select(t => new LinearShape(t.Name, (int)t.Rows, (int)t.Columns)).SequenceEqual(layout))
        {
            throw Refused(path, "The checkpoint does not hold this architecture's weights.");
        }

        var values = tensors.Select(t => t.Values).ToArray();
        var n = architecture.Weights.Count;
        return new PretrainingCheckpoint(
            fingerprint,
            values[..n],
            values[n..(2 * n - 1)],
            values[^2],
            values[^1],
            ReadCurve(path, file.Texts)
        );
    }

    /// <summary>
    /// SHA-256 over the architecture, the options that change the result, the first weights, and the first row of each
    /// rung.
    /// The budget is not in it: a longer one may be given as long as the rates of the steps done are the same.
    /// </summary>
    public static string FingerprintOf(
        TinyArchitecture architecture,
        PretrainingOptions options,
        ICurriculum curriculum,
        IReadOnlyList<float[]> start
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(object value) => hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(value));

        Add(Format);
        Add(architecture);
        Add(options with { Steps = 1, CheckpointEverySteps = 1, CheckpointEvery = TimeSpan.FromSeconds(1) });
        for (var rung = 0; rung < curriculum.RungCount; rung++)
        {
            Add(curriculum.RungName(rung));
            Add(curriculum.Draw(rung, 0));
        }

        foreach (var values in start)
        {
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static List<LinearShape> Layout(TinyArchitecture architecture)
    {
        var weights = architecture.Weights;
        return
        [
            .. weights,
            .. weights.Skip(1).Select(w => w with { Name = w.Name + ".momentum" }),
            weights[0] with
            {
                Name = weights[0].Name + ".m",
            },
            weights[0] with
            {
                Name = weights[0].Name + ".v",
            },
        ];
    }

    private static PretrainingStep[] ReadCurve(string path, IReadOnlyDictionary<string, string> texts)
    {
        try
        {
            return JsonSerializer.Deserialize<PretrainingStep[]>(texts.GetValueOrDefault("curve") ?? "")
                ?? throw Refused(path, "The checkpoint's curve is null.");
        }
        catch (JsonException e)
        {
            throw Refused(path, "The checkpoint's curve cannot be read.", e);
        }
    }

    private static BadInputException Refused(string path, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, 0), reason, Remedy, inner);
}
