using System.Text;

namespace Distiller.Mining.Deduplicating;

/// <summary>What episodes are compared by: hashes that stay the same from night to night.</summary>
internal static class Fingerprint
{
    private const int WordsPerShingle = 3;
    private const int ShinglesMin = 8;

    /// <summary>Everything said, called and observed; equal for two records of one attempt, 0 for an episode without turns.</summary>
    public static long Content(Episode episode)
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

    /// <summary>The words of the first user turn; null when it has fewer than <paramref name="wordsMin"/> (1 or more).</summary>
    public static long? Opening(Episode episode, int wordsMin)
    {
        var opening = episode.Turns.FirstOrDefault(t => t.IsRequest)?.Text ?? "";
        var words = UserWords.Of(opening, mask: false).ToList();
        return words.Count >= wordsMin ? (long)MinHash.Hash(string.Join(' ', words)) : null;
    }

    /// <summary>
    /// How it begins: the request, the first answer and, where that is a call, its result, with the ids that the provider drew.
    /// A session and its fork have it in common, however short the rest. Null where nothing in it is drawn, so that two
    /// attempts may begin alike by chance.
    /// </summary>
    public static long? Fork(Episode episode)
    {
        var at = 0;
        while (at < episode.Turns.Count && episode.Turns[at].Role != TurnRole.Assistant)
        {
            at++;
        }

        if (at == episode.Turns.Count || (episode.Turns[at] is { RequestId: null, ToolCalls.Count: 0 }))
        {
            return null;
        }

        var answer = episode.Turns[at];
        var part = new StringBuilder();
        part.Append(episode.Turns.FirstOrDefault(t => t.IsRequest)?.Text).Append('\0');
        part.Append(answer.RequestId).Append('\0').Append(answer.Text);
        foreach (var call in answer.ToolCalls)
        {
            part.Append('\0').Append(call.Id).Append('\0').Append(call.Name).Append('\0').Append(call.ArgumentsJson);
        }

        if (at + 1 < episode.Turns.Count && episode.Turns[at + 1].Role == TurnRole.Tool)
        {
            part.Append('\0').Append(episode.Turns[at + 1].Text);
        }

        return (long)MinHash.Hash(part.ToString());
    }

    /// <summary>Each distinct tool call, arguments included.</summary>
    public static long[] Calls(Episode episode) =>
        [
            .. episode
                .Turns.SelectMany(t => t.ToolCalls)
                .Select(c => (long)MinHash.Hash($"{c.Name}\0{c.ArgumentsJson}"))
                .Distinct(),
        ];

    /// <summary>MinHash over the user's words and the tool sequence; empty when there is too little of both.</summary>
    public static int[] Signature(Episode episode)
    {
        var shingles = new HashSet<long>();
        var words = UserWords.Of(UserWords.Text(episode), mask: true).ToList();
        AddShingles(shingles, words, WordsPerShingle, "u");
        var tools = episode.Turns.SelectMany(t => t.ToolCalls).Select(c => c.Name).ToList();
        AddShingles(shingles, tools, 2, "t");
        return shingles.Count >= ShinglesMin ? MinHash.Sign(shingles) : [];
    }

    private static void AddShingles(HashSet<long> shingles, List<string> items, int length, string kind)
    {
        for (var i = 0; i + length <= items.Count; i++)
        {
            shingles.Add((long)MinHash.Hash($"{kind} {string.Join(' ', items.GetRange(i, length))}"));
        }
    }
}
