namespace Distiller.Lake;

/// <summary>Unfinished work on an artifact.</summary>
/// <param name="Key">Of the artifact it is to become.</param>
/// <param name="Inputs">What it is made from; empty where an earlier version did not note it.</param>
/// <param name="Touched">When a file of it was last written.</param>
public sealed record ArtifactWork(
    string Folder,
    string Kind,
    string Key,
    IReadOnlyList<string> Inputs,
    long Bytes,
    DateTimeOffset Touched
);
