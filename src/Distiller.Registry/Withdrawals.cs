namespace Distiller.Registry;

/// <summary>
/// The releases that were taken out of a registry, as <c>withdrawn.json</c> holds them: an edge that reads it never loads one
/// of them, even where somebody puts its folder back.
/// </summary>
/// <param name="Releases">The oldest withdrawal first.</param>
public sealed record Withdrawals(string Schema, IReadOnlyList<Withdrawal> Releases)
{
    public const string CurrentSchema = "distiller.withdrawn/1";
    public const string FileName = "withdrawn.json";
    private const string Remedy =
        "Restore the file from a copy, or remove it: releases withdrawn before are then known by nobody.";

    public static Withdrawals None { get; } = new(CurrentSchema, []);

    /// <exception cref="Core.BadInputException">The file is damaged.</exception>
    public static Withdrawals Read(string registryFolder)
    {
        var path = Path.Combine(registryFolder, FileName);
        if (!File.Exists(path))
        {
            return None;
        }

        var read = ReleaseJson.Read<Withdrawals>(path, ReleaseJson.MaxManifestBytes, Remedy);
        return read.Schema == CurrentSchema && read.Releases.All(r => r is not null)
            ? read
            : throw new Core.BadInputException(new Core.SourceLocation(path, 0), "It is damaged.", Remedy);
    }

    /// <summary>Whether a release was withdrawn. The same content, published again later, was not.</summary>
    public bool Hold(Release release) => Releases.Any(w => w.Id == release.Id && release.Sequence <= w.Sequence);

    internal void Write(string registryFolder) =>
        Core.AtomicFile.WriteAllBytes(Path.Combine(registryFolder, FileName), ReleaseJson.Write(this));
}

/// <summary>One release that was taken out.</summary>
/// <param name="Sequence">Its <see cref="Release.Sequence"/>.</param>
public sealed record Withdrawal(string Id, int Sequence, string By, DateTimeOffset At);
