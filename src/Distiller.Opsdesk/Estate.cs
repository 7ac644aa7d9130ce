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

/// <summary>Gives out names, each once, and remembers what they were given for.</summary>
internal sealed class EstateDraft
{
    private readonly NameDraw _names;
    private readonly Dictionary<string, List<string>> _byTool = new(StringComparer.Ordinal);

    public EstateDraft(NameDraw names)
    {
        _names = names;
        // The spare ones first: what the handbook says later never shifts them.
        foreach (var tool in Tools)
        {
            _byTool[tool] = [];
            for (var i = 0; i < Estate.Spare; i++)
            {
                NameFor(tool);
            }
        }
    }

    /// <summary>The tools that take a name.</summary>
    public static IReadOnlyList<string> Tools { get; } =
    [.. DeskTool.All.Select(t => t.Name).Where(t => t != DeskTool.Close)];

    public string NameFor(string tool)
    {
        var name = _names.Next();
        _byTool[tool].Add(name);
        return name;
    }

    public Estate Finish() =>
        new(
            _byTool[DeskTool.Lookup],
            _byTool[DeskTool.Restart],
            _byTool[DeskTool.Drain],
            _byTool[DeskTool.Rotate],
            _byTool[DeskTool.Unlock],
            _byTool[DeskTool.Page],
            _byTool[DeskTool.Reroute]
        );
}
