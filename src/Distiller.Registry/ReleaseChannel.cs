namespace Distiller.Registry;

/// <summary>
/// A name that leads to a release: <c>channels/NAME.json</c> in the registry. What an edge reads: the release's folder is
/// <c>../RELEASE</c>, seen from the file.
/// </summary>
public sealed record ReleaseChannel
{
    public const string CurrentSchema = "distiller.channel/1";

    public required string Schema { get; init; }

    public required string Name { get; init; }

    /// <summary>The id of the release it leads to.</summary>
    public required string Release { get; init; }

    /// <summary>The release's <see cref="Registry.Release.ContentSha256"/>.</summary>
    public required string ContentSha256 { get; init; }

    /// <summary>Every change, the oldest first.</summary>
    public required IReadOnlyList<ChannelMove> History { get; init; }

    /// <summary>
    /// The releases that lead to the present one, the oldest first and the present one last: a promotion adds one, a
    /// rollback takes the last away.
    /// </summary>
    public IReadOnlyList<string> Path()
    {
        var path = new List<string>();
        foreach (var move in History)
        {
            if (!move.IsRollback)
            {
                path.Add(move.Release);
            }
            else if (path.Count > 0)
            {
                path.RemoveAt(path.Count - 1);
            }
        }

        return path;
    }
}

/// <summary>One change of a channel.</summary>
/// <param name="Release">The release it leads to from then on.</param>
/// <param name="Before">The release it led to before; null for none.</param>
/// <param name="IsRollback">Whether it went back to an earlier release.</param>
/// <param name="By">Who did it.</param>
public sealed record ChannelMove(string Release, string? Before, bool IsRollback, string By, DateTimeOffset At);
