namespace Distiller.Opsdesk;

/// <summary>What a company has, by name. No name stands for two things.</summary>
public sealed record Estate(
    IReadOnlyList<string> Services,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Queues,
    IReadOnlyList<string> Keys,
    IReadOnlyList<string> Accounts,
    IReadOnlyList<string> People
)
{
    /// <summary>The people who may be paged; the rest are asleep.</summary>
    public IReadOnlyList<string> OnCall => [.. People.Take((People.Count + 1) / 2)];

    /// <summary>The values that a tool takes where it takes a known name or level; codes are any two digits.</summary>
    public IReadOnlyList<string> ValuesFor(string tool) =>
        tool switch
        {
            DeskTool.Lookup => Services,
            DeskTool.Restart => Hosts,
            DeskTool.Drain => Queues,
            DeskTool.Rotate => Keys,
            DeskTool.Unlock => Accounts,
            DeskTool.Page => OnCall,
            DeskTool.Prioritize => Words.Levels,
            _ => throw new ArgumentOutOfRangeException(nameof(tool), tool, "It has no list of values."),
        };
}
