namespace Distiller.Mining.Patterns;

/// <summary>
/// Frequent sequences by pattern growth (PrefixSpan, Pei et al. 2001) with a bounded gap: a sequence is extended only at the
/// places where it ends, and only while enough successful episodes follow it. The number of sequences looked at is bounded,
/// and each costs at most one pass over the steps near its ends, so the work is linear in the log for fixed limits.
/// </summary>
internal sealed class SequenceMiner
{
    private readonly IReadOnlyList<NumberedEpisode> _episodes;
    private readonly PatternOptions _options;
    private readonly int[] _taskOf;
    private readonly int[] _taskSeen;
    private List<FrequentSequence> _found = [];
    private int _measured;
    private int _looked;

    public SequenceMiner(IReadOnlyList<NumberedEpisode> episodes, PatternOptions options)
    {
        _episodes = episodes;
        _options = options;
        var tasks = new Dictionary<string, int>(StringComparer.Ordinal);
        _taskOf = new int[episodes.Count];
        for (var e = 0; e < episodes.Count; e++)
        {
            tasks.TryAdd(episodes[e].Task, tasks.Count);
            _taskOf[e] = tasks[episodes[e].Task];
        }

        _taskSeen = new int[tasks.Count];
        SupportMin = options.SupportMin;
    }

    /// <summary>The least support that was looked for: the asked one, doubled until the bound on the work sufficed.</summary>
    public int SupportMin { get; private set; }

    /// <summary>Whether no support would have sufficed, so that sequences of equal support may be missing.</summary>
    public bool Truncated { get; private set; }

    /// <summary>
    /// A search that ran into the bound would have looked deep into the first tools and not at all into others; so it is
    /// done again for twice the support, which a large log affords.
    /// </summary>
    public IReadOnlyList<FrequentSequence> Mine()
    {
        var partial = _found;
        while (true)
        {
            _found = [];
            _looked = 0;
            Truncated = false;
            foreach (var (item, ends) in Frequent(Roots()))
            {
                Grow([item], ends);
            }

            if (!Truncated && _found.Count == 0 && partial.Count > 0)
            {
                Truncated = true;
                SupportMin /= 2;
                return partial;
            }

            if (!Truncated)
            {
                return _found;
            }

            partial = _found;
            SupportMin *= 2;
        }
    }

    /// <summary>One sequence, by the support that was asked for and not by what the search could afford.</summary>
    /// <returns>Null: too few follow it.</returns>
    public FrequentSequence? Find(int[] items)
    {
        var ends = Roots().GetValueOrDefault(items[0]);
        for (var i = 1; i < items.Length && ends is not null; i++)
        {
            ends = Extensions(ends, items[i - 1]).GetValueOrDefault(items[i]);
        }

        if (ends is null)
        {
            return null;
        }

        var (support, tasks, set) = Measure(ends);
        return support >= _options.SupportMin && tasks >= _options.TasksMin
            ? new FrequentSequence(items, support, tasks, ends.Count, set)
            : null;
    }

    private Dictionary<int, List<Ends>> Roots()
    {
        var roots = new Dictionary<int, List<Ends>>();
        for (var e = 0; e < _episodes.Count; e++)
        {
            var tools = _episodes[e].Tools;
            for (var at = 0; at < tools.Length; at++)
            {
                Add(roots, tools[at], e, at);
            }
        }

        return roots;
    }

    private void Grow(int[] items, List<Ends> ends)
    {
        if (items.Length >= _options.StepsMin)
        {
            var (support, tasks, set) = Measure(ends);
            _found.Add(new FrequentSequence(items, support, tasks, ends.Count, set));
        }

        if (items.Length == _options.StepsMax)
        {
            return;
        }

        foreach (var next in Frequent(Extensions(ends, items[^1])))
        {
            if (_looked >= _options.SequencesMax)
            {
                Truncated = true;
                return;
            }

            _looked++;
            Grow([.. items, next.Item], next.Ends);
        }
    }

    private Dictionary<int, List<Ends>> Extensions(List<Ends> ends, int lastItem)
    {
        var extensions = new Dictionary<int, List<Ends>>();
        foreach (var end in ends)
        {
            var tools = _episodes[end.Episode].Tools;
            var done = -1;
            foreach (var position in end.Positions)
            {
                // Positions ascend, so a place reached from two of them is taken once.
                var from = Math.Max(position + 1, done + 1);
                var to = Math.Min(tools.Length - 1, position + 1 + _options.GapMax);
                for (var at = from; at <= to; at++)
                {
                    // A tool again after a gap is a repetition, not another step.
                    if (tools[at] != lastItem)
                    {
                        Add(extensions, tools[at], end.Episode, at);
                    }
                }

                done = Math.Max(done, to);
            }
        }

        return extensions;
    }

    /// <summary>The extensions with enough support, the most supported first.</summary>
    private List<(int Item, List<Ends> Ends)> Frequent(Dictionary<int, List<Ends>> extensions)
    {
        var frequent = new List<(int Item, List<Ends> Ends, int Support)>();
        foreach (var (item, ends) in extensions)
        {
            var (support, tasks, _) = Measure(ends);
            if (support >= SupportMin && tasks >= _options.TasksMin)
            {
                frequent.Add((item, ends, support));
            }
        }

        return [.. frequent.OrderByDescending(f => f.Support).ThenBy(f => f.Item).Select(f => (f.Item, f.Ends))];
    }

    private (int Support, int Tasks, ulong Set) Measure(List<Ends> ends)
    {
        _measured++;
        var support = 0;
        var tasks = 0;
        var set = 0UL;
        foreach (var end in ends)
        {
            if (!_episodes[end.Episode].Teaches)
            {
                continue;
            }

            support++;
            set += SplitMix64.Mix((ulong)end.Episode);
            ref var seen = ref _taskSeen[_taskOf[end.Episode]];
            tasks += seen == _measured ? 0 : 1;
            seen = _measured;
        }

        return (support, tasks, set);
    }

    private static void Add(Dictionary<int, List<Ends>> ends, int item, int episode, int at)
    {
        if (!ends.TryGetValue(item, out var list))
        {
            ends[item] = list = [];
        }

        if (list.Count == 0 || list[^1].Episode != episode)
        {
            list.Add(new Ends(episode, []));
        }

        list[^1].Positions.Add(at);
    }

    /// <summary>Where in an episode a sequence ends, ascending.</summary>
    private readonly record struct Ends(int Episode, List<int> Positions);
}

/// <summary>A sequence of tools that enough successful episodes follow.</summary>
/// <param name="Support">Teaching episodes that follow it.</param>
/// <param name="Tasks">Distinct tasks among them.</param>
/// <param name="Labelled">Labelled episodes, failed ones too, that follow it.</param>
/// <param name="EpisodeSet">Hash of the set of teaching episodes that follow it.</param>
internal sealed record FrequentSequence(int[] Items, int Support, int Tasks, int Labelled, ulong EpisodeSet)
{
    /// <summary>Whether this is a sub-sequence of <paramref name="other"/>, gaps of any width allowed.</summary>
    public bool IsWithin(FrequentSequence other)
    {
        var at = 0;
        foreach (var item in other.Items)
        {
            if (at < Items.Length && Items[at] == item)
            {
                at++;
            }
        }

        return at == Items.Length;
    }
}
