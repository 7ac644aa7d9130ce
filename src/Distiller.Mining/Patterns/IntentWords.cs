namespace Distiller.Mining.Patterns;

/// <summary>
/// The words by which the users of some episodes differ from all users: term share times inverse document frequency,
/// counting a word once an episode. A word must come from two tasks, so that nobody's name becomes an intent.
/// </summary>
internal sealed class IntentWords
{
    private readonly IReadOnlyList<NumberedEpisode> _episodes;
    private readonly Vocabulary _words;
    private readonly int[] _frequency;
    private readonly int _teaching;

    public IntentWords(IReadOnlyList<NumberedEpisode> episodes, Vocabulary words)
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

/// <summary>English words that tell nothing about an intent.</summary>
internal static class StopWords
{
    private static readonly HashSet<string> Words = new(
        (
            "a about above after again all already also always am an and another any anyone anything are as ask at away back be "
            + "because been before being below between both but by can cannot could day days did do does doing done don't down "
            + "each either else ensure even ever every everything few find first for from further get give given go going good got "
            + "great had has have having he hello help her here hers hi him his hope how however i i'd i'll i'm i've if in indeed "
            + "into is isn't it it's its itself just know last let let's like look looking made make many may maybe me might mine "
            + "more most much must my myself need needed needs never new next no non none nor not nothing now of off ok okay on once "
            + "one only or other others our ours out over own per perhaps please possible proceed provide put quite rather really "
            + "regarding right said same say see seem seems shall she should since so some someone something soon still such sure "
            + "take tell than thank thanks that that's the their them then there these they thing things think this those though "
            + "through time to today together too two under until up us use used using very via want wanted wants was way we well "
            + "were what what's when where whether which while who whom why will with within without won't would wouldn't yes yet "
            + "you you'd you'll you're you've your yours yourself"
        ).Split(' '),
        StringComparer.Ordinal
    );

    /// <summary>Whether a word may stand in an intent: small letters only, three at least, no function word.</summary>
    public static bool Tells(string word) =>
        word.Length is >= 3 and <= 24
        && word.All(c => char.IsLower(c) || c is '-' or '\'' or '’')
        && !Words.Contains(word.Replace('’', '\''));
}
