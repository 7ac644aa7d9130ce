using Distiller.Scrubbing;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>A session (or one part of a very long one) while its lines come in.</summary>
/// <param name="parent">For a sub-agent: the session that started it.</param>
internal sealed class ClaudeSession(string? name, string? parent, ScrubRules rules)
{
    private const int EventKindsMax = 64;
    private const int EventNameMax = 64;

    private readonly List<ClaudeRecord> _records = [];
    private readonly Dictionary<long, int> _places = [];
    private EpisodeScrubber _scrubber = new(rules);

    /// <summary>The session's id, followed by the sub-agent's for a sub-agent; null until a line names the session.</summary>
    public string? Name { get; set; } = name;

    public EpisodeScrubber Scrubber => _scrubber;

    /// <summary>Lines that occur again in this file.</summary>
    public int Repeated { get; private set; }

    /// <summary>1 for the first part of a session that is stored in several.</summary>
    public int Part { get; private set; } = 1;

    public long Chars { get; private set; }

    public IReadOnlyCollection<long> Ids => _places.Keys;

    public IReadOnlyList<ClaudeRecord> Records => _records;

    /// <summary>A line that is written again, as streaming does, counts as its latest writing.</summary>
    public void Add(ClaudeRecord record)
    {
        const int overhead = 64;
        if (_places.TryAdd(record.Id, _records.Count))
        {
            _records.Add(record);
        }
        else
        {
            var place = _places[record.Id];
            Repeated++;
            _records[place] = record with
            {
                Requests = ClaudeRequest.Merge(_records[place].Requests.Concat(record.Requests)),
            };
        }

        Chars += overhead + record.Turns.Sum(t => t.Text.Length + t.ToolCalls.Sum(c => (long)c.ArgumentsJson.Length));
    }

    /// <summary>Forgets what was stored and goes on with the session's next part.</summary>
    public void NextPart()
    {
        _records.Clear();
        _places.Clear();
        _scrubber = new EpisodeScrubber(rules);
        Chars = 0;
        Repeated = 0;
        Part++;
    }

    /// <summary>An episode of these records of the session.</summary>
    public Episode ToEpisode(IReadOnlyList<ClaudeRecord> records, string tenant)
    {
        var name = Name ?? throw new InvalidOperationException("The session has no name yet.");
        var ordered = ClaudeOrder.Of(records);
        var abandoned = ClaudeBranch.Abandoned(ordered);
        var requests = ClaudeRequest.Merge(ordered.SelectMany(r => r.Requests));
        var episode = new Episode
        {
            Id = default,
            Format = ClaudeCodeFormat.FormatName,
            Key = Part == 1 ? name : $"{name}/part-{Part}",
            Tenant = tenant,
            Agent = parent is null ? ClaudeCodeFormat.FormatName : $"{ClaudeCodeFormat.FormatName}/sub-agent",
            Model = requests.Select(r => r.Model).FirstOrDefault(m => m is not null),
            StartedAt = records.Min(r => r.Time),
            TaskId = $"{ClaudeCodeFormat.FormatName}/{name.Split('/')[0]}",
            Turns = ClaudeMerge.Turns(ordered.Where((_, i) => !abandoned.Contains(i)).SelectMany(r => r.Turns)),
            Outcome = ResultOf(ordered),
            Session = new Session(name)
            {
                Parent = parent,
                Project = ordered.Select(r => r.Folder).FirstOrDefault(f => f is not null),
                Branch = ordered.Select(r => r.Branch).FirstOrDefault(b => b is not null),
            },
            Requests = requests,
            UnattributedUsage = Missing(ordered, requests),
            Events = Events(ordered, abandoned),
        };
        return _scrubber.AllButTurns(episode);
    }

    /// <summary>A printed stream tells at its end whether the run failed; other sessions do not tell.</summary>
    private static Outcome ResultOf(IReadOnlyList<ClaudeRecord> records) =>
        records.LastOrDefault(r => r.Result is not null)?.Result is { } result
            ? new Outcome(result.IsError ? OutcomeKind.Failed : OutcomeKind.Succeeded, "the run's own result")
            : Outcome.Unknown;

    /// <summary>What the results of a printed stream count more than its lines, whose output is told before it is whole.</summary>
    private static Usage Missing(IReadOnlyList<ClaudeRecord> records, List<ModelRequest> requests)
    {
        var told = records.Aggregate(Usage.Zero, (sum, r) => sum + (r.Result?.Usage ?? Usage.Zero));
        var known = requests.Aggregate(Usage.Zero, (sum, r) => sum + r.Usage);
        return new Usage(
            Math.Max(0, told.Input - known.Input),
            Math.Max(0, told.CacheRead - known.CacheRead),
            Math.Max(0, told.CacheWrite - known.CacheWrite),
            Math.Max(0, told.Output - known.Output)
        );
    }

    private static SortedDictionary<string, int> Events(
        IReadOnlyList<ClaudeRecord> records,
        IReadOnlySet<int> abandoned
    )
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var rewound = records.Where((r, i) => abandoned.Contains(i) && r.Turns.Count > 0).Select(_ => "rewound");
        foreach (var kind in records.SelectMany(r => r.Events).Concat(rewound))
        {
            var name = kind.Length <= EventNameMax ? kind : kind[..EventNameMax];
            if (counts.Count >= EventKindsMax && !counts.ContainsKey(name))
            {
                name = "other"; // Bounds the table of kinds against a hostile log.
            }

            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        return counts;
    }
}
