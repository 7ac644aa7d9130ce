using System.Text;

namespace Distiller.Mining.Deduplicating;

/// <summary>What an episode is compared by.</summary>
/// <param name="Content">Hash of everything said, called and observed; equal for two records of one attempt.</param>
/// <param name="Opening">Hash of the first user turn's words; null when it is too short to tell tasks apart.</param>
/// <param name="Calls">Hashes of its distinct tool calls, arguments included.</param>
/// <param name="Signature">MinHash over the user's words and the tool sequence; empty when there is too little of both.</param>
internal sealed record Fingerprint(long Content, long? Opening, long[] Calls, int[] Signature)
{
    private const int WordsPerShingle = 3;
    private const int ShinglesMin = 8;

    /// <param name="openingWordsMin">See <see cref="DeduplicationOptions.OpeningWordsMin"/>.</param>
    public static Fingerprint Of(Episode episode, int openingWordsMin)
    {
        var shingles = new HashSet<long>();
        var words = UserWords.Of(UserWords.Text(episode), mask: true).ToList();
        AddShingles(shingles, words, WordsPerShingle, "u");
        var tools = episode.Turns.SelectMany(t => t.ToolCalls).Select(c => c.Name).ToList();
        AddShingles(shingles, tools, 2, "t");
        return new Fingerprint(
            ContentHash(episode),
            OpeningHash(episode, openingWordsMin),
            CallHashes(episode),
            shingles.Count >= ShinglesMin ? MinHash.Sign(shingles) : []
        );
    }

    private static void AddShingles(HashSet<long> shingles, List<string> items, int length, string kind)
    {
        for (var i = 0; i + length <= items.Count; i++)
        {
            shingles.Add((long)MinHash.Hash($"{kind} {string.Join(' ', items.GetRange(i, length))}"));
        }
    }

    private static long? OpeningHash(Episode episode, int wordsMin)
    {
        var opening = episode.Turns.FirstOrDefault(t => t.Role == TurnRole.User)?.Text ?? "";
        var words = UserWords.Of(opening, mask: false).ToList();
        return words.Count >= wordsMin ? (long)MinHash.Hash(string.Join(' ', words)) : null;
    }

    private static long[] CallHashes(Episode episode) =>
        [
            .. episode
                .Turns.SelectMany(t => t.ToolCalls)
                .Select(c => (long)MinHash.Hash($"{c.Name}\0{c.ArgumentsJson}"))
                .Distinct(),
        ];

    private static long ContentHash(Episode episode)
    {
        var hash = 0UL;
        var part = new StringBuilder();
        foreach (var turn in episode.Turns.Where(t => t.Role != TurnRole.System))
        {
            part.Clear().Append(turn.Role).Append('\0').Append(turn.Text);
            foreach (var call in turn.ToolCalls)
            {
                // Ids of calls are drawn at random by the provider and say nothing.
                part.Append('\0').Append(call.Name).Append('\0').Append(call.ArgumentsJson);
            }

            hash = SplitMix64.Mix(hash ^ MinHash.Hash(part.ToString()));
        }

        return (long)hash;
    }
}
