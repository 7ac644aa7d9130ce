namespace Distiller.Opsdesk;

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
