using Distiller.Logs.Scrubbing;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>A session (or one part of a very long one) while its lines come in.</summary>
internal sealed class ClaudeSession(string? name, bool subAgent)
{
    private const int EventKindsMax = 64;
    private const int EventNameMax = 64;

    private readonly List<ClaudeRecord> _records = [];
    private readonly HashSet<long> _ids = [];
    private EpisodeScrubber _scrubber = new();

    /// <summary>The session's id, followed by the sub-agent's for a sub-agent; null until a line names the session.</summary>
    public string? Name { get; set; } = name;

    public EpisodeScrubber Scrubber => _scrubber;

    /// <summary>Lines that occur again in this file.</summary>
    public int Repeated { get; set; }

    /// <summary>1 for the first part of a session that is stored in several.</summary>
    public int Part { get; private set; } = 1;

    public long Chars { get; private set; }

    public IReadOnlyCollection<long> Ids => _ids;

    public IReadOnlyList<ClaudeRecord> Records => _records;

    public bool Holds(long id) => _ids.Contains(id);

    public void Add(ClaudeRecord record)
    {
        const int overhead = 64;
        _ids.Add(record.Id);
        _records.Add(record);
        Chars += overhead + record.Turns.Sum(t => t.Text.Length + t.ToolCalls.Sum(c => (long)c.ArgumentsJson.Length));
    }

    /// <summary>Forgets what was stored and goes on with the session's next part.</summary>
    public void NextPart()
    {
        _records.Clear();
        _ids.Clear();
        _scrubber = new EpisodeScrubber();
        Chars = 0;
        Repeated = 0;
        Part++;
    }

    /// <summary>An episode of these records of the session.</summary>
    public Episode ToEpisode(IReadOnlyList<ClaudeRecord> records, string tenant)
    {
        var name = Name ?? throw new InvalidOperationException("The session has no name yet.");
        var session = name.Split('/')[0];
        var requests = ClaudeRequest.Merge(records.Select(r => r.Request).OfType<ModelRequest>());
        var episode = new Episode
        {
            Id = default,
            Format = ClaudeCodeFormat.FormatName,
            Key = Part == 1 ? name : $"{name}/part-{Part}",
            Tenant = tenant,
            Agent = subAgent ? $"{ClaudeCodeFormat.FormatName}/sub-agent" : ClaudeCodeFormat.FormatName,
            Model = requests.Select(r => r.Model).FirstOrDefault(m => m is not (null or "<synthetic>")),
            StartedAt = records.Select(r => r.Time).FirstOrDefault(t => t is not null),
            TaskId = $"{ClaudeCodeFormat.FormatName}/{session}",
            Turns = ClaudeMerge.Turns(records.SelectMany(r => r.Turns)),
            Outcome = Outcome.Unknown,
            Requests = requests,
            Events = Events(records),
        };
        return _scrubber.AllButTurns(episode);
    }

    private static SortedDictionary<string, int> Events(IEnumerable<ClaudeRecord> records)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var kind in records.SelectMany(r => r.Events))
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
