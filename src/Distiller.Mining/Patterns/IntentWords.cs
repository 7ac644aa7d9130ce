namespace Distiller.Mining.Patterns;

/// <summary>
/// The words by which the users of some episodes differ from all users: term share times inverse document frequency,
/// counting a word once an episode. A word must come from two tasks, so that nobody's name becomes an intent.
/// </summary>
internal sealed class IntentWords
{
    private readonly IReadOnlyList<EpisodeDigest> _episodes;
    private readonly Vocabulary _words;
    private readonly int[] _frequency;
    private readonly int _teaching;

    public IntentWords(IReadOnlyList<EpisodeDigest> episodes, Vocabulary words)
    {
        _episodes = episodes;
        _words = words;
        _frequency = new int[words.Count];
        foreach (var episode in episodes.Where(e => e.Teaches))
        {
            _teaching++;
            foreach (var word in episode.Words)
            {
                _frequency[word]++;
            }
        }
    }

    /// <param name="members">Indices of the episodes that share the intent.</param>
    /// <returns>Words, the most telling first; empty when there is none.</returns>
    public IReadOnlyList<string> Of(IReadOnlyList<int> members, int max)
    {
        var counts = new Dictionary<int, (int Episodes, HashSet<string> Tasks)>();
        foreach (var member in members)
        {
            foreach (var word in _episodes[member].Words)
            {
                var (episodes, tasks) = counts.GetValueOrDefault(word, (0, []));
                tasks.Add(_episodes[member].Task);
                counts[word] = (episodes + 1, tasks);
            }
        }

        return
        [
            .. counts
                .Where(c => c.Value.Tasks.Count >= 2 && c.Value.Episodes * 4 >= members.Count)
                .Select(c => (Word: _words[c.Key], Score: Score(c.Key, c.Value.Episodes, members.Count)))
                .Where(c => c.Score > 0)
                .OrderByDescending(c => c.Score)
                .ThenBy(c => c.Word, StringComparer.Ordinal)
                .Take(max)
                .Select(c => c.Word),
        ];
    }

    private double Score(int word, int episodes, int members)
    {
        var share = (double)episodes / members;
        return share * Math.Log((1.0 + _teaching) / (1.0 + _frequency[word]));
    }
}
