using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>What a session's records have told so far: turns, requests, events, and what holds for the whole session.</summary>
/// <param name="format">The format's name.</param>
internal sealed class SessionDraft(string format)
{
    private const int EventKindsMax = 64;
    private const int EventNameMax = 64;

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _events = new(StringComparer.Ordinal);
    private List<ModelRequest> _requests = [];
    private List<Turn> _turns = [];
    private DateTimeOffset? _startedAt;

    /// <summary>The agent's own id of the session; null until a record tells it.</summary>
    public string? Name { get; set; }

    public string? Parent { get; set; }

    public string? Project { get; set; }

    public string? Repository { get; set; }

    public string? Branch { get; set; }

    /// <summary>Null: named as the format is.</summary>
    public string? Agent { get; set; }

    /// <summary>The model of the requests that follow.</summary>
    public string? Model { get; set; }

    /// <summary>The session whose task this is; null: its own.</summary>
    public string? TaskOf { get; set; }

    /// <summary>Usage of the whole session, where the log does not tell it per request.</summary>
    public Usage Unattributed { get; set; }

    public IReadOnlyList<ModelRequest> Requests => _requests;

    public List<Turn> Turns => _turns;

    /// <summary>Notes a time at which the session was going on.</summary>
    public void Saw(DateTimeOffset? time) => _startedAt = time is null || _startedAt <= time ? _startedAt : time;

    public void Count(string kind)
    {
        var name = kind.Length <= EventNameMax ? kind : kind[..EventNameMax];
        name = name.Replace('\0', '\uFFFD');
        if (_events.Count >= EventKindsMax && !_events.ContainsKey(name))
        {
            name = "other"; // Bounds the table of kinds against a hostile log.
        }

        _events[name] = _events.GetValueOrDefault(name) + 1;
    }

    /// <summary>
    /// Notes a request. One that is told again is the same: the largest of each class holds, because a log may tell it while
    /// it is still being answered.
    /// </summary>
    /// <param name="counts">What the usage was read from: a defect in it costs the usage and is counted.</param>
    public void Request(string id, Usage usage, TokenCounts counts, string? model = null)
    {
        if (counts.IsDefective || usage.Input < 0 || usage.Output < 0)
        {
            Count("usage-defect");
            return;
        }

        if (_places.TryGetValue(id, out var place))
        {
            var known = _requests[place];
            _requests[place] = known with
            {
                Usage = new Usage(
                    Math.Max(known.Usage.Input, usage.Input),
                    Math.Max(known.Usage.CacheRead, usage.CacheRead),
                    Math.Max(known.Usage.CacheWrite, usage.CacheWrite),
                    Math.Max(known.Usage.Output, usage.Output)
                ),
            };
            return;
        }

        _places[id] = _requests.Count;
        _requests.Add(new ModelRequest(id, usage, model ?? Model));
    }

    /// <summary>The episode, without what was told of it; the session's own properties stay for its next part.</summary>
    /// <param name="name">The session's name.</param>
    public Episode Finish(string name, string tenant)
    {
        var episode = new Episode
        {
            Id = default,
            Format = format,
            Key = name,
            Tenant = tenant,
            Agent = Agent ?? format,
            Model = _requests.Select(r => r.Model).FirstOrDefault(m => m is not null) ?? Model,
            StartedAt = _startedAt,
            TaskId = $"{format}/{TaskOf ?? Parent ?? name}",
            Turns = _turns,
            Outcome = Outcome.Unknown,
            Session = new Session(name)
            {
                Parent = Parent,
                Project = Project,
                Repository = Repository,
                Branch = Branch,
            },
            Requests = _requests,
            UnattributedUsage = Unattributed,
            Events = new SortedDictionary<string, int>(_events, StringComparer.Ordinal),
        };
        _turns = [];
        _requests = [];
        _places.Clear();
        _events.Clear();
        _startedAt = null;
        Unattributed = default;
        return episode;
    }
}
