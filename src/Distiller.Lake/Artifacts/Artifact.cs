using System.Security.Cryptography;
using System.Text.Json;

namespace Distiller.Lake;

/// <summary>A finished result of a stage.</summary>
public sealed record Artifact(string Folder, ArtifactManifest Manifest)
{
    public string Kind => Manifest.Kind;

    public string Key => Manifest.Key;

    /// <summary>The full path of one of its files.</summary>
    /// <exception cref="BadInputException">The artifact has no such file.</exception>
    public string File(string name) =>
        Manifest.Files.Any(f => f.Name == name)
            ? Path.Combine(Folder, name)
            : throw new BadInputException(
                new SourceLocation(Path.Combine(Folder, name), 0),
                $"The artifact {Kind}/{Key} has no file '{name}'.",
                "Delete the artifact's folder and run the stage again."
            );

    /// <summary>One of its JSON files.</summary>
    /// <exception cref="BadInputException">The artifact has no such file, or it is damaged.</exception>
    public T ReadJson<T>(string name)
    {
        var path = File(name);
        try
        {
            return JsonSerializer.Deserialize<T>(System.IO.File.ReadAllBytes(path), EpisodeJson.Options)
                ?? throw new JsonException("It holds null.");
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(path, (e.LineNumber ?? -1) + 1),
                "The file is damaged.",
                "Delete the artifact's folder and run the stage again.",
                e
            );
        }
    }

    /// <summary>The recorded SHA-256 of one of its files, 64 lower-case hex digits.</summary>
    /// <exception cref="BadInputException">The artifact has no such file.</exception>
    public string Sha256(string name)
    {
        _ = File(name);
        return Manifest.Files.First(f => f.Name == name).Sha256;
    }

    /// <summary>Checks every file's size and hash against the record, and gives the artifact back.</summary>
    /// <exception cref="BadInputException">A file is missing or was changed.</exception>
    public Artifact Verify()
    {
        foreach (var file in Manifest.Files)
        {
            var path = Path.Combine(Folder, file.Name);
            if (!System.IO.File.Exists(path) || Describe(Folder, path) != file)
            {
                throw new BadInputException(
                    new SourceLocation(path, 0),
                    $"The artifact {Kind}/{Key} was changed after it was made: the file is missing or differs from its recorded hash.",
                    $"Delete {Folder} and run the stage again."
                );
            }
        }

        return this;
    }

    internal static ArtifactFile Describe(string folder, string path)
    {
        using var file = System.IO.File.OpenRead(path);
        var name = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
        return new ArtifactFile(name, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}

/// <summary>The lineage of an artifact, as <c>artifact.json</c> beside its files.</summary>
public sealed record ArtifactManifest(
    string Kind,
    string Key,
    string Stage,
    string Version,
    JsonElement Settings,
    long Seed,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<ArtifactFile> Files,
    DateTimeOffset Created
);

/// <summary>A file of an artifact.</summary>
/// <param name="Name">Relative to the artifact's folder, with forward slashes.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
public sealed record ArtifactFile(string Name, long Bytes, string Sha256);

/// <summary>Folders under <c>artifacts/</c>, in running order.</summary>
public static class ArtifactKind
{
    public const string Reduced = "reduced";
    public const string Mined = "mined";

    /// <summary>What mined patterns did in prompts.</summary>
    public const string Replayed = "replayed";

    /// <summary>Mined examples with those beside them that were made from documents.</summary>
    public const string Studied = "studied";

    /// <summary>What a teacher expects at the examples' loss tokens.</summary>
    public const string Taught = "taught";
    public const string Adapter = "adapter";
    public const string Quantized = "quantized";
    public const string Evaluation = "evaluation";

    /// <summary>The null control has kinds of its own: what is newest of the others is never the control's.</summary>
    public const string ControlExamples = "control-examples";
    public const string ControlTaught = "control-taught";
    public const string ControlAdapter = "control-adapter";
    public const string ControlQuantized = "control-quantized";

    /// <summary>Tasks that were worked under several arms, in the form of the evaluation's <c>TrialFolder</c>.</summary>
    public const string Trial = "trial";

    /// <summary>
    /// The name under which the making of a kind is shown, where its recipe's would not tell it from its neighbours.
    /// </summary>
    public static string? StageOf(string kind) =>
        kind switch
        {
            ControlExamples => "shuffle",
            ControlTaught => "control-teach",
            ControlQuantized => "control-quantize",
            _ => null,
        };
}
