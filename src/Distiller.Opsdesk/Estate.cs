namespace Distiller.Opsdesk;

/// <summary>
/// What a company has, by name. No name stands for two things, and a name in a plan belongs to that one rule and revision
/// alone: who quotes a name has read its entry. The first <see cref="Spare"/> of each list stand in no plan.
/// </summary>
public sealed record Estate(
    IReadOnlyList<string> Assets,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Queues,
    IReadOnlyList<string> Keys,
    IReadOnlyList<string> Accounts,
    IReadOnlyList<string> People,
    IReadOnlyList<string> Links
)
{
    /// <summary>Names of each list that no plan uses: for wrong values, for bystanders, for people who are asleep.</summary>
    public const int Spare = 8;

    /// <summary>The people who may be paged: all but half of the spare ones, who are asleep.</summary>
    public IReadOnlyList<string> OnCall { get; } = [.. People.Skip(Spare / 2)];

    /// <summary>Hosts that tickets name beside the matter; no plan has anything to do with them.</summary>
    public IReadOnlyList<string> Bystanders { get; } = [.. Hosts.Take(Spare)];

    /// <summary>The values that a tool takes where it takes a known name; codes are any two digits.</summary>
    public IReadOnlyList<string> ValuesFor(string tool) =>
        tool switch
        {
            DeskTool.Lookup => Assets,
            DeskTool.Restart => Hosts,
            DeskTool.Drain => Queues,
            DeskTool.Rotate => Keys,
            DeskTool.Unlock => Accounts,
            DeskTool.Page => OnCall,
            DeskTool.Reroute => Links,
            _ => throw new ArgumentOutOfRangeException(nameof(tool), tool, "It has no list of values."),
        };
}
