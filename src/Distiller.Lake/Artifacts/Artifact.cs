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
