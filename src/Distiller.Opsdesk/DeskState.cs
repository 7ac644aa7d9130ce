using System.Text;

namespace Distiller.Opsdesk;

/// <summary>What the tools have changed and what they have left. Only <see cref="Desk"/> changes it.</summary>
public sealed class DeskState
{
    private readonly SortedDictionary<string, int> _restarts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _jobs = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _keyVersions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _locked = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _pages = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _reroutes = new(StringComparer.Ordinal);

    internal DeskState(Estate estate)
    {
        foreach (var host in estate.Hosts)
        {
            _restarts[host] = 0;
        }

        for (var i = 0; i < estate.Queues.Count; i++)
        {
            _jobs[estate.Queues[i]] = 20 + (7 * i);
        }

        foreach (var key in estate.Keys)
        {
            _keyVersions[key] = 1;
        }

        _locked.UnionWith(estate.Accounts);
        foreach (var person in estate.OnCall)
        {
            _pages[person] = 0;
        }

        foreach (var link in estate.Links)
        {
            _reroutes[link] = 0;
        }
    }

    /// <summary>Null while the ticket is open.</summary>
    public string? ClosedWith { get; private set; }

    public bool IsClosed => ClosedWith is not null;

    /// <summary>Everything, one fact a line, in a fixed order: two states are the same when their descriptions are.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        void Write(string what, IEnumerable<KeyValuePair<string, int>> counts)
        {
            foreach (var (name, count) in counts)
            {
                text.Append(what).Append(' ').Append(name).Append(' ').Append(count).Append('\n');
            }
        }

        Write("restarts", _restarts);
        Write("jobs", _jobs);
        Write("key version", _keyVersions);
        Write("pages", _pages);
        Write("reroutes", _reroutes);
        foreach (var account in _locked)
        {
            text.Append("locked ").Append(account).Append('\n');
        }

        return text.Append("closed ").Append(ClosedWith ?? "no").ToString();
    }

    /// <param name="action">Of a known tool, with a value that the estate has: the desk has checked both.</param>
    internal Observation Apply(DeskAction action)
    {
        var value = action.Value;
        var refused = action.Tool switch
        {
            DeskTool.Lookup => null,
            DeskTool.Restart => Count(_restarts, value),
            DeskTool.Drain => Drain(value),
            DeskTool.Rotate => Count(_keyVersions, value),
            DeskTool.Unlock => Unlock(value),
            DeskTool.Page => Count(_pages, value),
            DeskTool.Reroute => Count(_reroutes, value),
            DeskTool.Close => Close(value),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action.Tool, "There is no such tool."),
        };
        return refused ?? new Observation($"done: {action}");
    }

    private static Observation? Count(SortedDictionary<string, int> counts, string name)
    {
        counts[name]++;
        return null;
    }

    private Observation? Drain(string queue)
    {
        if (_jobs[queue] == 0)
        {
            return new Observation("error: the queue is empty", FailureReason.NothingToDo);
        }

        _jobs[queue] = 0;
        return null;
    }

    private Observation? Unlock(string account) =>
        _locked.Remove(account) ? null : new Observation("error: the account is not locked", FailureReason.NothingToDo);

    private Observation? Close(string code)
    {
        ClosedWith = code;
        return null;
    }
}

/// <summary>One call that the desk has carried out.</summary>
/// <param name="Step">1-based, refused calls counted as well.</param>
public sealed record AuditEntry(int Step, DeskAction Action)
{
    public bool Changes => DeskTool.Find(Action.Tool)!.Changes;

    public override string ToString() => $"{Step} {Action}";
}
